//go:build e2e && cluster

package e2e

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests need real containers, with the image that server/real makes: it
// has an app of its own, named web.

func TestAnAppOfTheImageOpensThroughTheManagersTunnel(t *testing.T) {
	enter(t)
	openAppOfTheImage(t, "app-of-the-image")
}

// openAppOfTheImage opens the image's own app in a new session, and returns the tab
// that shows it.
func openAppOfTheImage(t *testing.T, session string) *Page {
	t.Helper()
	world := worldOf(t)
	id := createRunning(t, "user", session)
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.OpenApps(id))
	tab, err := p.OpenApp("web")
	tab = closed(t, tab, err)
	text, err := tab.Text("h1")
	require.NoError(t, err)
	assert.Equal(t, "served by the image", text)
	return tab
}

func TestFilesGoIntoASessionAndOutOfIt(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "takes-files")
	p := signedIn(t, world.own, "user")
	var status int
	require.NoError(t, p.Eval(fmt.Sprintf(`(() => {
		const form = new FormData();
		form.append("src", new Blob(["written by a browser, 한글\n"]), "given.txt");
		return fetch("/func/session/%s/upload", {method: "POST", body: form}).then(r => r.status);
	})()`, id), &status))
	assert.Less(t, status, 300)
	got, err := driverOf(t, "user").Client.Sessions().File(t.Context(), id, "given.txt")
	require.NoError(t, err)
	assert.Equal(t, "written by a browser, 한글\n", string(got))
}
