//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/accounts"
)

// promises is what the server has answered, and must hold to.
type promises struct {
	mu       sync.Mutex
	sessions map[string]string // id: name
	ended    map[string]bool   // ids whose end was accepted
	folders  map[string]bool
	uploads  []*promisedUpload
}

// promisedUpload is a file of which the first bytes were acknowledged.
type promisedUpload struct {
	folder, path, content, token string
	acknowledged                 int
}

// client asks a server that may be killed at any time.
type crashClient struct {
	*promises
	account accounts.Account
	manager string
	image   string
	arch    string
	random  *rand.Rand
	name    func() string
}

// ask makes one request; ok is whether the server has answered with success.
func (c *crashClient) ask(ctx context.Context, method, path, body string) (answer []byte, ok bool) {
	r := signing.Request{Method: method, Target: path, Date: signing.FormatDate(time.Now()), Host: strings.TrimPrefix(c.manager, "http://"),
		ContentType: "application/json", Version: "v8.20240915"}
	authorization, err := signing.KeyPair{AccessKey: c.account.AccessKey, SecretKey: c.account.SecretKey}.Authorization(r)
	if err != nil {
		return nil, false
	}
	return c.send(ctx, method, c.manager+path, body, http.Header{"Authorization": {authorization}, "Date": {r.Date},
		"Content-Type": {r.ContentType}, "X-Backendai-Version": {r.Version}})
}

func (c *crashClient) send(ctx context.Context, method, address, body string, header http.Header) (answer []byte, ok bool) {
	q, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, false
	}
	q.Header = header
	response, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return answer, err == nil && response.StatusCode < 300
}

// work does things at random until ctx ends, and writes down what was promised.
func (c *crashClient) work(ctx context.Context) {
	for ctx.Err() == nil {
		switch c.random.IntN(6) {
		case 0, 1:
			c.createSession(ctx)
		case 2:
			c.endSession(ctx)
		case 3:
			c.createFolder(ctx)
		default:
			c.upload(ctx)
		}
	}
}

func (c *crashClient) createSession(ctx context.Context) {
	name, kind := c.name(), `"type": "interactive"`
	if c.random.IntN(2) == 0 {
		kind = `"type": "batch", "startupCommand": "sleep 0.2"`
	}
	answer, ok := c.ask(ctx, http.MethodPost, "/session", fmt.Sprintf(`{"name": %q, "image": %q, "architecture": %q, %s, "group": "default",
		"domain": "default", "config": {"scaling_group": "default", "resources": {"cpu": 0.2, "mem": "128m"}}, "enqueueOnly": true}`, name, c.image, c.arch, kind))
	var created struct {
		SessionID string `json:"sessionId"`
	}
	if !ok || json.Unmarshal(answer, &created) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessions[created.SessionID] = name
}

func (c *crashClient) endSession(ctx context.Context) {
	c.mu.Lock()
	id := ""
	for candidate := range c.sessions {
		if !c.ended[candidate] {
			id = candidate
			break
		}
	}
	c.mu.Unlock()
	if id == "" {
		return
	}
	if _, ok := c.ask(ctx, http.MethodDelete, "/session/"+id, ""); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ended[id] = true
	}
}

func (c *crashClient) createFolder(ctx context.Context) {
	name := c.name()
	if _, ok := c.ask(ctx, http.MethodPost, "/folders", fmt.Sprintf(`{"name": %q}`, name)); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.folders[name] = true
	}
}

// upload begins an upload and sends some of its pieces.
func (c *crashClient) upload(ctx context.Context) {
	c.mu.Lock()
	folder := ""
	for folder = range c.folders {
		break
	}
	c.mu.Unlock()
	if folder == "" {
		return
	}
	u := &promisedUpload{folder: folder, path: "dir/" + c.name()}
	u.content = strings.Repeat(u.path+" ", 1+c.random.IntN(20_000))
	answer, ok := c.ask(ctx, http.MethodPost, "/folders/"+folder+"/request-upload", fmt.Sprintf(`{"path": %q, "size": %d}`, u.path, len(u.content)))
	var t ticket
	if !ok || json.Unmarshal(answer, &t) != nil {
		return
	}
	u.token = t.Token
	c.mu.Lock()
	c.uploads = append(c.uploads, u)
	c.mu.Unlock()
	c.proceed(ctx, u)
}

// proceed sends what is missing of an upload, in pieces.
func (c *crashClient) proceed(ctx context.Context, u *promisedUpload) bool {
	const piece = 50_000
	for u.acknowledged < len(u.content) {
		end := min(u.acknowledged+piece, len(u.content))
		_, ok := c.send(ctx, http.MethodPatch, c.manager+"/storage/upload?token="+url.QueryEscape(u.token), u.content[u.acknowledged:end], http.Header{
			"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.Itoa(u.acknowledged)}, "Content-Type": {"application/offset+octet-stream"}})
		if !ok {
			return false
		}
		u.acknowledged = end
	}
	return true
}

// query asks GraphQL.
func (c *crashClient) query(t *testing.T, text string, into any) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": text})
	require.NoError(t, err)
	answer, ok := c.ask(t.Context(), http.MethodPost, "/admin/gql", string(body))
	require.True(t, ok, "%s", answer)
	require.NoError(t, json.Unmarshal(answer, &struct{ Data any }{into}), "%s", answer)
}
