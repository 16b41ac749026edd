package client

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Sessions is the part of the client that is about sessions.
type Sessions struct{ client *Client }

// Sessions returns the part of the client that is about sessions.
func (c *Client) Sessions() *Sessions { return &Sessions{client: c} }

// The defaults of a [ListRequest].
const (
	DefaultLimit       = 30
	defaultListTimeout = 10 * time.Second
)

// ListRequest says which sessions to list. The manager narrows it further by the
// caller's role.
type ListRequest struct {
	// Statuses to include; none means all. Those the manager does not know are
	// left out, because one of them would make the whole query fail.
	Statuses []model.Status
	// Fields to ask for, with the sub-fields of an object in braces; none means
	// [DefaultFields]. Those the manager does not have are left out.
	Fields []string
	// Project is a project's id; empty means all projects.
	Project string
	// AccessKey is the owner's; empty means all that the caller may see. A user
	// who names somebody else's gets KindForbidden.
	AccessKey string
	// Filter and Order are in the manager's small languages, for example
	// `name ilike "%train%"` and "-created_at,+name".
	Filter, Order string
	// Limit and Offset choose the page. Limit 0 means DefaultLimit.
	Limit, Offset int
	// Timeout is the deadline; 0 means 10 seconds, as in the seminar deck's time.
	Timeout time.Duration
}

// DefaultFields are asked for when a request names none, as the seminar deck has
// it.
func DefaultFields() []string {
	return []string{"id", "name", "image", "created_at", "terminated_at", "status", "status_info",
		"occupied_slots", "containers {live_stat last_stat}"}
}

// SessionPage is one page of a list.
type SessionPage struct {
	Items []*model.Session
	Total int // of all pages
}

// List asks for one page of sessions: compute_session_list, with the fields
// chosen at run time, so the text is written and the answer decoded by hand. An
// answer with errors gives both the rows it holds and the error.
func (s *Sessions) List(ctx context.Context, r ListRequest) (SessionPage, error) {
	if err := s.client.Connect(ctx); err != nil {
		return SessionPage{}, err
	}
	statuses, some := knownStatuses(s.client.Version(), r.Statuses)
	if !some {
		return SessionPage{}, nil
	}
	text, variables := listQuery(s.client.Version(), r, statuses)
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = defaultListTimeout
	}
	var data struct {
		List *struct {
			Items []*model.Session `json:"items"`
			Total int              `json:"total_count"`
		} `json:"compute_session_list"`
	}
	err := s.client.Query(ctx, text, variables, &data, WithTimeout(timeout))
	if data.List == nil {
		if err == nil {
			e := s.client.newError(Request{Method: http.MethodPost, Path: graphQLPath}, KindBadAnswer)
			e.Title = "the answer has no list"
			err = e
		}
		return SessionPage{}, err
	}
	page := SessionPage{Items: data.List.Items, Total: data.List.Total}
	page.Items = slices.DeleteFunc(page.Items, func(item *model.Session) bool { return item == nil })
	return page, err
}

// knownStatuses leaves out the statuses that a manager does not know. some is
// false if statuses were asked for and it knows none of them, so that nothing
// can be found.
func knownStatuses(version Version, asked []model.Status) (known []model.Status, some bool) {
	for _, status := range asked {
		if version.Knows(status) {
			known = append(known, status)
		}
	}
	return known, len(asked) == 0 || len(known) > 0
}

// listQuery writes the query and its variables. Only what is used is declared,
// so that without filter and order it is the query of the seminar deck.
func listQuery(version Version, r ListRequest, statuses []model.Status) (string, map[string]any) {
	fields := r.Fields
	if len(fields) == 0 {
		fields = DefaultFields()
	}
	fields = knownFields(version, updateFieldCompatibilityByAPIVersion(version, fields))
	limit := r.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	variables := map[string]any{"limit": limit, "offset": max(0, r.Offset)}
	declarations := "$limit:Int!, $offset:Int!, $ak:String, $group_id:String, $status:String"
	arguments := "limit:$limit, offset:$offset, access_key:$ak, group_id:$group_id, status:$status"
	for _, optional := range [...]struct{ name, value string }{
		{"status", model.JoinStatuses(statuses)}, {"ak", r.AccessKey}, {"group_id", r.Project},
		{"filter", r.Filter}, {"order", r.Order},
	} {
		if optional.value == "" {
			continue
		}
		variables[optional.name] = optional.value
		if optional.name == "filter" || optional.name == "order" {
			declarations += ", $" + optional.name + ":String"
			arguments += ", " + optional.name + ":$" + optional.name
		}
	}
	return "query(" + declarations + ") {\n" +
		"  compute_session_list(" + arguments + ") {\n" +
		"    items { " + strings.Join(fields, " ") + " }\n" +
		"    total_count\n" +
		"  }\n" +
		"}", variables
}

// updateFieldCompatibilityByAPIVersion renames the fields that API versions
// before 5 spell differently. No supported manager is that old; the function
// and its name are kept for readers of the original.
func updateFieldCompatibilityByAPIVersion(version Version, fields []string) []string {
	if version.atLeastAPI("v5.00000000") {
		return fields
	}
	fields = slices.Clone(fields)
	for i, field := range fields {
		if field == "session_name" {
			fields[i] = "sess_id"
		}
	}
	return fields
}
