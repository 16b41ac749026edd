//go:build e2e && jupyter

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// runCell starts a kernel in the notebook server whose page this runs in, runs
// code in it over its websocket, and gives what it prints.
const runCell = `(async code => {
	const token = (document.cookie.match(/_xsrf=([^;]*)/) || [])[1] || "";
	const made = await fetch("/api/kernels", {method: "POST", headers: {"X-XSRFToken": token, "Content-Type": "application/json"}, body: "{}"});
	if (!made.ok) throw new Error("kernel: " + made.status);
	const kernel = await made.json();
	return await new Promise((done, fail) => {
		const ws = new WebSocket(location.origin.replace("http", "ws") + "/api/kernels/" + kernel.id + "/channels");
		ws.onerror = () => fail(new Error("the websocket is broken"));
		ws.onopen = () => ws.send(JSON.stringify({channel: "shell", content: {code, silent: false},
			header: {msg_id: "1", msg_type: "execute_request", session: "s", username: "", version: "5.3", date: new Date().toISOString()},
			parent_header: {}, metadata: {}, buffers: []}));
		ws.onmessage = e => {
			const message = JSON.parse(e.data);
			if (message.msg_type === "stream") { ws.close(); done(message.content.text); }
			if (message.msg_type === "error") { ws.close(); fail(new Error(message.content.evalue)); }
		};
	});
})`

func TestJupyterOpensAndRunsACell(t *testing.T) {
	enter(t)
	dir, err := filepath.Abs(os.Getenv("JUPYTER"))
	require.NoError(t, err)
	path := "PATH=" + filepath.Join(dir, "bin") + string(os.PathListSeparator) + os.Getenv("PATH")
	server, err := StartServerWith(t.Context(), []string{path}, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Stop()) })
	accounts, err := server.Accounts()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.EndSessions(context.Background(), accounts["superadmin"])) })
	d, err := server.Driver(t.Context(), accounts["user"])
	require.NoError(t, err)
	id, err := d.CreateWith(t.Context(), func(r *client.CreateRequest) {
		r.Name, r.Image = "with-jupyter", "python"
		r.Config.Resources = map[string]any{"cpu": "1", "mem": "1g"}
	})
	require.NoError(t, err)

	p := newPage(t, server)
	require.NoError(t, p.SignIn("/sessions", accounts["user"]))
	require.NoError(t, p.OpenApps(id))
	tab, err := p.OpenApp("jupyter")
	tab = closed(t, tab, err)
	require.NoError(t, tab.Wait(`location.pathname === "/tree" && document.title.includes("Home")`), "%s", server.Log())
	var printed string
	require.NoError(t, tab.Eval(runCell+`("print(6 * 7, '한글')")`, &printed))
	assert.Equal(t, "42 한글\n", printed)
}
