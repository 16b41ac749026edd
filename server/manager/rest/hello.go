package rest

import (
	"net/http"

	"github.com/baiui/baiui/server/manager/reply"
)

// hello says which manager this is, and what it does beyond others: GET /.
func (h *Handler) hello(w http.ResponseWriter, _ *request) error {
	return reply.Bytes(w, http.StatusOK, []byte(`{"version": "`+APIVersion+`", "manager": "`+ManagerVersion+`", "extensions": "dry-run batch-timeout"}`))
}
