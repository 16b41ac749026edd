package settings

import (
	"errors"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// The limits on dotfiles of manager 24.09: bytes of one and of all together, and
// how many there may be.
const (
	maxDotfile  = 64 << 10
	maxDotfiles = 100
)

// reservedPaths are those that a session makes itself.
func reservedPaths() []string {
	return []string{".terminfo", ".jupyter", ".ssh", ".ssh/authorized_keys", ".local", ".config"}
}

// dotfileOwner finds whose dotfiles a call is about, and refuses callers who may
// not read or, with write, not change them. It reads its parameters from p.
type dotfileOwner func(r *http.Request, c api.Caller, p *params.Values, write bool) (store.DotfileScope, string, error)

func (s *Settings) dotfilesOfKeyPair(r *http.Request, c api.Caller, p *params.Values, _ bool) (store.DotfileScope, string, error) {
	key := p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return "", "", err
	}
	id, err := s.owner(r.Context(), c, key)
	return store.DotfilesOfKeyPair, id.KeyPair.AccessKey, err
}

// dotfilesOfProject: members read, admins of the domain also write.
func (s *Settings) dotfilesOfProject(r *http.Request, c api.Caller, p *params.Values, write bool) (store.DotfileScope, string, error) {
	name := p.Required(params.Names("group", "groupId", "group_id"))
	domain := p.Nullable(params.Names("domain"))
	if err := p.Err(); err != nil {
		return "", "", err
	}
	query := store.ProjectQuery{Names: []string{name}}
	if id, err := uuid.Parse(name); err == nil {
		query = store.ProjectQuery{IDs: []string{id.String()}}
	} else if domain == nil {
		return "", "", problem.InvalidParams("Missing parameter 'domain'")
	} else {
		query.DomainName = *domain
	}
	projects, _, err := s.Store.Projects(r.Context(), query)
	if err != nil {
		return "", "", err
	}
	if len(projects) == 0 {
		return "", "", problem.NotFound("user group (or project)", "")
	}
	project := projects[0]
	switch {
	case c.IsSuperadmin(), c.IsAdmin() && project.DomainName == c.DomainName:
	case write:
		return "", "", problem.Forbidden("Admins can only alter the dotfiles of their own domain.")
	default:
		member, err := s.Store.IsMember(r.Context(), project.ID, c.UserID)
		if err != nil {
			return "", "", err
		}
		if !member {
			return "", "", problem.NotFound("user group (or project)", "")
		}
	}
	return store.DotfilesOfProject, project.ID, nil
}

// dotfilesOfDomain: its users read, its admins also write.
func (s *Settings) dotfilesOfDomain(r *http.Request, c api.Caller, p *params.Values, write bool) (store.DotfileScope, string, error) {
	name := p.Required(params.Names("domain"))
	if err := p.Err(); err != nil {
		return "", "", err
	}
	if !c.IsSuperadmin() && (c.DomainName != name || write && !c.IsAdmin()) {
		return "", "", problem.Forbidden("Admins can only alter the dotfiles of their own domain.")
	}
	if _, err := s.Store.Domain(r.Context(), name); err != nil {
		if store.IsNotFound(err) {
			return "", "", problem.NotFound("domain", "")
		}
		return "", "", err
	}
	return store.DotfilesOfDomain, name, nil
}

// readDotfiles lists all dotfiles, or gives the one of a path; the two spell the
// permission differently.
func (s *Settings) readDotfiles(owner dotfileOwner) Handler {
	type listed struct {
		Path       string `json:"path"`
		Permission string `json:"permission"`
		Data       string `json:"data"`
	}
	type single struct {
		Path       string `json:"path"`
		Permission string `json:"perm"`
		Data       string `json:"data"`
	}
	return func(w http.ResponseWriter, r *http.Request, c api.Caller) error {
		p, err := params.Read(r, maxBody)
		if err != nil {
			return err
		}
		wanted := p.Nullable(params.Names("path"))
		scope, name, err := owner(r, c, p, false)
		if err != nil {
			return err
		}
		all, err := s.Store.Dotfiles(r.Context(), scope, name)
		if err != nil {
			return err
		}
		list := make([]listed, len(all))
		for i, d := range all {
			if wanted != nil && d.Path == *wanted {
				return reply.JSON(w, http.StatusOK, single{d.Path, d.Permission, d.Data})
			}
			list[i] = listed{d.Path, d.Permission, d.Data}
		}
		if wanted != nil {
			return problem.NotFound("dotfile", "")
		}
		return reply.JSON(w, http.StatusOK, list)
	}
}

func (s *Settings) addDotfile(owner dotfileOwner) Handler {
	return func(w http.ResponseWriter, r *http.Request, c api.Caller) error {
		scope, name, d, err := s.dotfileOf(r, c, owner)
		if err != nil {
			return err
		}
		err = s.Store.AddDotfile(r.Context(), scope, name, d, func(there []store.Dotfile) error {
			if len(there) >= maxDotfiles {
				return failed("Dotfile creation limit reached")
			}
			return roomFor(d, there)
		})
		if errors.Is(err, store.ErrDotfileExists) {
			return failed("Dotfile already exists")
		}
		if err != nil {
			return err
		}
		return reply.JSON(w, http.StatusOK, struct{}{})
	}
}

func (s *Settings) changeDotfile(owner dotfileOwner) Handler {
	return func(w http.ResponseWriter, r *http.Request, c api.Caller) error {
		scope, name, d, err := s.dotfileOf(r, c, owner)
		if err != nil {
			return err
		}
		err = s.Store.ChangeDotfile(r.Context(), scope, name, d, func(others []store.Dotfile) error { return roomFor(d, others) })
		if store.IsNotFound(err) {
			return problem.NotFound("dotfile", "")
		}
		if err != nil {
			return err
		}
		return reply.JSON(w, http.StatusOK, struct{}{})
	}
}

func (s *Settings) deleteDotfile(owner dotfileOwner) Handler {
	return func(w http.ResponseWriter, r *http.Request, c api.Caller) error {
		p, err := params.Read(r, maxBody)
		if err != nil {
			return err
		}
		at := p.Required(params.Names("path"))
		scope, name, err := owner(r, c, p, true)
		if err != nil {
			return err
		}
		err = s.Store.DeleteDotfile(r.Context(), scope, name, at)
		if store.IsNotFound(err) {
			return problem.NotFound("dotfile", "")
		}
		if err != nil {
			return err
		}
		return reply.JSON(w, http.StatusOK, success{true})
	}
}

// dotfileOf reads the dotfile that a call brings.
func (s *Settings) dotfileOf(r *http.Request, c api.Caller, owner dotfileOwner) (store.DotfileScope, string, store.Dotfile, error) {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return "", "", store.Dotfile{}, err
	}
	d := store.Dotfile{Path: p.Required(params.Names("path")), Data: p.Text(params.Names("data"), ""), Permission: p.Required(params.Names("permission"))}
	if d.Permission != "" && !regexp.MustCompile(`^[0-7]{3}$`).MatchString(d.Permission) {
		p.Fail(params.Names("permission"), "does not match pattern ^[0-7]{3}$")
	}
	if len(d.Data) > maxDotfile {
		p.Fail(params.Names("data"), "String is longer than 65536 characters")
	}
	scope, name, err := owner(r, c, p, true)
	if err == nil {
		err = checkPath(d.Path)
	}
	return scope, name, d, err
}

// checkPath refuses paths that do not lie below the home directory, or that a
// session makes itself.
func checkPath(at string) error {
	if path.IsAbs(at) || path.Clean(at) != at || at == "." || at == ".." || strings.HasPrefix(at, "../") || len(at) > 255 || strings.ContainsRune(at, 0) {
		return problem.InvalidParams("dotfile path must be a plain one below the home directory.")
	}
	if slices.Contains(reservedPaths(), at) {
		return problem.InvalidParams("dotfile path is reserved for internal operations.")
	}
	return nil
}

// roomFor refuses a dotfile that does not fit beside the others.
func roomFor(d store.Dotfile, others []store.Dotfile) error {
	total := len(d.Path) + len(d.Data)
	for _, other := range others {
		total += len(other.Path) + len(other.Data)
	}
	if total > maxDotfile {
		return failed("No leftover space for dotfile storage")
	}
	return nil
}

func failed(msg string) error {
	p := problem.BadRequest(msg)
	p.Title = "Dotfile creation has failed."
	return p
}
