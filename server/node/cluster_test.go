//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// askHost is a shell function that sends a line to a port of a host and shows
// the answer.
const askHost = `ask() { timeout ${patience:-5} bash -c 'exec 3<>/dev/tcp/$0/$1 && echo "$2" >&3 && read line <&3 && echo "$line"' "$@"; }; `

// cluster makes specs of a cluster of two: sub1 echoes, main1 runs a script.
func cluster(name, binary, script string) (main, sub Spec) {
	sub = echo(name+"-sub1", binary, ":8080")
	main = Spec{ID: name + "-main1", Memory: 512 << 20, Command: []string{"/bin/bash", "-c", askHost + script}}
	for _, spec := range []*Spec{&main, &sub} {
		spec.Cluster = &Cluster{ID: name, Hosts: []string{"main1", "sub1"}}
	}
	main.Hostname, sub.Hostname = "main1", "sub1"
	return main, sub
}

func TestTheKernelsOfAClusterReachEachOtherByName(t *testing.T) {
	if file, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		return // says in its documentation that it needs it
	} else {
		file.Close()
	}
	l, binary := openEcho(t)
	main, sub := cluster("a", binary, `ask sub1 8080 "hello from $(hostname)"; ask localhost 8080 x || echo not here; head -c 3000000 /dev/zero | tr '\0' x | timeout 10 bash -c 'exec 4<&0 3<>/dev/tcp/sub1/8080; cat <&4 >&3 & head -c 3000000 <&3' | wc -c`)
	require.NoError(t, l.Create(t.Context(), sub))
	waitLog(t, l, sub.ID, "up")
	exit, log := runToEnd(t, l, main)
	assert.Zero(t, exit.Code)
	assert.Contains(t, log, "hello from main1\n")
	assert.Contains(t, log, "not here\n3000000\n")

	require.NoError(t, l.Restart(t.Context(), sub.ID))
	require.NoError(t, l.Restart(t.Context(), main.ID))
	eventually(t, "also after a restart", func() bool { return len(logOf(t, l, main.ID)) >= 2*len("hello from main1\n") })
	waitEnd(t, l, main.ID)

	other, _ := cluster("b", binary, `patience=0.3; ask sub1 8080 hello || ask 10.250.0.2 8080 hello || echo alone`)
	_, log = runToEnd(t, l, other)
	assert.Contains(t, log, "alone\n", "other clusters are not reached")
	_, err := l.Destroy(t.Context(), sub.ID, 0)
	require.NoError(t, err)
	assert.Empty(t, l.networks.by, "nothing is left")
}

func TestAKernelOfAClusterMayEndAtOnce(t *testing.T) {
	l := openNode(t, Options{})
	for i := range 20 {
		spec := shell(fmt.Sprintf("k%d", i), "exit 3")
		spec.Hostname, spec.Cluster = "main1", &Cluster{ID: spec.ID, Hosts: []string{"main1"}}
		err := l.Create(t.Context(), spec)
		if !l.Info().Clusters {
			require.ErrorIs(t, err, ErrNoClusters)
			return
		}
		require.NoError(t, err)
		assert.Equal(t, 3, waitEnd(t, l, spec.ID).Code)
	}
}

func TestALaterServerCarriesOnWithAClustersPackets(t *testing.T) {
	dir := publicDir(t) + "/data"
	binary := ownBinary(t)
	options := Options{Dir: dir, ReadOnly: []string{filepath.Dir(binary)}}
	l, err := Open(options)
	require.NoError(t, err)
	main, sub := cluster("a", binary, `until test -e go; do sleep 0.02; done; ask sub1 8080 "hello again"`)
	if err := l.Create(t.Context(), sub); err != nil {
		require.ErrorIs(t, err, ErrNoClusters)
		require.NoError(t, l.Close())
		return
	}
	require.NoError(t, l.Create(t.Context(), main))
	waitLog(t, l, sub.ID, "up")
	require.NoError(t, l.Close())
	l = openNode(t, options)
	require.NoError(t, l.WriteFile(t.Context(), main.ID, "go", strings.NewReader("")))
	waitLog(t, l, main.ID, "hello again")
}

func TestAClusterThatCannotBeIsRefused(t *testing.T) {
	l := openNode(t, Options{})
	for _, test := range []struct {
		name string
		spec Spec
		want string
	}{
		{"its name is a path", Spec{ID: "k", Hostname: "a", Cluster: &Cluster{ID: "../x", Hosts: []string{"a"}}}, "cluster ID"},
		{"it lacks the kernel", Spec{ID: "k", Hostname: "a", Cluster: &Cluster{ID: "x", Hosts: []string{"b"}}}, "not one of"},
		{"a host is there twice", Spec{ID: "k", Hostname: "a", Cluster: &Cluster{ID: "x", Hosts: []string{"a", "a"}}}, "not the only one"},
		{"a host is not a name", Spec{ID: "k", Hostname: "a", Cluster: &Cluster{ID: "x", Hosts: []string{"a", "1.2.3.4 b"}}}, "is none"},
		{"it is too large", Spec{ID: "k", Hostname: "a", Cluster: &Cluster{ID: "x", Hosts: make([]string, 251)}}, "at most 250"},
	} {
		t.Run(test.name, func(t *testing.T) { require.ErrorContains(t, l.Create(t.Context(), test.spec), test.want) })
	}
}

func FuzzAddressesOfPackets(f *testing.F) {
	f.Add([]byte{0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 0, 0, 10, 250, 0, 1, 10, 250, 0, 2})
	f.Fuzz(func(t *testing.T, packet []byte) {
		from, to, ok := addresses(packet)
		assert.Equal(t, ok, from.Is4() && to.Is4())
	})
}
