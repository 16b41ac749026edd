//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node/census"
)

// crashRounds names the environment variable that says how often the server is
// killed; see `make crash`.
const crashRounds = "CRASH_ROUNDS"

// asProgram names the environment variable that makes this test program behave as
// baiui itself: a process of its own, which can be killed.
const asProgram = "RUN_AS_BAIUI"

// program is `baiui serve` as a process.
type program struct {
	cmd     *exec.Cmd
	manager string
	ready   chan struct{} // closed when it is
	ended   chan struct{}
	output  bytes.Buffer // read it after ended
}

func startProgram(t *testing.T, data string) *program {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{ready: make(chan struct{}), ended: make(chan struct{})}
	p.cmd = exec.Command(self, "serve", "--data", data, "--listen", "127.0.0.1:0", "--manager-listen", "127.0.0.1:0")
	p.cmd.Env = append(os.Environ(), asProgram+"=1")
	read, write, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout, p.cmd.Stderr = write, write
	require.NoError(t, p.cmd.Start())
	require.NoError(t, write.Close())
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(read)
		for lines.Scan() {
			p.output.WriteString(lines.Text() + "\n")
			if rest, found := strings.CutPrefix(lines.Text(), "ready: "); found {
				for field := range strings.FieldsSeq(rest) {
					if manager, found := strings.CutPrefix(field, "manager="); found {
						p.manager = manager
					}
				}
				close(p.ready)
			}
		}
		_ = read.Close()
		_ = p.cmd.Wait() // killed, as a rule
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends it as a power cut would, but for the machine.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

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

func TestAServerThatIsKilledKeepsItsPromises(t *testing.T) {
	rounds := 6
	if text := os.Getenv(crashRounds); text != "" {
		var err error
		rounds, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	data, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	t.Cleanup(func() { // whatever went wrong, nothing runs on
		end := exec.Command(self, "end", "--data", data)
		end.Env = append(os.Environ(), asProgram+"=1")
		output, err := end.CombinedOutput()
		assert.NoError(t, err, "%s", output)
	})
	before, err := census.Server{Binary: self, Data: data}.Take()
	require.NoError(t, err)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	c := &crashRun{t: t, data: data, random: random, promises: &promises{sessions: map[string]string{}, ended: map[string]bool{}, folders: map[string]bool{}}}
	for round := range rounds {
		c.round(round)
	}
	c.last()
	after, err := census.Server{Binary: self, Data: data}.Take()
	require.NoError(t, err)
	assert.Equal(t, before, after, "nothing is left behind")
	t.Logf("%d sessions, %d ends, %d folders, %d uploads were promised", len(c.sessions), len(c.ended), len(c.folders), len(c.uploads))
	assert.NotEmpty(t, c.sessions)
	assert.NotEmpty(t, c.uploads)
}

// crashRun is the test under way.
type crashRun struct {
	*promises
	t      *testing.T
	data   string
	random *rand.Rand
	names  int
}

// name is one that was not used yet.
func (c *crashRun) name() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return fmt.Sprintf("name-%06d", c.names)
}

// round starts the server, works with it and kills it somewhere: in every third
// round before it is ready, perhaps.
func (c *crashRun) round(n int) {
	p := startProgram(c.t, c.data)
	if n%3 == 1 {
		delay := time.Duration(c.random.Int64N(int64(time.Second)))
		select {
		case <-p.ready:
		case <-p.ended:
			require.Fail(c.t, "the server ended", "%s", &p.output)
		case <-time.After(delay):
			p.kill()
			c.checkDatabase()
			return
		}
	}
	clients := c.clients(p, 4)
	if n > 0 {
		c.check(clients[0])
	}
	ctx, stop := context.WithCancel(c.t.Context())
	var working sync.WaitGroup
	for _, client := range clients {
		working.Go(func() { client.work(ctx) })
	}
	// However slow the machine is, something must have been promised.
	had := c.made(n)
	assert.Eventually(c.t, func() bool { return c.made(n) > had }, patience, time.Millisecond)
	select {
	case <-time.After(time.Duration(c.random.Int64N(int64(1500 * time.Millisecond)))):
	case <-p.ended:
	}
	p.kill()
	stop()
	working.Wait()
	c.checkDatabase()
}

// made is how much was promised so far; in the first round nothing as long as one
// kind of promise is missing.
func (c *crashRun) made(round int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if round == 0 && (len(c.sessions) == 0 || len(c.uploads) == 0) {
		return 0
	}
	return len(c.sessions) + len(c.ended) + len(c.folders) + len(c.uploads)
}

// clients waits until the server is ready and makes some who ask it.
func (c *crashRun) clients(p *program, n int) []*crashClient {
	c.t.Helper()
	select {
	case <-p.ready:
	case <-p.ended:
		require.Fail(c.t, "the server ended", "%s", &p.output)
	case <-time.After(patience):
		p.kill()
		require.Fail(c.t, "the server is not ready", "%s", &p.output)
	}
	kept, err := readAccounts(filepath.Join(c.data, accountsFile))
	require.NoError(c.t, err)
	var clients []*crashClient
	for range n {
		clients = append(clients, &crashClient{promises: c.promises, account: kept[len(kept)-1], manager: p.manager, name: c.name,
			random: rand.New(rand.NewPCG(c.random.Uint64(), 0))})
	}
	var answer struct {
		Images []struct{ Registry, Name, Tag, Architecture string }
	}
	clients[0].query(c.t, "{ images(is_installed: true) { registry name tag architecture } }", &answer)
	for _, image := range answer.Images {
		if strings.HasSuffix(image.Name, "bash") {
			for _, client := range clients {
				client.image, client.arch = image.Registry+"/"+image.Name+":"+image.Tag, image.Architecture
			}
		}
	}
	return clients
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

// checkDatabase looks through the database as the killed server has left it.
func (c *crashRun) checkDatabase() {
	c.t.Helper()
	path := filepath.Join(c.data, databaseFile)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return // killed before it was made
	}
	_, err := store.Snapshot(c.t.Context(), path, filepath.Join(c.t.TempDir(), databaseFile))
	if err != nil && strings.Contains(err.Error(), "not a database of this program") && len(c.sessions) == 0 {
		return // killed while it was made
	}
	require.NoError(c.t, err)
}

// session is what the manager says of one.
type crashSession struct {
	ID, Name, Status string
	Containers       []struct{ ID string }
}

func (c *crashRun) list(client *crashClient) map[string]crashSession {
	c.t.Helper()
	var answer struct {
		List struct{ Items []crashSession } `json:"compute_session_list"`
	}
	client.query(c.t, "{ compute_session_list(limit: 100000, offset: 0) { items { id name status containers { id } } } }", &answer)
	found := map[string]crashSession{}
	for _, s := range answer.List.Items {
		found[s.ID] = s
	}
	return found
}

// check compares what was promised with what is there after a restart.
func (c *crashRun) check(client *crashClient) {
	c.t.Helper()
	found := c.list(client)
	for id, name := range c.sessions {
		assert.Equal(c.t, name, found[id].Name, "a session that was accepted")
	}
	for _, u := range c.uploads {
		c.checkUpload(client, u)
	}
	for name := range c.folders {
		_, ok := client.ask(c.t.Context(), http.MethodGet, "/folders/"+name, "")
		assert.True(c.t, ok, "a folder that was made: %s", name)
	}
	// What runs is what is said to run, as soon as all is taken up.
	require.Eventually(c.t, func() bool { return c.truthful(client) }, patience, 50*time.Millisecond)
}

// truthful reports whether every running session has its process, every process
// its running session, and every end that was accepted has come.
func (c *crashRun) truthful(client *crashClient) bool {
	self, err := os.Executable()
	require.NoError(c.t, err)
	processes, err := census.Server{Binary: self, Data: c.data}.Kernels()
	require.NoError(c.t, err)
	running := map[string]bool{}
	for _, arguments := range processes {
		if len(arguments) == 3 && arguments[0] == "baiui-kernel" {
			running[arguments[2]] = true
		}
	}
	delete(running, "-")
	for id, s := range c.list(client) {
		live := s.Status == "RUNNING"
		if !live && s.Status != "PENDING" && s.Status != "TERMINATED" && s.Status != "CANCELLED" || live && c.ended[id] {
			return false
		}
		for _, k := range s.Containers {
			if live != running[k.ID] {
				return false
			}
			delete(running, k.ID)
		}
	}
	return len(running) == 0
}

// checkUpload looks that an upload stands where it was acknowledged to be, or
// further, and that a complete one is in its folder.
func (c *crashRun) checkUpload(client *crashClient, u *promisedUpload) {
	c.t.Helper()
	if u.acknowledged < len(u.content) {
		q, err := http.NewRequestWithContext(c.t.Context(), http.MethodHead, client.manager+"/storage/upload?token="+url.QueryEscape(u.token), nil)
		require.NoError(c.t, err)
		response, err := http.DefaultClient.Do(q)
		require.NoError(c.t, err)
		require.NoError(c.t, response.Body.Close())
		if response.StatusCode == http.StatusOK {
			offset, err := strconv.Atoi(response.Header.Get("Upload-Offset"))
			require.NoError(c.t, err)
			assert.GreaterOrEqual(c.t, offset, u.acknowledged, "bytes that were acknowledged")
			u.acknowledged = offset
			if offset < len(u.content) {
				assert.True(c.t, client.proceed(c.t.Context(), u), "it goes on from there")
			} else {
				// All is there but the file does not have its name yet: an empty piece ends it.
				_, ok := client.send(c.t.Context(), http.MethodPatch, client.manager+"/storage/upload?token="+url.QueryEscape(u.token), "", http.Header{
					"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {strconv.Itoa(offset)}, "Content-Type": {"application/offset+octet-stream"}})
				assert.True(c.t, ok, "it can be finished")
			}
		}
	}
	u.acknowledged = len(u.content) // the upload is over, so the file must be there
	answer, ok := client.ask(c.t.Context(), http.MethodPost, "/folders/"+u.folder+"/request-download", fmt.Sprintf(`{"path": %q}`, u.path))
	var t ticket
	require.True(c.t, ok, "%s", answer)
	require.NoError(c.t, json.Unmarshal(answer, &t))
	got, ok := client.send(c.t.Context(), http.MethodGet, t.address(), "", http.Header{})
	assert.True(c.t, ok, "%s: %.100s", u.path, got)
	assert.True(c.t, u.content == string(got), "%s: the bytes that were sent", u.path)
}

// last ends everything, and the server as it should be ended.
func (c *crashRun) last() {
	p := startProgram(c.t, c.data)
	client := c.clients(p, 1)[0]
	c.check(client)
	for id, s := range c.list(client) {
		if s.Status != "TERMINATED" && s.Status != "CANCELLED" {
			client.ask(c.t.Context(), http.MethodDelete, "/session/"+id+"?forced=true", "")
		}
	}
	require.Eventually(c.t, func() bool {
		for _, s := range c.list(client) {
			if s.Status != "TERMINATED" && s.Status != "CANCELLED" {
				return false
			}
		}
		return true
	}, patience, 50*time.Millisecond)
	require.NoError(c.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.kill()
		require.Fail(c.t, "the server does not stop")
	}
	c.checkDatabase()
}

func TestAServerThatIsKilledDuringItsFirstStartStartsAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	data, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	c := &crashRun{t: t, data: data, random: random, promises: &promises{}}
	for range 4 {
		p := startProgram(t, data)
		select {
		case <-p.ready:
		case <-p.ended:
			require.Fail(t, "the server ended", "%s", &p.output)
		case <-time.After(time.Duration(random.Int64N(int64(400 * time.Millisecond)))):
		}
		p.kill()
		c.checkDatabase()
	}
	// The accounts in the file are those in the database.
	p := startProgram(t, data)
	client := c.clients(p, 1)[0]
	assert.Empty(t, c.list(client))
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	<-p.ended
}
