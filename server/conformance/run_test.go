//go:build python

package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// ran runs code with `backend.ai run` in a session of its own.
func (c cli) ran(stdin string, args ...string) string {
	c.t.Helper()
	return c.typed(stdin, append([]string{"run", "-r", "cpu=1", "-r", "mem=256m", "--rm"}, args...)...)
}

func TestCodeIsRun(t *testing.T) {
	user := as(t, "user")
	t.Run("python", func(t *testing.T) {
		out := user.ran("", "-c", "import sys\nprint('sum is', 6*7)\nprint('to stderr', file=sys.stderr)\nraise SystemExit(3)", "python")
		assert.Contains(t, out, "sum is 42\n")
		assert.Contains(t, out, "to stderr\n")
		assert.Contains(t, out, "exit code = 3")
	})
	t.Run("python that fails", func(t *testing.T) {
		out := user.ran("", "-c", "x = 1\nprint(x/0)", "python")
		assert.Contains(t, out, "line 2, in <module>")
		assert.Contains(t, out, "ZeroDivisionError")
		assert.NotContains(t, out, "runs/python.py")
	})
	t.Run("python that asks", func(t *testing.T) {
		out := user.ran("Kim\n", "-c", "print('hello', input('who are you? '))", "python")
		assert.Contains(t, out, "who are you? ")
		assert.Contains(t, out, "hello Kim\n")
	})
	t.Run("bash", func(t *testing.T) {
		out := user.ran("", "-c", "for i in 1 2 3; do echo line-$i; sleep 0.3; done; exit 5", "bash")
		assert.Contains(t, out, "line-1\nline-2\nline-3\n")
		assert.Contains(t, out, "exit code = 5")
	})
	t.Run("files, in stages", func(t *testing.T) {
		user.file("job.py", "import sys\nprint('job with', sys.argv[1:])\n")
		out := user.ran("", "--build", "echo building", "--exec", "python3 job.py a b", "python", "job.py")
		assert.Contains(t, out, "building\n")
		assert.Contains(t, out, "Build finished. (exit code = 0)")
		assert.Contains(t, out, "job with ['a', 'b']\n")
		assert.Contains(t, out, "Execution finished. (exit code = 0)")
	})
	t.Run("a session is used again", func(t *testing.T) {
		user.session("run-again")
		for _, word := range []string{"first", "second"} {
			out := user.typed("", "run", "-t", "run-again", "-c", "echo "+word+" > word; cat word", "bash")
			assert.Contains(t, out, "Reusing session run-again")
			assert.Contains(t, out, word+"\n")
		}
	})
}
