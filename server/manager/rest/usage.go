package rest

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/usage"
)

// maxPeriod is how many days a report of a period covers, as in 24.09.
const maxPeriod = 100

// superadminsOnly refuses everybody else as 24.09 does.
func superadminsOnly(f handler) handler {
	return func(w http.ResponseWriter, r *request) error {
		if !r.caller.IsSuperadmin() {
			return problem.AuthFailed("Unauthorized access")
		}
		return f(w, r)
	}
}

// userStats is what the caller used in the last 30 days: GET
// /resource/stats/user/month.
func (h *Handler) userStats(w http.ResponseWriter, r *request) error {
	return h.stats(w, r, r.caller.UserID)
}

// adminStats is what everybody used: GET /resource/stats/admin/month.
func (h *Handler) adminStats(w http.ResponseWriter, r *request) error { return h.stats(w, r, "") }

func (h *Handler) stats(w http.ResponseWriter, r *request, userID string) error {
	bins, err := h.reports.Bins(r.Context(), userID)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, bins)
}

// usageOfMonth tells what projects had in a month: GET /resource/usage/month.
func (h *Handler) usageOfMonth(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	groups, month := params.Names("group_ids"), params.Names("month")
	from := moment(p, month, "200601")
	var ids []string
	if r.URL.RawQuery != "" { // the key is repeated there
		p.Nullable(groups)
		for _, text := range r.URL.Query()["group_ids"] {
			ids = append(ids, strings.Split(text, ",")...)
		}
	} else {
		ids = p.Texts(groups)
	}
	for i, id := range ids {
		ids[i] = projectOf(p, groups, id)
	}
	if err := p.Err(); err != nil {
		return err
	}
	report, err := h.reports.Month(r.Context(), ids, from)
	if err != nil {
		return ofReport(err)
	}
	return reply.JSON(w, http.StatusOK, report)
}

// usageOfPeriod tells what projects had between two days, both included: GET
// /resource/usage/period.
func (h *Handler) usageOfPeriod(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	project := params.Names("project_id", "group_id")
	id := p.Text(project, "")
	if id != "" {
		id = projectOf(p, project, id)
	}
	from, last := moment(p, params.Names("start_date"), "20060102"), moment(p, params.Names("end_date"), "20060102")
	if err := p.Err(); err != nil {
		return err
	}
	to := last.AddDate(0, 0, 1)
	if to.Sub(from) <= 0 || to.Sub(from) > maxPeriod*24*time.Hour {
		return problem.InvalidParams("The end is before the start, or the period is longer than 100 days.")
	}
	report, err := h.reports.Period(r.Context(), id, from, to)
	if err != nil {
		return ofReport(err)
	}
	return reply.JSON(w, http.StatusOK, report)
}

func ofReport(err error) error {
	if errors.Is(err, usage.ErrTooMany) {
		return problem.InvalidParams("Too many kernels for one report; ask for a shorter time or for one project.")
	}
	return err
}

// moment reads a day or a month of UTC.
func moment(p *params.Values, k params.Key, layout string) time.Time {
	text := p.Required(k)
	at, err := time.Parse(layout, text)
	if err != nil && text != "" {
		p.Fail(k, "value is not a date like "+layout)
	}
	return at
}

// projectOf reads the id of a project as it is stored.
func projectOf(p *params.Values, k params.Key, text string) string {
	id, err := uuid.Parse(text)
	if err != nil {
		p.Fail(k, "value is not a uuid")
	}
	return id.String()
}

// containerRegistries tells where images come from, which is this machine: GET
// /resource/container-registries.
func (h *Handler) containerRegistries(w http.ResponseWriter, _ *request) error {
	return reply.JSON(w, http.StatusOK, map[string]string{store.NativeProject + "/" + store.LocalRegistry: ""})
}
