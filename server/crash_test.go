//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/census"
)

// crashRounds names the environment variable that says how often the server is
// killed; see `make crash`.
const crashRounds = "CRASH_ROUNDS"

// asProgram names the environment variable that makes this test program behave as
// baiui itself: a process of its own, which can be killed.
const asProgram = "RUN_AS_BAIUI"

// program is `baiui serve` as a process.
type program struct {
	cmd     *exec.Cmd
	manager string
	ready   chan struct{} // closed when it is
	ended   chan struct{}
	output  bytes.Buffer // read it after ended
}

func startProgram(t *testing.T, data string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{ready: make(chan struct{}), ended: make(chan struct{})}
	p.cmd = exec.Command(self, "serve", "--data", data, "--listen", "127.0.0.1:0", "--manager-listen", "127.0.0.1:0")
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	read, write, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout, p.cmd.Stderr = write, write
	require.NoError(t, p.cmd.Start())
	require.NoError(t, write.Close())
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			p.output.WriteString(lines.Text() + "\n")
			if rest, found := strings.CutPrefix(lines.Text(), "ready: "); found {
				for field := range strings.FieldsSeq(rest) {
					if manager, found := strings.CutPrefix(field, "manager="); found {
						p.manager = manager
					}
				}
				close(p.ready)
			}
		}
		_ = read.Close()
		_ = p.cmd.Wait() // killed, as a rule
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends it as a power cut would, but for the machine.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

func TestAServerThatIsKilledKeepsItsPromises(t *testing.T) {
	rounds := 6
	if text := os.Getenv(crashRounds); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	data, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	t.Cleanup(func() { // whatever went wrong, nothing runs on
		end := exec.Command(self, "end", "--data", data)
		end.Env = append(os.Environ(), asProgram+"=1")
		output, err := end.CombinedOutput()
		assert.NoError(t, err, "%s", output)
	})
	before, err := census.Server{Binary: self, Data: data}.Take()
	require.NoError(t, err)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	c := &crashRun{t: t, data: data, random: random, promises: &promises{sessions: map[string]string{}, ended: map[string]bool{}, folders: map[string]bool{}}}
	for round := range rounds {
		c.round(round)
	}
	c.last()
	after, err := census.Server{Binary: self, Data: data}.Take()
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is left behind")
	t.Logf("%d sessions, %d ends, %d folders, %d uploads were promised", len(c.sessions), len(c.ended), len(c.folders), len(c.uploads))
	assert.NotEmpty(t, c.sessions)
	assert.NotEmpty(t, c.uploads)
}

// crashRun is the test under way.
type crashRun struct {
	*promises
	t      *testing.T
	data   string
	random *rand.Rand
	names  int
}

// name is one that was not used yet.
func (c *crashRun) name() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return fmt.Sprintf("name-%06d", c.names)
}

// round starts the server, works with it and kills it somewhere: in every third
// round before it is ready, perhaps.
func (c *crashRun) round(n int) {
	p := startProgram(c.t, c.data)
	if n%3 == 1 {
		delay := time.Duration(c.random.Int64N(int64(time.Second)))
		select {
		case <-p.ready:
		case <-p.ended:
			require.Fail(c.t, "the server ended", "%s", &p.output)
		case <-time.After(delay):
			p.kill()
			c.checkDatabase()
			return
		}
	}
	clients := c.clients(p, 4)
	if n > 0 {
		c.check(clients[0])
	}
	ctx, stop := context.WithCancel(c.t.Context())
	var working sync.WaitGroup
	for _, client := range clients {
		working.Go(func() { client.work(ctx) })
	}
	// However slow the machine is, something must have been promised.
	had := c.made(n)
	assert.Eventually(c.t, func() bool { return c.made(n) > had }, patience, time.Millisecond)
	select {
	case <-time.After(time.Duration(c.random.Int64N(int64(1500 * time.Millisecond)))):
	case <-p.ended:
	}
	p.kill()
	stop()
	working.Wait()
	c.checkDatabase()
}

// made is how much was promised so far; in the first round nothing as long as one
// kind of promise is missing.
func (c *crashRun) made(round int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if round == 0 && (len(c.sessions) == 0 || len(c.uploads) == 0) {
		return 0
	}
	return len(c.sessions) + len(c.ended) + len(c.folders) + len(c.uploads)
}

// clients waits until the server is ready and makes some who ask it.
func (c *crashRun) clients(p *program, n int) []*crashClient {
	c.t.Helper()
	select {
	case <-p.ready:
	case <-p.ended:
		require.Fail(c.t, "the server ended", "%s", &p.output)
	case <-time.After(patience):
		p.kill()
		require.Fail(c.t, "the server is not ready", "%s", &p.output)
	}
	kept, err := readAccounts(filepath.Join(c.data, accountsFile))
	require.NoError(c.t, err)
	var clients []*crashClient
	for range n {
		clients = append(clients, &crashClient{promises: c.promises, account: kept[len(kept)-1], manager: p.manager, name: c.name,
			random: rand.New(rand.NewPCG(c.random.Uint64(), 0))})
	}
	var answer struct {
		Images []struct{ Registry, Name, Tag, Architecture string }
	}
	clients[0].query(c.t, "{ images(is_installed: true) { registry name tag architecture } }", &answer)
	for _, image := range answer.Images {
		if strings.HasSuffix(image.Name, "bash") {
			for _, client := range clients {
				client.image, client.arch = image.Registry+"/"+image.Name+":"+image.Tag, image.Architecture
			}
		}
	}
	return clients
}

func TestAServerThatIsKilledDuringItsFirstStartStartsAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	data, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	c := &crashRun{t: t, data: data, random: random, promises: &promises{}}
	for range 4 {
		p := startProgram(t, data)
		select {
		case <-p.ready:
		case <-p.ended:
			require.Fail(t, "the server ended", "%s", &p.output)
		case <-time.After(time.Duration(random.Int64N(int64(400 * time.Millisecond)))):
		}
		p.kill()
		c.checkDatabase()
	}
	// The accounts in the file are those in the database.
	p := startProgram(t, data)
	client := c.clients(p, 1)[0]
	assert.Empty(t, c.list(client))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
}
