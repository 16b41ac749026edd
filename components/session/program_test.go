package session

import (
	"go/parser"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

func TestPrograms(t *testing.T) {
	mine := running("2f084eb4-f8af-4fd2-912c-82386a962f2e")
	theirs := *mine
	theirs.UserEmail, theirs.AccessKey = "other@example.com", "AKOTHER"
	id := mine.ID
	for _, test := range []struct {
		name    string
		verb    Verb
		session *model.Session
		cli     string
		curl    []string
		program []string
	}{
		{"show", Open, mine, "backend.ai session info " + id, []string{"-X POST", "target='/admin/gql'", "compute_session(id: $id)"},
			[]string{`session, err := c.Sessions().Show(ctx, "` + id + `", "user")`}},
		{"rename", Rename, mine, "backend.ai session rename " + id + " new-name",
			[]string{"target='/session/" + id + "/rename'", `-d '{"name":"new-name"}'`},
			[]string{`err = c.Sessions().Rename(ctx, "` + id + `", "new-name", "")`}},
		{"restart somebody else's", Restart, &theirs, "backend.ai session restart -o AKOTHER " + id,
			[]string{"-X PATCH", "?owner_access_key=AKOTHER'"}, []string{`Restart(ctx, "` + id + `", "AKOTHER")`}},
		{"interrupt", Interrupt, mine, "", []string{"/interrupt'"}, []string{"Interrupt(ctx"}},
		{"commit", Commit, mine, "backend.ai session convert-to-image " + id + " my-image", []string{"/imagify'"},
			[]string{"task, err := c.Sessions().Imagify(ctx"}},
		{"terminate", Terminate, mine, "backend.ai session destroy " + id, []string{"-X DELETE", "target='/session/" + id + "'"},
			[]string{"client.DestroyRequest{})"}},
		{"force somebody else's", ForceTerminate, &theirs, "backend.ai session destroy -o AKOTHER -f " + id,
			[]string{"forced=true&owner_access_key=AKOTHER"}, []string{`client.DestroyRequest{Forced: true, OwnerAccessKey: "AKOTHER"})`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			who := person("24.09.14")
			p := callFor(test.verb, test.session, who).write("https://api.example.com", who.Manager)
			assert.Equal(t, test.cli, p.CLI)
			for _, part := range test.curl {
				assert.Contains(t, p.Curl, part)
			}
			for _, part := range test.program {
				assert.Contains(t, p.Go, part)
			}
			checkPrograms(t, p)
		})
	}
}

func TestProgramsAreOfferedForWhatCanBeDone(t *testing.T) {
	who := person("24.09.14")
	mine, theirs, over := running("s1"), running("s2"), running("s3")
	theirs.UserEmail, over.Status = "other@example.com", model.StatusTerminated
	assert.Equal(t, []Verb{Open, Rename, Restart, Interrupt, Commit, Terminate, ForceTerminate}, programSubjects(mine, who))
	assert.Equal(t, []Verb{Open, Terminate, ForceTerminate}, programSubjects(theirs, who))
	assert.Equal(t, []Verb{Open}, programSubjects(over, who))
}

// checkPrograms requires that programs are well-formed and hold no key.
func checkPrograms(t *testing.T, p programs) {
	t.Helper()
	_, err := parser.ParseFile(token.NewFileSet(), "main.go", p.Go, parser.AllErrors)
	require.NoError(t, err, p.Go)
	if shell, err := exec.LookPath("sh"); err == nil {
		for _, text := range []string{p.Curl, p.CLI} {
			check := exec.Command(shell, "-n")
			check.Stdin = strings.NewReader(text)
			out, err := check.CombinedOutput()
			require.NoError(t, err, "%s\n%s", text, out)
		}
	}
	for _, text := range []string{p.Curl, p.CLI, p.Go} {
		assert.NotContains(t, text, "AKUSER", "keys come from the environment")
	}
}

func TestProgramsOfAList(t *testing.T) {
	who := person("24.09.14")
	request := client.ListRequest{
		Statuses: []model.Status{model.StatusRunning, model.StatusPrepared}, Fields: []string{"id", "name"},
		Project: "p1", Filter: `name ilike "%it's%"`, Order: "-created_at", Limit: 50, Offset: 100,
	}
	p := callForList(request, who).write("", who.Manager)
	assert.Equal(t, `backend.ai session list --filter 'name ilike "%it'\''s%"' --order -created_at --offset 100 --limit 50`, p.CLI)
	assert.Contains(t, p.Curl, `endpoint="${BACKEND_ENDPOINT:?}"`)
	assert.NotContains(t, p.Curl, "PREPARED", "24.09 does not know this status")
	assert.Contains(t, p.Go, `Filter: "name ilike \"%it's%\"",`)
	assert.Contains(t, p.Go, `Statuses: []model.Status{"RUNNING", "PREPARED"},`)
	checkPrograms(t, p)

	finished := client.ListRequest{Statuses: []model.Status{model.StatusTerminated, model.StatusCancelled}}
	assert.Equal(t, "backend.ai session list --dead --limit 30", callForList(finished, who).write("", who.Manager).CLI)
	assert.Equal(t, "backend.ai session list -s ALL --limit 30", callForList(client.ListRequest{}, who).write("", who.Manager).CLI)
}

// TestTheShellSigns runs a script and checks its signature.
func TestTheShellSigns(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "openssl"} {
		_, err := exec.LookPath(tool)
		require.NoError(t, err, "the test needs %s", tool)
	}
	key := signing.KeyPair{AccessKey: "AKIATESTKEY234567ABC", SecretKey: "wJalr0123456789abcdefghijklmnopqrstuvwxy"}
	var got, want, body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		var err error
		want, err = key.Authorization(signing.Request{
			Method: r.Method, Target: r.URL.RequestURI(), Date: r.Header.Get("X-BackendAI-Date"), Host: r.Host,
			ContentType: r.Header.Get("Content-Type"), Version: r.Header.Get("X-BackendAI-Version"),
		})
		assert.NoError(t, err)
		data := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(data)
		body = string(data)
	}))
	defer server.Close()
	who := person("24.09.14")
	theirs := running("2f084eb4-f8af-4fd2-912c-82386a962f2e")
	theirs.UserEmail, theirs.AccessKey = "other@example.com", "AKOTHER"
	run := exec.Command("sh")
	run.Stdin = strings.NewReader(callFor(Rename, theirs, who).write(server.URL, who.Manager).Curl)
	run.Env = append(os.Environ(), "BACKEND_ACCESS_KEY="+key.AccessKey, "BACKEND_SECRET_KEY="+key.SecretKey)
	out, err := run.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.NotEmpty(t, got)
	assert.Equal(t, want, got)
	assert.JSONEq(t, `{"name": "new-name"}`, body)
}
