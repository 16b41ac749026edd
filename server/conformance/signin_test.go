//go:build python

package conformance

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSessionModeWithAPassword(t *testing.T) {
	account := world.accounts["user"]
	user := cli{t, BySignIn(world.server.UI), t.TempDir()}
	assert.NotZero(t, user.run("", "ps").Code, "before the sign-in")
	wrong := user.run(account.Email+"\nnot-the-password\n", "login")
	assert.NotZero(t, wrong.Code, wrong.Out)
	user.typed(account.Email+"\n"+account.Password+"\n", "login")
	assert.Contains(t, user.ok("config"), account.Email)
	user.session("signed-in")
	assert.Contains(t, user.ok("ps"), "signed-in")
	user.ok("vfolder", "list-hosts")
	user.ok("session", "destroy", "signed-in")
	user.ok("logout")
	assert.NotZero(t, user.run("", "ps").Code, "after the sign-out")
}
