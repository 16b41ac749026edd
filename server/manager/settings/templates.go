package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// document is one session template as a payload brings it.
type document struct {
	Template map[string]any `json:"template"`
	Name     string         `json:"name"`
	Project  string         `json:"group_id"`
	User     string         `json:"user_uuid"`
}

// payloadOf reads documents from JSON or YAML, of which JSON is a part: a list,
// or one alone.
func payloadOf(text string) ([]document, error) {
	malformed := func(err error) error {
		return problem.InvalidParams("Malformed payload: " + strings.ReplaceAll(err.Error(), "\n", " "))
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return nil, malformed(err)
	}
	left := maxBody
	if !fits(&root, &left, maxNested) {
		return nil, problem.InvalidParams("The payload repeats or nests more than a template holds.")
	}
	var tree any
	if err := root.Decode(&tree); err != nil {
		return nil, malformed(err)
	}
	if _, list := tree.([]any); !list {
		tree = []any{tree}
	}
	plain, err := json.Marshal(tree)
	if err != nil { // keys that are no texts
		return nil, problem.InvalidParams("Malformed payload")
	}
	var documents []document
	if err := json.Unmarshal(plain, &documents); err != nil {
		return nil, problem.InvalidParams("Malformed payload: a list of templates is expected")
	}
	for i := range documents {
		if err := documents[i].check(); err != nil {
			return nil, err
		}
	}
	return documents, nil
}

// The limits on session templates: how many one person has, and bytes of one. The
// list of them is answered as a whole.
const (
	maxTemplates = 100
	maxTemplate  = 64 << 10
)

// maxNested is how deep a payload may be.
const maxNested = 100

// fits takes what a node holds from left, and reports whether there was room. What
// it repeats by alias counts each time: a few lines can repeat themselves into more
// than there is memory for.
func fits(n *yaml.Node, left *int, depth int) bool {
	if *left -= len(n.Value) + 1; *left < 0 || depth == 0 {
		return false
	}
	if n.Alias != nil {
		return fits(n.Alias, left, depth-1)
	}
	for _, inner := range n.Content {
		if !fits(inner, left, depth-1) {
			return false
		}
	}
	return true
}

// check refuses what cannot be a session template, and finds its name.
func (d *document) check() error {
	kind, _ := d.Template["kind"].(string)
	if kind != "taskTemplate" && kind != "task_template" {
		return problem.InvalidParams("A session template has the kind taskTemplate.")
	}
	metadata, _ := d.Template["metadata"].(map[string]any)
	spec, _ := d.Template["spec"].(map[string]any)
	kernel, _ := spec["kernel"].(map[string]any)
	if image, _ := kernel["image"].(string); image == "" {
		return problem.InvalidParams("A session template names an image in spec.kernel.image.")
	}
	if d.Name == "" {
		d.Name, _ = metadata["name"].(string)
	}
	if d.Name == "" {
		return problem.InvalidParams("A session template has a name.")
	}
	if len(d.Name)+len(store.ToJSON(d.Template)) > maxTemplate {
		return problem.InvalidParams(fmt.Sprintf("A session template has %d bytes at most.", maxTemplate))
	}
	return nil
}

// seen are the templates that a caller sees: the own ones and those of the own
// projects, an admin those of the domain, a superadmin all.
func (s *Settings) seen(ctx context.Context, c api.Caller, id string) ([]store.Template, error) {
	query := store.TemplateQuery{ID: id}
	if !c.IsSuperadmin() {
		query.DomainName = c.DomainName
		if !c.IsAdmin() {
			query.UserID = c.UserID
		}
	}
	return s.Store.Templates(ctx, query)
}

// Template is the session template of an id that a caller sees.
func (s *Settings) Template(ctx context.Context, c api.Caller, id string) (store.Template, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return store.Template{}, problem.NotFound("task template", "")
	}
	found, err := s.seen(ctx, c, parsed.String())
	if err != nil {
		return store.Template{}, err
	}
	if len(found) == 0 {
		return store.Template{}, problem.NotFound("task template", "")
	}
	return found[0], nil
}

// find gives the template of the path's id, with change only if the caller may
// change it.
func (s *Settings) find(r *http.Request, c api.Caller, change bool) (store.Template, error) {
	t, err := s.Template(r.Context(), c, r.PathValue("id"))
	if err == nil && change {
		err = s.mayChange(r.Context(), c, t)
	}
	return t, err
}

// mayChange: people change their own templates, admins those of whom they may act
// for, see [owner.Check]; what a template runs, it runs as who starts it.
func (s *Settings) mayChange(ctx context.Context, c api.Caller, t store.Template) error {
	if t.UserID == c.UserID || c.IsSuperadmin() {
		return nil
	}
	maker, err := s.Store.User(ctx, t.UserID)
	if err != nil && !store.IsNotFound(err) {
		return err
	}
	if !c.IsAdmin() || owner.Above(c, maker) {
		return problem.NotFound("task template", "")
	}
	return nil
}

func (s *Settings) templates(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	all, err := s.seen(r.Context(), c, "")
	if err != nil {
		return err
	}
	type entry struct {
		Name      string          `json:"name"`
		ID        string          `json:"id"`
		CreatedAt string          `json:"created_at"`
		IsOwner   bool            `json:"is_owner"`
		User      string          `json:"user"`
		Group     string          `json:"group"`
		UserEmail string          `json:"user_email"`
		GroupName string          `json:"group_name"`
		Domain    string          `json:"domain_name"`
		Type      string          `json:"type"`
		Template  json.RawMessage `json:"template"`
	}
	list := make([]entry, len(all))
	for i, t := range all {
		list[i] = entry{t.Name, plainID(t.ID), api.ISOSpace(t.CreatedAt), t.UserID == c.UserID, t.UserID, t.ProjectID, t.UserEmail,
			t.ProjectName, t.DomainName, "user", json.RawMessage(t.Template)}
	}
	return reply.JSON(w, http.StatusOK, list)
}

// plainID is a uuid without dashes, as these calls spell it.
func plainID(id string) string { return strings.ReplaceAll(id, "-", "") }

// place is where new templates belong.
type place struct {
	documents []document
	owner     store.Identity
	project   store.Project
}

// placeOf reads what the calls that bring templates share.
func (s *Settings) placeOf(r *http.Request, c api.Caller) (place, error) {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return place{}, err
	}
	group := p.Text(params.Names("group", "groupName", "group_name"), "default")
	domain := p.Text(params.Names("domain", "domainName", "domain_name"), c.DomainName)
	key := p.Nullable(owner.Key())
	text := p.Required(params.Names("payload"))
	if err := p.Err(); err != nil {
		return place{}, err
	}
	owner, err := s.owner(r.Context(), c, key)
	if err != nil {
		return place{}, err
	}
	documents, err := payloadOf(text)
	if err != nil {
		return place{}, err
	}
	if domain != owner.User.DomainName {
		return place{}, problem.InvalidParams("Invalid domain")
	}
	projects, _, err := s.Store.Projects(r.Context(), store.ProjectQuery{Names: []string{group}, DomainName: domain, MemberID: owner.User.ID})
	if err != nil {
		return place{}, err
	}
	if len(projects) == 0 {
		return place{}, problem.InvalidParams("Invalid group")
	}
	return place{documents, owner, projects[0]}, nil
}

func (s *Settings) addTemplates(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	at, err := s.placeOf(r, c)
	if err != nil {
		return err
	}
	type made struct {
		ID   string `json:"id"`
		User string `json:"user"`
	}
	answer := make([]made, len(at.documents))
	rows := make([]store.Template, len(at.documents))
	for i, d := range at.documents {
		rows[i] = store.Template{ID: uuid.NewString(), Name: d.Name, CreatedAt: s.Now(), DomainName: at.owner.User.DomainName,
			ProjectID: at.project.ID, UserID: at.owner.User.ID, Template: store.ToJSON(d.Template)}
		if err := s.follow(r.Context(), &rows[i], d); err != nil {
			return err
		}
		answer[i] = made{plainID(rows[i].ID), plainID(rows[i].UserID)}
	}
	err = s.Store.AddTemplates(r.Context(), rows, maxTemplates)
	if errors.Is(err, store.ErrTooManyTemplates) {
		return problem.InvalidParams(fmt.Sprintf("There are %d session templates at most; delete some.", maxTemplates))
	}
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, answer)
}

// follow gives a template to the project that its document names, if the owner
// belongs to it. A template for another user is made with owner_access_key.
func (s *Settings) follow(ctx context.Context, t *store.Template, d document) error {
	if user, err := uuid.Parse(d.User); d.User != "" && (err != nil || user.String() != t.UserID) {
		return problem.InvalidParams("Invalid user_uuid")
	}
	if d.Project == "" {
		return nil
	}
	project, err := uuid.Parse(d.Project)
	if err != nil {
		return problem.InvalidParams("Invalid group_id")
	}
	member, err := s.Store.IsMember(ctx, project.String(), t.UserID)
	if err == nil && !member {
		return problem.InvalidParams("Invalid group_id")
	}
	t.ProjectID = project.String()
	return err
}

func (s *Settings) template(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	t, err := s.find(r, c, false)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		Template json.RawMessage `json:"template"`
		Name     string          `json:"name"`
		User     string          `json:"user_uuid"`
		Project  string          `json:"group_id"`
		Domain   string          `json:"domain_name"`
	}{json.RawMessage(t.Template), t.Name, t.UserID, t.ProjectID, t.DomainName})
}

func (s *Settings) changeTemplate(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	old, err := s.find(r, c, true)
	if err != nil {
		return err
	}
	at, err := s.placeOf(r, c)
	if err != nil {
		return err
	}
	if len(at.documents) != 1 {
		return problem.InvalidParams("One template is expected.")
	}
	d := at.documents[0]
	_, err = s.Store.ChangeTemplate(r.Context(), old.ID, func(t *store.Template) error {
		t.Name, t.Template = d.Name, store.ToJSON(d.Template)
		return s.follow(r.Context(), t, d)
	})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, success{true})
}

func (s *Settings) deleteTemplate(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	t, err := s.find(r, c, true)
	if err != nil {
		return err
	}
	if err := s.Store.DeleteTemplate(r.Context(), t.ID); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, success{true})
}
