package rest

import "net/http"

// hello says which manager this is: GET /.
func (h *Handler) hello(w http.ResponseWriter, _ *request) error {
	return replyBytes(w, http.StatusOK, []byte(`{"version": "`+APIVersion+`", "manager": "`+ManagerVersion+`"}`))
}
