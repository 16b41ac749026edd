//go:build linux

package node

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gossh "golang.org/x/crypto/ssh"
)

// sshPair is a key pair of SSH in the spelling of the manager's.
type sshPair struct{ Public, Private string }

func newPair(t *testing.T) sshPair {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, err := gossh.NewPublicKey(&key.PublicKey)
	require.NoError(t, err)
	return sshPair{string(gossh.MarshalAuthorizedKey(public)), string(pem.EncodeToMemory(
		&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))}
}

// tunnelTo is a port of this machine that leads to a port of a kernel, as the
// programs of a person's own machine see it.
func tunnelTo(t *testing.T, l *Local, id string, port int) (local int) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := l.Dial(context.Background(), id, port)
			if err != nil {
				near.Close()
				return
			}
			go func() {
				_, _ = io.Copy(near, far)
				near.Close()
			}()
			go func() {
				_, _ = io.Copy(far, near)
				far.Close()
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// sshKernel starts a kernel whose home lets a key in, and gives the options with
// which OpenSSH's programs reach it.
func sshKernel(t *testing.T, l *Local, spec Spec) (options []string) {
	t.Helper()
	pair := newPair(t)
	spec.Files = append(spec.Files,
		HomeFile{Path: ".ssh/authorized_keys", Mode: 0o600, Data: []byte("# mine\n" + pair.Public)},
		HomeFile{Path: ".ssh/id_rsa", Mode: 0o600, Data: []byte(pair.Private)})
	require.NoError(t, l.Create(t.Context(), spec))
	dir := t.TempDir()
	identity := filepath.Join(dir, "id_container")
	require.NoError(t, os.WriteFile(identity, []byte(pair.Private), 0o600))
	return []string{
		"-F", "none", "-i", identity, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new",
		"-o", "UserKnownHostsFile=" + filepath.Join(dir, "known_hosts"), "-o", "HostKeyAlias=kernel", "-o", "LogLevel=ERROR",
		"-o", fmt.Sprintf("Port=%d", tunnelTo(t, l, spec.ID, SSHPort)),
	}
}

// openSSH runs one of OpenSSH's programs.
func openSSH(t *testing.T, input string, program string, arguments ...string) (output string, code int) {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err, "the tests need an OpenSSH client")
	ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
	defer cancel()
	command := exec.CommandContext(ctx, path, arguments...)
	command.Stdin = strings.NewReader(input)
	out, err := command.CombinedOutput()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return strings.ReplaceAll(string(out), "\r\n", "\n"), command.ProcessState.ExitCode()
}

func TestAKernelIsReachedBySSH(t *testing.T) {
	for name, node := range map[string]Options{"isolated": {}, "not isolated": {Isolation: IsolationNone}} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, node)
			spec := shell("k1", "exec sleep 1000")
			spec.Env = map[string]string{"GREETING": "hello"}
			options := sshKernel(t, l, spec)
			at := func(arguments ...string) []string { return append(options[:len(options):len(options)], arguments...) }

			output, code := openSSH(t, "", "ssh", at("work@127.0.0.1", `echo "$GREETING from $PWD"; echo oops >&2; exit 7`)...)
			assert.Equal(t, 7, code, output)
			assert.Contains(t, output, "hello from ")
			assert.Contains(t, output, "oops\n")

			output, code = openSSH(t, "over and out", "ssh", at("work@127.0.0.1", "cat > file; wc -c < file")...)
			assert.Zero(t, code)
			assert.Equal(t, "12\n", output)

			output, code = openSSH(t, "", "ssh", at("-tt", "work@127.0.0.1", "tty; stty size; (sleep 1000 &) ; kill -9 $$")...)
			assert.Equal(t, 137, code, output)
			assert.Contains(t, output, "/dev/pts/")

			output, code = openSSH(t, "stty -echo; PS1=; echo $((6*7)); exit 3\n", "ssh", at("-tt", "work@127.0.0.1")...)
			assert.Equal(t, 3, code, output)
			assert.Contains(t, output, "42\n")

			require.NoError(t, l.Restart(t.Context(), "k1"))
			output, code = openSSH(t, "", "ssh", at("work@127.0.0.1", "cat file")...)
			assert.Zero(t, code, "it is the host it was")
			assert.Equal(t, "over and out", output)
		})
	}
}

func TestFilesAreMovedBySFTP(t *testing.T) {
	l := openNode(t, Options{})
	options := sshKernel(t, l, shell("k1", "exec sleep 1000"))
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	content := strings.Repeat("0123456789", 100_000)
	require.NoError(t, os.WriteFile(from, []byte(content), 0o600))
	output, code := openSSH(t, fmt.Sprintf("pwd\nmkdir dir\nput %s dir/file\nrename dir/file dir/other\nls dir\nget dir/other %s\n", from, to),
		"sftp", append(options, "-b", "-", "work@127.0.0.1")...)
	require.Zero(t, code, output)
	assert.Contains(t, output, "Remote working directory: /home/work")
	assert.Contains(t, output, "dir/other")
	got, err := os.ReadFile(to)
	require.NoError(t, err)
	assert.Equal(t, content, string(got))
}

func TestOnlyTheOwnersKeyComesIn(t *testing.T) {
	l := openNode(t, Options{})
	stranger := newPair(t)
	restricted := newPair(t)
	sshKernel(t, l, shell("k1", "exec sleep 1000"))
	dial := func(user string, methods ...gossh.AuthMethod) error {
		connection, err := l.Dial(t.Context(), "k1", SSHPort)
		require.NoError(t, err)
		defer connection.Close()
		_, _, _, err = gossh.NewClientConn(connection, "kernel", &gossh.ClientConfig{
			User: user, Auth: methods, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		return err
	}
	key := func(private string) gossh.AuthMethod {
		signer, err := gossh.ParsePrivateKey([]byte(private))
		require.NoError(t, err)
		return gossh.PublicKeys(signer)
	}
	file, err := l.find("k1")
	require.NoError(t, err)
	own, err := os.ReadFile(filepath.Join(file.path(dirHome), ".ssh", "id_rsa"))
	require.NoError(t, err)
	require.NoError(t, dial("work", key(string(own))))
	require.Error(t, dial("root", key(string(own))), "another user")
	require.Error(t, dial("work", key(stranger.Private)), "another key")
	require.Error(t, dial("work", gossh.Password("")), "a password")
	require.Error(t, dial("work"), "nothing")
	require.NoError(t, l.WriteFile(t.Context(), "k1", ".ssh/authorized_keys",
		strings.NewReader("not a key\ncommand=\"/bin/false\" "+restricted.Public+stranger.Public)))
	require.Error(t, dial("work", key(restricted.Private)), "a key with restrictions that are not kept")
	require.NoError(t, dial("work", key(stranger.Private)), "a key the owner has let in")
	require.Error(t, dial("work", key(string(own))), "a key the owner has taken out")
}

func TestSSHLeadsToPortsOfTheKernelAlone(t *testing.T) {
	l, binary := openEcho(t)
	spec := echo("k1", binary, "127.0.0.1:8080")
	options := sshKernel(t, l, spec)
	waitLog(t, l, "k1", "up")
	output, code := openSSH(t, "hello\n", "ssh", append(options, "-W", "localhost:8080", "work@127.0.0.1")...)
	assert.Zero(t, code, output)
	assert.Contains(t, output, "hello")
	_, code = openSSH(t, "hello\n", "ssh", append(options, "-W", "192.0.2.1:80", "work@127.0.0.1")...)
	assert.NotZero(t, code)
	_, code = openSSH(t, "", "ssh", append(options, "-o", "ExitOnForwardFailure=yes", "-R", "8081:localhost:8080", "work@127.0.0.1", "true")...)
	assert.NotZero(t, code, "it opens no ports for others")
}

func TestTheKernelsUserMayEndWhatServesHim(t *testing.T) {
	l := openNode(t, Options{})
	options := sshKernel(t, l, shell("k1", "exec sleep 1000"))
	_, code := openSSH(t, "", "ssh", append(options, "work@127.0.0.1", "kill -9 $PPID")...)
	assert.NotZero(t, code)
	output, code := openSSH(t, "", "ssh", append(options, "work@127.0.0.1", "echo again")...)
	assert.Zero(t, code)
	assert.Equal(t, "again\n", output)
}

func TestTheKernelsOfAClusterReachEachOtherBySSH(t *testing.T) {
	l := openNode(t, Options{})
	main := Spec{ID: "c-main1", Hostname: "main1", Memory: 512 << 20, Command: []string{"/bin/sh", "-c",
		"ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -p 2200 sub1 'echo hello from $(hostname)'"}}
	sub := Spec{ID: "c-sub1", Hostname: "sub1", Memory: 512 << 20}
	for _, spec := range []*Spec{&main, &sub} {
		spec.Cluster = &Cluster{ID: "c", Hosts: []string{"main1", "sub1"}}
	}
	if !l.Info().Clusters {
		return // says in its documentation what it needs
	}
	pair := newPair(t)
	main.Files = []HomeFile{{Path: ".ssh/id_rsa", Mode: 0o600, Data: []byte(pair.Private)}}
	sub.Files = []HomeFile{{Path: ".ssh/authorized_keys", Mode: 0o600, Data: []byte(pair.Public)}}
	require.NoError(t, l.Create(t.Context(), sub))
	exit, log := runToEnd(t, l, main)
	assert.Zero(t, exit.Code, log)
	assert.Contains(t, log, "hello from sub1")
}
