package e2e

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// WebApp is a program for a session, in plain Python, that shows what reaches an
// app: "/" sets a cookie and shows those that came, /events streams five events,
// /ws sends back every message of a websocket.
const WebApp = `
import base64, hashlib, http.server, struct, sys, time
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *a): pass
    def do_GET(self):
        if self.path == '/ws': return self.echo()
        if self.path == '/events': return self.events()
        body = ('<!DOCTYPE html><html lang="en"><title>the app</title><h1>served in the session</h1><pre id="cookies">%s</pre>' % self.headers.get('Cookie', '')).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Set-Cookie', 'of_the_app=1; Path=/')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        n = int(self.headers['Content-Length'])
        seen = hashlib.sha256()
        while n:
            part = self.rfile.read(min(n, 65536)); seen.update(part); n -= len(part)
        body = seen.hexdigest().encode()
        self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
    def events(self):
        self.send_response(200); self.send_header('Content-Type', 'text/event-stream'); self.send_header('Connection', 'close'); self.end_headers()
        for i in range(5):
            self.wfile.write(b'data: %d\n\n' % i); self.wfile.flush(); time.sleep(.05)
        self.close_connection = True
    def echo(self):
        key = base64.b64encode(hashlib.sha1((self.headers['Sec-WebSocket-Key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest())
        self.wfile.write(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' + key + b'\r\n\r\n')
        while True:
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 15 == 8: break
            n = head[1] & 127
            if n == 126: n, = struct.unpack('>H', self.rfile.read(2))
            mask, data = self.rfile.read(4), self.rfile.read(n)
            data = bytes(c ^ mask[i % 4] for i, c in enumerate(data))
            self.wfile.write(bytes([head[0]]) + (bytes([n]) if n < 126 else b'\x7e' + struct.pack('>H', n)) + data)
        self.close_connection = True
http.server.ThreadingHTTPServer(('', int(sys.argv[1])), App).serve_forever()
`

// CreateWebApp starts a session in which [WebApp] listens on a port that was
// opened in advance, beside a second such port on which nothing does.
func (d *Driver) CreateWebApp(ctx context.Context, name string, port int) (string, error) {
	return d.CreateWith(ctx, func(r *client.CreateRequest) {
		r.Name, r.Type = name, model.TypeBatch
		code := base64.StdEncoding.EncodeToString([]byte(WebApp))
		r.StartupCommand = fmt.Sprintf("echo %s | base64 -d > app.py && exec python3 app.py %d", code, port)
		r.Config.PreopenPorts = []int{port, port + 1}
	})
}

// CreateWith starts a session as [Driver.Create] does, one in which programs run,
// of an order that change has changed.
func (d *Driver) CreateWith(ctx context.Context, change func(*client.CreateRequest)) (string, error) {
	request := client.CreateRequest{
		Image: d.image, Project: "default", Domain: "default", MaxWaitSeconds: startSeconds,
		Config: client.CreateConfig{ScalingGroup: "default"},
	}
	if err := d.server.running(&request); err != nil {
		return "", err
	}
	change(&request)
	created, err := d.Client.Sessions().Create(ctx, request)
	if err == nil && created.Status != model.StatusRunning {
		err = fmt.Errorf("e2e: session %s is %s, not running", request.Name, created.Status)
	}
	return created.ID, err
}

// NewTab does something that opens a tab, and returns the tab.
func (p *Page) NewTab(do func() error) (*Page, error) {
	opened := chromedp.WaitNewTarget(p.ctx, func(info *target.Info) bool { return info.Type == "page" })
	if err := do(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	select {
	case id := <-opened:
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id))
		tab := &Page{ctx: ctx, cancel: cancel, requests: map[network.RequestID]*Request{}}
		chromedp.ListenTarget(ctx, tab.note)
		return tab, chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable())
	case <-ctx.Done():
		return nil, fmt.Errorf("e2e: no tab was opened\n%s", p.describe())
	}
}

// OpenApps opens the panel of a session's apps.
func (p *Page) OpenApps(session string) error {
	if err := p.Open("/sessions?session=" + session + "&panel=apps"); err != nil {
		return err
	}
	return p.WaitSelector(".apps")
}

// OpenApp clicks on an app in the panel and returns the tab that shows it.
func (p *Page) OpenApp(name string) (*Page, error) {
	tab, err := p.NewTab(func() error { return p.Click(appTile(name)) })
	if err != nil {
		return nil, err
	}
	return tab, tab.Wait(`location.protocol === "http:" && document.readyState === "complete" && !location.pathname.startsWith("/.baiui/")`)
}

// appTile selects the button of an app.
func appTile(name string) string { return fmt.Sprintf(".app-tile[data-app=%s]", quote(name)) }

// Cookies returns the names of the cookies that the browser would send to an
// address.
func (p *Page) Cookies(address string) ([]string, error) {
	var names []string
	err := p.Run(chromedp.ActionFunc(func(ctx context.Context) error {
		list, err := network.GetCookies().WithURLs([]string{address}).Do(ctx)
		for _, c := range list {
			names = append(names, c.Name)
		}
		return err
	}))
	return names, err
}
