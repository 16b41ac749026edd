package rest

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
)

// maxDryRun is for how many sessions at once can be asked.
const maxDryRun = 100

// dryRun tells what would happen to a request for sessions: POST
// /session/_/dry-run with the body of POST /session, ?count= for how many. What
// would be refused is refused in the same words; nothing is changed. This call
// is of this manager alone; GET / announces it.
func (h *Handler) dryRun(w http.ResponseWriter, r *request) error {
	count, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("count"), "1"))
	if err != nil || count < 1 || count > maxDryRun {
		return problem.InvalidParams(fmt.Sprintf("count is a number from 1 to %d", maxDryRun))
	}
	c, err := readCreate(r.Request, h.Architecture)
	if err != nil {
		return err
	}
	c.reuse = false
	s, _, err := h.prepare(r, c)
	if err != nil {
		return err
	}
	if s.Type != model.TypeBatch && s.Type != model.TypeInteractive {
		return problem.InvalidParams("Only interactive and batch sessions can be foreseen.")
	}
	if err := h.Store.CheckQueue(r.Context(), s.AccessKey); err != nil {
		return err
	}
	forecast, err := h.Engine.Foresee(r.Context(), s, count)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, forecast)
}
