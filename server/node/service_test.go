//go:build linux

package node

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAServiceIsReadyWhenItsPortAccepts(t *testing.T) {
	l, binary := openEcho(t)
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1", Env: map[string]string{"NODE_TEST_HELPER": "echo"}}))
	service := Service{Name: "echo", Command: []string{binary}, Env: map[string]string{"ECHO": "127.0.0.1:8070"}, Ports: []int{8070, 8071}}
	var starts sync.WaitGroup
	for range 3 { // at once, and once
		starts.Go(func() { assert.NoError(t, l.StartService(t.Context(), "k1", service)) })
	}
	starts.Wait()
	assert.Len(t, processesOf(t, "k1"), 1)
	connection, err := l.Dial(t.Context(), "k1", 8070)
	require.NoError(t, err)
	talkTo(t, connection, "hello")
	connection.Close()
	output, err := l.ServiceLog(t.Context(), "k1", "echo", 0)
	require.NoError(t, err)
	assert.Equal(t, "up\n", string(output))
	assert.Empty(t, logOf(t, l, "k1"), "its output is not the command's")

	require.NoError(t, l.StopService(t.Context(), "k1", "echo"))
	assert.Empty(t, processesOf(t, "k1"))
	require.NoError(t, l.StopService(t.Context(), "k1", "echo"), "twice is no error")
	require.NoError(t, l.StopService(t.Context(), "k1", "never"))
	require.NoError(t, l.StartService(t.Context(), "k1", service), "and again")
	assert.Len(t, processesOf(t, "k1"), 1)
	_, err = l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	assert.Empty(t, processesOf(t, "k1"))
	require.ErrorIs(t, l.StartService(t.Context(), "k1", service), ErrEnded)
}

func TestAServiceThatFailsShowsWhatItWrote(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	start := func(ctx context.Context, name, script string, ports ...int) error {
		return l.StartService(ctx, "k1", Service{Name: name, Command: []string{"/bin/sh", "-c", script}, Ports: ports})
	}
	var failure *ServiceError
	require.ErrorAs(t, start(t.Context(), "ends", "echo no configuration >&2; exit 3", 8070), &failure)
	assert.Equal(t, ServiceError{Service: "ends", Code: 3, Output: "no configuration\n"}, *failure)
	require.ErrorContains(t, failure, "ended with code 3 before it was ready:\nno configuration")

	waits, giveUp := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- start(waits, "waits", "echo thinking; sleep 1000", 8070) }()
	eventually(t, "the service has written", func() bool {
		output, err := l.ServiceLog(t.Context(), "k1", "waits", 0)
		return err == nil && string(output) == "thinking\n"
	})
	giveUp()
	require.ErrorAs(t, <-ended, &failure)
	assert.Equal(t, -1, failure.Code)
	require.ErrorIs(t, failure, context.Canceled)
	require.ErrorContains(t, failure, "thinking")

	require.NoError(t, start(t.Context(), "daemon", "sleep 1000 &"), "without a port it need not stay")
	require.ErrorContains(t, l.StartService(t.Context(), "k1", Service{Name: "none", Command: []string{"no-such-program"}}), "cannot find")
	require.ErrorContains(t, l.StartService(t.Context(), "k1", Service{Name: "none"}), "no command")
	require.ErrorContains(t, l.StartService(t.Context(), "k1", Service{Name: "../x"}), "only letters")
}

func TestInterruptReachesTheCommandAndTheForegroundOfTerminals(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", `trap 'echo interrupted' INT; echo up; while :; do sleep 0.02; done`)))
	waitLog(t, l, "k1", "up")
	c := openTerminal(t, l, "k1", "")
	c.send("0" + `sh -c 'echo ready; exec sleep 1000'` + "\r")
	c.expect("\rready\r\n")
	require.NoError(t, l.Interrupt(t.Context(), "k1"))
	waitLog(t, l, "k1", "interrupted")
	c.send("0" + `echo "status $?"` + "\r")
	c.expect("status 130")
}

func TestAServicesLogIsBounded(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	require.NoError(t, l.StartService(t.Context(), "k1", Service{Name: "loud", Command: []string{"/bin/sh", "-c", "seq 1 1000000; echo end"}}))
	eventually(t, "it has written all", func() bool {
		output, err := l.ServiceLog(t.Context(), "k1", "loud", 100)
		return err == nil && strings.HasSuffix(string(output), "\nend\n")
	})
	k, err := l.find("k1")
	require.NoError(t, err)
	assert.Less(t, diskUse(k.serviceLog("loud"), 1), int64(4<<20))
}
