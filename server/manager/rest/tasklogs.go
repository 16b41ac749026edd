package rest

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// taskLogs gives what a batch session of the caller wrote, as it wrote it: GET
// /session/_/logs. The id is of the session or of its kernel; manager 24.09 reads
// the same from the folder .logs.
func (h *Handler) taskLogs(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := params.Names("session_name", "sessionName", "task_id", "taskId").As("kernel_id")
	text := p.Required(key)
	id, err := uuid.Parse(text)
	if err != nil && p.Has(key) {
		p.Fail(key, "value is not a valid UUID")
	}
	if err := p.Err(); err != nil {
		return err
	}
	kernel, err := h.ownKernel(r, id.String())
	if err != nil {
		return err
	}
	log, _, err := h.Engine.Log(r.Context(), *kernel)
	if err != nil && !store.IsNotFound(err) {
		return problem.Node("execution", err)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write(log)
	return err
}

// ownKernel finds a kernel of the caller's by its own id, or the main one of a
// session by the session's.
func (h *Handler) ownKernel(r *request, id string) (*store.Kernel, error) {
	q := store.SessionQuery{UserID: r.caller.UserID, WithKernels: true, IDs: []string{id}}
	kernels, _, err := h.Store.Kernels(r.Context(), store.KernelQuery{IDs: []string{id}})
	if err != nil {
		return nil, err
	}
	if len(kernels) == 1 {
		q.IDs = []string{kernels[0].SessionID}
	}
	sessions, _, err := h.Store.Sessions(r.Context(), q)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		for i := range s.Kernels {
			if s.Kernels[i].ID == id {
				return &s.Kernels[i], nil
			}
		}
		if main := s.Main(); main != nil && len(kernels) == 0 {
			return main, nil
		}
	}
	return nil, problem.NotFound("kernel", "")
}
