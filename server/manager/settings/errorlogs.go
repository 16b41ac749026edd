package settings

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

const (
	// errorLogKept is how long reports are kept, as in manager 24.09 without a
	// setting.
	errorLogKept = 90 * 24 * time.Hour
	// maxErrorLogs is how many reports are kept of one user: whoever reports in a
	// loop must not fill the disk.
	maxErrorLogs = 1000
)

// addErrorLog keeps a failure that a client reports: POST /logs/error.
func (s *Settings) addErrorLog(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxErrorLog)
	if err != nil {
		return err
	}
	severity := params.Names("severity")
	l := store.ErrorLog{ID: uuid.NewString(), CreatedAt: s.Now(), UserID: c.UserID, Severity: strings.ToLower(p.Required(severity)),
		Source: p.Required(params.Names("source")), Message: p.Required(params.Names("message")), ContextLang: p.Required(params.Names("context_lang")),
		RequestURL: p.Nullable(params.Names("request_url")), Traceback: p.Nullable(params.Names("traceback"))}
	switch l.Severity {
	case "critical", "error", "warning", "info", "debug", "":
	default:
		p.Fail(severity, "value is not a valid member of LogLevel")
	}
	env := params.Names("context_env")
	if text := p.Required(env); p.Has(env) {
		if l.ContextEnv = store.JSON(text); !json.Valid([]byte(text)) {
			p.Fail(env, "value is not a valid JSON string")
		}
	}
	if status := params.Names("request_status"); p.Has(status) {
		n := p.Int(status, 0, 0, 999)
		l.RequestStatus = &n
	}
	if err := p.Err(); err != nil {
		return err
	}
	if err := s.Store.AddErrorLog(r.Context(), l, s.Now().Add(-errorLogKept), maxErrorLogs); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, success{true})
}

// maxErrorLog is how large a report may be, in bytes.
const maxErrorLog = 64 << 10

// sight is which reports a caller sees.
func sight(c api.Caller) store.ErrorLogQuery {
	switch {
	case c.IsSuperadmin():
		return store.ErrorLogQuery{}
	case c.IsAdmin():
		return store.ErrorLogQuery{DomainName: c.DomainName}
	}
	return store.ErrorLogQuery{UserID: c.UserID, Uncleared: true}
}

// errorLog is a report as clients read it.
type errorLog struct {
	ID            string          `json:"log_id"`
	CreatedAt     float64         `json:"created_at"` // seconds since 1970
	Severity      string          `json:"severity"`
	Source        string          `json:"source"`
	User          string          `json:"user"`
	IsRead        bool            `json:"is_read"`
	Message       string          `json:"message"`
	ContextLang   string          `json:"context_lang"`
	ContextEnv    json.RawMessage `json:"context_env"`
	RequestURL    *string         `json:"request_url"`
	RequestStatus *int            `json:"request_status"`
	Traceback     *string         `json:"traceback"`
	IsCleared     *bool           `json:"is_cleared,omitempty"` // for admins
}

// errorLogs lists reports: GET /logs/error.
func (s *Settings) errorLogs(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	mark := p.Bool(params.Names("mark_read"), false)
	size := p.Int(params.Names("page_size"), 20, 1, 100)
	page := p.Int(params.Names("page_no"), 1, 0, 1<<20)
	if err := p.Err(); err != nil {
		return err
	}
	q := sight(c)
	q.Page = store.Page{Limit: size, Offset: max(0, page-1) * size}
	found, count, err := s.Store.ErrorLogs(r.Context(), q)
	if err != nil {
		return err
	}
	answer := struct {
		Logs  []errorLog `json:"logs"`
		Count int        `json:"count"`
	}{make([]errorLog, len(found)), count}
	ids := make([]string, len(found))
	for i, l := range found {
		ids[i] = l.ID
		answer.Logs[i] = errorLog{ID: l.ID, CreatedAt: float64(l.CreatedAt.UnixMicro()) / 1e6, Severity: l.Severity, Source: l.Source, User: l.UserID,
			IsRead: l.IsRead, Message: l.Message, ContextLang: l.ContextLang, ContextEnv: json.RawMessage(l.ContextEnv), RequestURL: l.RequestURL,
			RequestStatus: l.RequestStatus, Traceback: l.Traceback}
		if c.IsAdmin() {
			answer.Logs[i].IsCleared = &l.IsCleared
		}
	}
	if mark {
		if err := s.Store.MarkErrorLogs(r.Context(), ids); err != nil {
			return err
		}
	}
	return reply.JSON(w, http.StatusOK, answer)
}

// clearErrorLog takes a report out of its user's sight: POST
// /logs/error/{id}/clear.
func (s *Settings) clearErrorLog(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	q := sight(c)
	q.Uncleared, q.ID = false, r.PathValue("id")
	found, _, err := s.Store.ErrorLogs(r.Context(), q)
	if err != nil {
		return err
	}
	if len(found) == 0 || q.ID == "" {
		return problem.NotFound("error log", "")
	}
	if err := s.Store.ClearErrorLog(r.Context(), q.ID); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, success{true})
}
