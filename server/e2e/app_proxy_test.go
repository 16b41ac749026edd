//go:build e2e && cluster

package e2e

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// These tests need a resource group with an App Proxy, whose containers have an
// app of the image's own, named web.

func TestAnAppOfTheImageOpensThroughTheAppProxy(t *testing.T) {
	enter(t)
	tab := openAppOfTheImage(t, "app-behind-a-proxy")
	var origin string
	require.NoError(t, tab.Eval("location.origin", &origin))
	names, err := tab.Cookies(origin)
	require.NoError(t, err)
	assert.Contains(t, names, "appproxy_permit", "a worker of the App Proxy has let it in")
}

func TestSSHGoesThroughTheAppProxy(t *testing.T) {
	world := enter(t)
	id := createRunning(t, "user", "ssh-behind-a-proxy")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.OpenApps(id))
	require.NoError(t, p.Click(appTile("sshd")))
	const address = `document.querySelector("[data-command=address]")?.innerText`
	require.NoError(t, p.Wait(address))
	var worker string
	require.NoError(t, p.Eval(address+`.match(/[\d.]+:\d+/)[0]`, &worker))
	c, err := net.DialTimeout("tcp", worker, 5*time.Second)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	banner := make([]byte, len("SSH-2.0-"))
	_, err = io.ReadFull(c, banner)
	require.NoError(t, err)
	assert.Equal(t, "SSH-2.0-", string(banner))
}
