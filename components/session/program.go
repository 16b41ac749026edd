package session

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// A program is how a command, a script or a Go program does what the page does.
// None holds a secret: keys are read from the environment variables that the
// command line client uses.
type programs struct {
	Curl string // signs when it runs: a signature holds for some minutes
	CLI  string // of the official client; empty where it has no such command
	Go   string // with package client
}

// call is one thing to do, in the three ways.
type call struct {
	Method, Path string
	Query        url.Values
	Body         any
	CLI          []string // after "backend.ai"
	Go           string   // statements; c is the client, ctx the context
}

// programSubjects are the things that can be copied for one session: those that
// the manager would do with it as it is.
func programSubjects(s *model.Session, who Who) []Verb {
	return slices.DeleteFunc([]Verb{Open, Rename, Restart, Interrupt, Commit, Terminate, ForceTerminate}, func(verb Verb) bool {
		return !who.allows(verb, s)
	})
}

// callFor spells out what a verb does to a session. New names stand as a
// placeholder that the person replaces.
func callFor(verb Verb, s *model.Session, who Who) call {
	id := idOf(s)
	path := "/session/" + client.PathEscape(id)
	owner, ownerArgs := "", []string(nil)
	query := url.Values{}
	if !who.Mine(s) && s.AccessKey != "" {
		owner = s.AccessKey
		ownerArgs = []string{"-o", owner}
		query.Set("owner_access_key", owner)
	}
	goID, goOwner := strconv.Quote(id), strconv.Quote(owner)
	switch verb {
	case Rename:
		const name = "new-name"
		return call{http.MethodPost, path + "/rename", query, map[string]string{"name": name},
			[]string{"session", "rename", id, name},
			"err = c.Sessions().Rename(ctx, " + goID + `, "` + name + `", ` + goOwner + ")"}
	case Restart:
		return call{http.MethodPatch, path, query, nil,
			append(append([]string{"session", "restart"}, ownerArgs...), id),
			"err = c.Sessions().Restart(ctx, " + goID + ", " + goOwner + ")"}
	case Interrupt:
		return call{http.MethodPost, path + "/interrupt", query, nil, nil,
			"err = c.Sessions().Interrupt(ctx, " + goID + ", " + goOwner + ")"}
	case Commit:
		const name = "my-image"
		return call{http.MethodPost, path + "/imagify", query, map[string]string{"image_name": name, "image_visibility": "user"},
			[]string{"session", "convert-to-image", id, name},
			"task, err := c.Sessions().Imagify(ctx, " + goID + `, "` + name + `")`}
	case Terminate, ForceTerminate:
		args := append([]string{"session", "destroy"}, ownerArgs...)
		request := "client.DestroyRequest{"
		if verb == ForceTerminate {
			args = append(args, "-f")
			query.Set("forced", "true")
			request += "Forced: true"
		}
		if owner != "" {
			if verb == ForceTerminate {
				request += ", "
			}
			request += "OwnerAccessKey: " + goOwner
		}
		return call{http.MethodDelete, path, query, nil, append(args, id),
			"_, err = c.Sessions().Destroy(ctx, " + goID + ", " + request + "})"}
	}
	text, variables := client.ShowQuery(who.Manager, id, who.role())
	return call{http.MethodPost, "/admin/gql", nil, map[string]any{"query": text, "variables": variables},
		[]string{"session", "info", id},
		"session, err := c.Sessions().Show(ctx, " + goID + ", " + strconv.Quote(string(who.role())) + ")"}
}

// callForList spells out the query of a list.
func callForList(r client.ListRequest, who Who) call {
	text, variables := client.ListQuery(who.Manager, r)
	statuses, _ := variables["status"].(string)
	args := []string{"session", "list", "-s", "ALL"}
	for _, status := range r.Statuses {
		if !status.Ended() {
			args = []string{"session", "list"} // its own choice: the living ones
			break
		}
	}
	if statuses != "" && len(args) == 4 {
		args = []string{"session", "list", "--dead"}
	}
	for _, option := range []struct{ name, value string }{
		{"--filter", r.Filter}, {"--order", r.Order}, {"--access-key", r.AccessKey},
	} {
		if option.value != "" {
			args = append(args, option.name, option.value)
		}
	}
	if r.Offset > 0 {
		args = append(args, "--offset", strconv.Itoa(r.Offset))
	}
	limit := r.Limit
	if limit <= 0 {
		limit = client.DefaultLimit
	}
	return call{http.MethodPost, "/admin/gql", nil, map[string]any{"query": text, "variables": variables},
		append(args, "--limit", strconv.Itoa(limit)), goList(r, limit)}
}

// goList writes the request as a Go literal.
func goList(r client.ListRequest, limit int) string {
	lines := []string{"page, err := c.Sessions().List(ctx, client.ListRequest{"}
	field := func(name, value string) { lines = append(lines, "\t"+name+": "+value+",") }
	list := func(kind string, items []string) string {
		for i, item := range items {
			items[i] = strconv.Quote(item)
		}
		return "[]" + kind + "{" + strings.Join(items, ", ") + "}"
	}
	if len(r.Statuses) > 0 {
		names := make([]string, len(r.Statuses))
		for i, status := range r.Statuses {
			names[i] = string(status)
		}
		field("Statuses", list("model.Status", names))
	}
	if len(r.Fields) > 0 {
		field("Fields", list("string", append([]string(nil), r.Fields...)))
	}
	for _, text := range []struct{ name, value string }{
		{"Project", r.Project}, {"AccessKey", r.AccessKey}, {"Filter", r.Filter}, {"Order", r.Order},
	} {
		if text.value != "" {
			field(text.name, strconv.Quote(text.value))
		}
	}
	field("Limit", strconv.Itoa(limit))
	if r.Offset > 0 {
		field("Offset", strconv.Itoa(r.Offset))
	}
	return strings.Join(append(lines, "})"), "\n")
}

// write writes a call in the three ways. endpoint is the manager's address; it is
// empty where only a web server's is known, and is then asked of the reader.
func (c call) write(endpoint string, version client.Version) programs {
	p := programs{Curl: c.curl(endpoint, version), Go: c.goProgram(endpoint)}
	if len(c.CLI) > 0 {
		words := []string{"backend.ai"}
		for _, word := range c.CLI {
			words = append(words, shellWord(word))
		}
		p.CLI = strings.Join(words, " ")
	}
	return p
}

// emptyHash is the SHA-256 of nothing: API versions from 4 on sign no body.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func (c call) curl(endpoint string, version client.Version) string {
	address := `${BACKEND_ENDPOINT:?}`
	if endpoint != "" {
		address = "${BACKEND_ENDPOINT:-" + endpoint + "}"
	}
	target := c.Path
	if len(c.Query) > 0 {
		target += "?" + c.Query.Encode()
	}
	lines := []string{
		`endpoint="` + address + `"`,
		"target=" + shellQuote(target),
		"version=" + shellQuote(version.RequestAPI()),
		`date=$(date -u +%Y-%m-%dT%H:%M:%SZ)`,
		`host=${endpoint#*://}`,
		`hmac() { openssl dgst -sha256 -mac HMAC -macopt "$1" | sed 's/.* //'; }`,
		`key=$(printf %s "$date" | cut -c1-10 | tr -d '\n-' | hmac "key:${BACKEND_SECRET_KEY:?}")`,
		`key=$(printf %s "$host" | hmac "hexkey:$key")`,
		`signature=$(printf '%s\n%s\n%s\nhost:%s\ncontent-type:application/json\nx-backendai-version:%s\n%s' \`,
		`  ` + c.Method + ` "$target" "$date" "$host" "$version" \`,
		`  ` + emptyHash + ` | hmac "hexkey:$key")`,
		`curl -sS -X ` + c.Method + ` "$endpoint$target" \`,
		`  -H "Authorization: BackendAI signMethod=HMAC-SHA256, credential=${BACKEND_ACCESS_KEY:?}:$signature" \`,
		`  -H "X-BackendAI-Date: $date" -H "X-BackendAI-Version: $version" \`,
		`  -H "Content-Type: application/json"`,
	}
	if c.Body != nil {
		body, err := json.Marshal(c.Body)
		if err == nil { // texts and numbers only
			lines[len(lines)-1] += ` \`
			lines = append(lines, "  -d "+shellQuote(string(body)))
		}
	}
	return strings.Join(lines, "\n")
}

// goProgram is a whole program.
func (c call) goProgram(endpoint string) string {
	address := `os.Getenv("BACKEND_ENDPOINT")`
	if endpoint != "" {
		address = strconv.Quote(endpoint)
	}
	statement, declares := c.Go, strings.Contains(c.Go, ":= ")
	result := ""
	if declares { // prints what came
		result = "\tfmt.Printf(\"%+v\\n\", " + statement[:strings.Index(statement, ",")] + ")\n"
	}
	imports := []string{"context", "fmt", "log", "os"}
	if !declares {
		imports = []string{"context", "log", "os"}
	}
	for i, name := range imports {
		imports[i] = "\t" + strconv.Quote(name)
	}
	return "package main\n\nimport (\n" + strings.Join(imports, "\n") + `

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

func main() {
	ctx := context.Background()
	c, err := client.New(client.Config{
		Mode:     model.ModeAPI,
		Endpoint: ` + address + `,
		KeyPair:  signing.KeyPair{AccessKey: os.Getenv("BACKEND_ACCESS_KEY"), SecretKey: os.Getenv("BACKEND_SECRET_KEY")},
	})
	if err != nil {
		log.Fatal(err)
	}
	` + strings.ReplaceAll(statement, "\n", "\n\t") + `
	if err != nil {
		log.Fatal(err)
	}
` + result + "}\n"
}

// shellQuote makes a text one word of a shell that stands for itself.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// shellWord quotes only what needs it.
func shellWord(text string) string {
	plain := text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !isWord(r) && !strings.ContainsRune("-./:@%+,", r)
	})
	if plain {
		return text
	}
	return shellQuote(text)
}

func (w Who) role() model.Role {
	if w.Account == nil {
		return model.RoleUser
	}
	return w.Account.Role
}
