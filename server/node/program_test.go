//go:build linux

package node

import (
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program starts a script in a kernel for somebody who waits.
func program(t *testing.T, l *Local, id, script string) *Process {
	t.Helper()
	p, err := l.RunProgram(t.Context(), id, Program{Command: []string{"/bin/sh", "-c", script}, Env: map[string]string{"GREETING": "hello"}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func text(t *testing.T, from io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(from)
	require.NoError(t, err)
	return string(data)
}

func TestAProgramIsItsCallers(t *testing.T) { atEachLevel(t, Options{}, programIsItsCallers) }

func programIsItsCallers(t *testing.T, l *Local) {
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	p := program(t, l, "k1", `read line; echo "$GREETING $line from $PWD"; echo oops >&2; printf l >&3; exit 3`)
	_, err := io.WriteString(p.Stdin, "world\n")
	require.NoError(t, err)
	k, err := l.find("k1")
	require.NoError(t, err)
	assert.Contains(t, text(t, p.Stdout), "hello world from /")
	assert.Equal(t, "oops\n", text(t, p.Stderr))
	assert.Equal(t, string(rune(AskLine)), text(t, p.Asks))
	code, err := p.Wait()
	require.NoError(t, err)
	assert.Equal(t, 3, code)
	p.Signal(syscall.SIGINT) // to nobody
	assert.Empty(t, logOf(t, l, k.id), "its output is not the command's")
}

func TestAProgramEndsWithItsCallerAndItsKernel(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	p := program(t, l, "k1", "echo up; exec sleep 1000")
	buffer := make([]byte, 3)
	_, err := io.ReadFull(p.Stdout, buffer)
	require.NoError(t, err)
	p.Signal(syscall.SIGINT)
	code, err := p.Wait()
	require.NoError(t, err)
	assert.Equal(t, 128+int(syscall.SIGINT), code)

	p = program(t, l, "k1", "echo up; exec sleep 1000")
	_, err = io.ReadFull(p.Stdout, buffer)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	eventually(t, "it is killed", func() bool { return len(processesOf(t, "k1")) == 0 })

	p = program(t, l, "k1", "exec sleep 1000")
	_, err = l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	if code, err := p.Wait(); err != nil { // unless its end could still be told
		require.ErrorIs(t, err, ErrEnded)
	} else {
		assert.Equal(t, 128+int(syscall.SIGKILL), code)
	}
	_, err = l.RunProgram(t.Context(), "k1", Program{Command: []string{"true"}})
	require.ErrorIs(t, err, ErrEnded)
}

func TestProgramsAreBounded(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	var err error
	for n := 0; err == nil; n++ {
		require.Less(t, n, 100)
		var p *Process
		if p, err = l.RunProgram(t.Context(), "k1", Program{Command: []string{"/bin/sleep", "1000"}}); err == nil {
			defer p.Close()
		}
	}
	require.ErrorIs(t, err, ErrBusy)
	_, err = l.RunProgram(t.Context(), "k1", Program{Command: []string{strings.Repeat("no", 3)}})
	require.Error(t, err)
}
