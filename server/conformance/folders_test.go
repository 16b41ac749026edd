//go:build python

package conformance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (c cli) folderNames(args ...string) []string {
	c.t.Helper()
	var names []string
	for _, row := range c.rows(append([]string{"vfolder"}, args...)...) {
		names = append(names, row["name"].(string))
	}
	return names
}

func TestAFoldersLifeByCommands(t *testing.T) {
	user := as(t, "user")
	host := strings.TrimSpace(strings.TrimPrefix(strings.Split(user.ok("vfolder", "list-hosts"), "\n")[0], "Default vfolder host:"))
	require.NotEmpty(t, host)
	user.ok("vfolder", "create", "life", host)
	content := strings.Repeat("0123456789abcdef", 100_000)
	user.file("data.bin", content)
	user.file("small.txt", "small\n")
	user.ok("vfolder", "upload", "life", "data.bin", "small.txt")
	assert.Contains(t, user.ok("vfolder", "ls", "life"), "1600000")
	user.take("data.bin")
	user.ok("vfolder", "download", "life", "data.bin")
	assert.True(t, content == user.take("data.bin"), "what comes down is what went up")

	user.ok("vfolder", "mkdir", "life", "sub")
	user.ok("vfolder", "mv", "life", "small.txt", "sub/small.txt")
	user.ok("vfolder", "rename-file", "life", "sub/small.txt", "tiny.txt")
	assert.Contains(t, user.ok("vfolder", "ls", "life", "sub"), "tiny.txt")
	user.typed("y\n", "vfolder", "rm", "life", "data.bin")
	assert.NotContains(t, user.ok("vfolder", "ls", "life"), "data.bin")

	user.ok("vfolder", "rename", "life", "lives")
	assert.Contains(t, user.ok("vfolder", "info", "lives"), "lives")
	assert.Contains(t, user.folderNames("list-own"), "lives")
	user.ok("vfolder", "delete", "lives")
	user.ok("vfolder", "restore", "lives")
	user.ok("vfolder", "delete", "lives")
	user.ok("vfolder", "delete-trash", "lives")
	assert.NotContains(t, user.folderNames("list"), "lives")
}

func TestAFolderIsSharedByCommands(t *testing.T) {
	user, admin := as(t, "user"), as(t, "admin")
	user.ok("vfolder", "create", "common", "local:volume1")
	user.file("note.txt", "for both\n")
	user.ok("vfolder", "upload", "common", "note.txt")
	user.ok("vfolder", "invite", "common", world.accounts["admin"].Email)
	admin.typed("1\na\n", "vfolder", "invitations")
	assert.Contains(t, admin.folderNames("list-invited"), "common")
	admin.ok("vfolder", "download", "common", "note.txt")
	assert.Equal(t, "for both\n", admin.take("note.txt"))
	admin.ok("vfolder", "leave", "common")
	assert.NotContains(t, admin.folderNames("list-invited"), "common")
}

func TestAFolderInASession(t *testing.T) {
	user := as(t, "user")
	user.ok("vfolder", "create", "mounted", "local:volume1")
	user.file("in.txt", "from outside\n")
	user.ok("vfolder", "upload", "mounted", "in.txt")
	user.ok("session", "create", "-t", "mounting", "--type", "batch", "-m", "mounted",
		"--startup-command", "cat mounted/in.txt > mounted/out.txt", "-r", "cpu=1", "-r", "mem=256m", "bash")
	eventually(t, func() bool { return strings.Contains(user.ok("vfolder", "ls", "mounted"), "out.txt") }, "the session writes to the folder")
	eventually(t, func() bool {
		ended := user.rows("session", "list", "-s", "TERMINATED", "--filter", `name == "mounting"`, "--format", "result")
		return len(ended) == 1 && ended[0]["result"] == "SUCCESS"
	}, "the session ends")
	user.ok("vfolder", "download", "mounted", "out.txt")
	assert.Equal(t, "from outside\n", user.take("out.txt"))
}
