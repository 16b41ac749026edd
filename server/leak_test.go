//go:build linux

package main

import (
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/census"
)

// The load test (server/bench) does the same with a thousand.
func TestSessionsThatHaveEndedLeaveNothingInTheServer(t *testing.T) {
	data, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	c := &crashRun{t: t, data: data, random: rand.New(rand.NewPCG(1, 1)),
		promises: &promises{sessions: map[string]string{}, ended: map[string]bool{}, folders: map[string]bool{}}}
	p := startProgram(t, data)
	client := c.clients(p, 1)[0]
	counted := census.Server{Binary: self, Data: data, PID: p.cmd.Process.Pid}

	batch := func(n int) census.Counts {
		for range n {
			client.createSession(t.Context())
		}
		require.Eventually(t, func() bool {
			over := true
			for id, s := range c.list(client) {
				if s.Status == "RUNNING" && !client.ended[id] {
					_, accepted := client.ask(t.Context(), http.MethodDelete, "/session/"+id, "")
					client.ended[id] = accepted
				}
				over = over && s.Status == "TERMINATED"
			}
			return over
		}, patience, 20*time.Millisecond)
		http.DefaultClient.CloseIdleConnections()
		counts, err := counted.Take()
		require.NoError(t, err)
		return counts
	}
	before := batch(3) // the first ones open what stays open
	batch(30)
	var after census.Counts
	assert.Eventually(t, func() bool {
		after, err = counted.Take()
		return err == nil && after.NoMoreThan(before)
	}, 10*time.Second, 50*time.Millisecond)
	t.Logf("before %+v, after %+v", before, after)
	assert.Len(t, client.sessions, 33)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
}
