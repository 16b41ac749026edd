package runs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node"
)

// onThisMachine starts programs as a kernel does, outside of one.
func onThisMachine(_ context.Context, p node.Program) (*node.Process, error) {
	var theirs, ours [4]*os.File
	for i := range theirs {
		reader, writer, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		if theirs[i], ours[i] = writer, reader; i == 0 {
			theirs[i], ours[i] = reader, writer
		}
	}
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = theirs[0], theirs[1], theirs[2], theirs[3:]
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err := cmd.Start()
	for _, file := range theirs {
		file.Close()
	}
	if err != nil {
		return nil, err
	}
	control, far := net.Pipe()
	go func() {
		var signal [1]byte
		for {
			if _, err := io.ReadFull(far, signal[:]); err != nil {
				_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
				return
			}
			_ = syscall.Kill(-cmd.Process.Pid, syscall.Signal(signal[0]))
		}
	}()
	go func() {
		_ = cmd.Wait()
		code := cmd.ProcessState.ExitCode()
		if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = 128 + int(status.Signal())
		}
		_ = json.NewEncoder(far).Encode(map[string]int{"code": code})
		far.Close()
	}()
	return node.NewProcess(ours[0], ours[1], ours[2], ours[3], control), nil
}

// runtimeOf finds an interpreter of this machine.
func runtimeOf(t *testing.T, kind, program string) Runtime {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err)
	return Runtime{Type: kind, Path: path}
}

// follow gives lines when they are asked for, and returns all that was written,
// by kind, and the last answer.
func follow(t *testing.T, run *Run, lines ...string) (map[string]string, Result) {
	t.Helper()
	written := map[string]string{}
	for {
		next := run.Next(t.Context(), 10*time.Second)
		for _, item := range next.Console {
			written[item.Kind] += item.Text
		}
		switch next.Status {
		case StatusWaitingInput:
			require.NotEmpty(t, lines, "it asks for more")
			run.Input(lines[0])
			lines = lines[1:]
		case StatusFinished:
			return written, next
		}
	}
}

func runCode(t *testing.T, r Runtime, code string) *Run {
	t.Helper()
	stage, err := r.Code(code)
	require.NoError(t, err)
	var all Runs
	t.Cleanup(all.Close)
	run, begun := all.Begin("s", "run-0001", onThisMachine, []Stage{stage})
	require.True(t, begun)
	return run
}

func TestCodeOfEachLanguage(t *testing.T) {
	python, bash := runtimeOf(t, "python", "python3"), runtimeOf(t, "app", "bash")
	for name, test := range map[string]struct {
		runtime        Runtime
		code           string
		lines          []string
		stdout, stderr string // what is in them
		exit           int
	}{
		"python writes to both":             {python, "import sys\nprint('한글')\nprint('bad', file=sys.stderr)", nil, "한글\n", "bad\n", 0},
		"python ends with a code":           {python, "raise SystemExit(7)", nil, "", "", 7},
		"python shows the line that failed": {python, "a = 1\nb = a / 0", nil, "", "File \"<input>\", line 2, in <module>\n    b = a / 0", 1},
		"python shows what it cannot read":  {python, "a =", nil, "", "SyntaxError", 1},
		"python is the main module":         {python, "print(__name__)", nil, "__main__\n", "", 0},
		"python asks":                       {python, "print('hello', input('who? '))", []string{"you"}, "who? hello you\n", "", 0},
		"python keeps what it defines":      {python, "def f(n):\n  return n if n < 2 else f(n-1) + f(n-2)\nprint(f(10))", nil, "55\n", "", 0},
		"bash writes":                       {bash, "echo one; echo two >&2; exit 3", nil, "one\n", "two\n", 3},
		"bash asks":                         {bash, "read -p 'who? ' name; echo hello $name", []string{"you"}, "hello you\n", "who? ", 0},
		"bash reads a file without asking":  {bash, "printf 'a\\nb\\n' | while read line; do echo $line.; done; read x < /dev/null; echo done", nil, "a.\nb.\ndone\n", "", 0},
		"bash leaves something behind":      {bash, "sleep 60 & echo done", nil, "done\n", "", 0},
		"a program that is not there":       {Runtime{"python", "/no/such"}, "1", nil, "", "no such file", ExitLost},
	} {
		t.Run(name, func(t *testing.T) {
			written, last := follow(t, runCode(t, test.runtime, test.code), test.lines...)
			assert.Equal(t, test.exit, *last.ExitCode, written)
			if test.stdout != "" {
				assert.Equal(t, test.stdout, written["stdout"])
			}
			assert.Contains(t, written["stderr"], test.stderr)
			if test.stderr == "" {
				assert.Empty(t, written["stderr"])
			}
		})
	}
}

func TestASecretIsAskedForAsOne(t *testing.T) {
	run := runCode(t, runtimeOf(t, "python", "python3"), "import getpass\nprint(len(getpass.getpass()))")
	var next Result
	for next.Status != StatusWaitingInput {
		next = run.Next(t.Context(), 10*time.Second)
	}
	assert.Equal(t, map[string]any{"is_password": true}, next.Options)
	run.Input("secret")
	written, _ := follow(t, run)
	assert.Equal(t, "6\n", written["stdout"])
}

func TestARunIsInterrupted(t *testing.T) {
	run := runCode(t, runtimeOf(t, "python", "python3"), "import time\nprint('up', flush=True)\nwhile True: time.sleep(0.01)")
	next := run.Next(t.Context(), 10*time.Second)
	require.Len(t, next.Console, 1)
	assert.Equal(t, StatusContinued, next.Status)
	run.Interrupt()
	written, last := follow(t, run)
	assert.Contains(t, written["stderr"], "KeyboardInterrupt")
	assert.NotZero(t, *last.ExitCode)
}

func TestWhatNobodyTakesIsNotHeld(t *testing.T) {
	run := runCode(t, runtimeOf(t, "app", "bash"), "yes | head -c 30000000")
	total := 0
	for {
		next := run.Next(t.Context(), 10*time.Second)
		size := 0
		for _, item := range next.Console {
			size += len(item.Text)
		}
		assert.Less(t, size, 2*MaxHeld)
		if total += size; next.Status == StatusFinished {
			break
		}
	}
	assert.Equal(t, 30000000, total)
}

func TestBatchStages(t *testing.T) {
	bash := runtimeOf(t, "app", "bash")
	for name, test := range map[string]struct {
		commands Commands
		want     []string
		exit     int
	}{
		"all three":                     {Commands{"true", "true", "exit 4"}, []string{StatusCleanFinished, StatusBuildFinished, StatusFinished}, 4},
		"only the last":                 {Commands{Exec: "true"}, []string{StatusFinished}, 0},
		"what fails is the last":        {Commands{Build: "exit 2", Exec: "true"}, []string{StatusBuildFinished, StatusFinished}, 2},
		"nothing to run":                {Commands{Build: "true"}, []string{StatusBuildFinished, StatusFinished}, 0},
		"what is usual in the language": {Commands{Exec: "*"}, []string{StatusFinished}, 127},
	} {
		t.Run(name, func(t *testing.T) {
			stages, err := bash.Batch(test.commands)
			require.NoError(t, err)
			var all Runs
			t.Cleanup(all.Close)
			run, _ := all.Begin("s", "run-0001", onThisMachine, stages)
			var seen []string
			for {
				next := run.Next(t.Context(), 10*time.Second)
				if next.Status != StatusContinued {
					seen = append(seen, next.Status)
				}
				if next.Status == StatusFinished {
					assert.Equal(t, test.exit, *next.ExitCode)
					break
				}
			}
			assert.Equal(t, test.want, seen)
		})
	}
}

func TestCodeThatCannotBeRun(t *testing.T) {
	_, err := Runtime{Type: "python"}.Code(strings.Repeat("x", MaxCode+1))
	require.ErrorIs(t, err, ErrTooLong)
	_, err = Runtime{Type: "python"}.Batch(Commands{Exec: strings.Repeat("x", MaxCode+1)})
	require.ErrorIs(t, err, ErrTooLong)
	_, err = Runtime{Type: "vnc"}.Code("1")
	require.ErrorIs(t, err, ErrNoLanguage)
}

func TestCompletions(t *testing.T) {
	python := runtimeOf(t, "python", "python3")
	for code, want := range map[string]string{"pri": "print(", "import os\nos.path.jo": "os.path.join(", "def": "def ", "x = ": ""} {
		program, ok := python.Complete(code)
		require.True(t, ok)
		text, err := Output(t.Context(), onThisMachine, program)
		require.NoError(t, err)
		if want == "" {
			assert.Empty(t, strings.TrimSpace(text))
		} else {
			assert.Contains(t, strings.Split(text, "\n"), want, code)
		}
	}
	_, ok := Runtime{Type: "app"}.Complete("ec")
	assert.False(t, ok)
}

func TestARunThatNobodyAsksAboutIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all Runs
		hangs := func(ctx context.Context, _ node.Program) (*node.Process, error) {
			<-ctx.Done()
			return nil, errors.New("ended")
		}
		run, begun := all.Begin("s", "run-0001", hangs, []Stage{{Status: StatusFinished}})
		require.True(t, begun)
		_, begun = all.Begin("s", "run-0001", hangs, nil)
		assert.False(t, begun, "it goes on")
		time.Sleep(Forgotten - time.Second)
		assert.Equal(t, StatusContinued, run.Next(t.Context(), time.Second).Status)
		time.Sleep(Forgotten - 2*time.Second) // waiting for the answer took the other
		assert.NotNil(t, all.Find("s", "run-0001"))
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Nil(t, all.Find("s", "run-0001"))
		all.End("s", "run-0001")
	})
}
