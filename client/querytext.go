package client

import (
	"strings"

	"github.com/baiui/baiui/client/model"
)

// ListQuery writes what [Sessions.List] sends for a request: for people who want
// to ask the same from a program of theirs.
func ListQuery(version Version, r ListRequest) (text string, variables map[string]any) {
	statuses, _ := knownStatuses(version, r.Statuses)
	return listQuery(version, r, statuses)
}

// ShowQuery writes what [Sessions.Show] sends.
func ShowQuery(version Version, id string, role model.Role) (text string, variables map[string]any) {
	return "query($id: UUID!) { compute_session(id: $id) { " + strings.Join(showFields(version, role), " ") + " } }",
		map[string]any{"id": id}
}
