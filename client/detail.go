package client

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/baiui/baiui/client/model"
)

// showTimeout is for a question that makes the manager ask for metrics and idle
// checks, too.
const showTimeout = 15 * time.Second

// Show asks for everything about one session by its id, of any status. role is
// the caller's: agents are asked for as a superadmin only. A session that the
// caller may not see is KindNotFound, like one that is not there.
func (s *Sessions) Show(ctx context.Context, id string, role model.Role) (*model.FullSession, error) {
	if err := s.client.Connect(ctx); err != nil {
		return nil, err
	}
	if !isUUID(id) {
		return nil, s.noSession()
	}
	var data struct {
		Session *model.FullSession `json:"compute_session"`
	}
	text, variables := ShowQuery(s.client.Version(), id, role)
	err := s.client.Query(ctx, text, variables, &data, WithTimeout(showTimeout), WithRetries(1))
	if data.Session == nil {
		if err == nil {
			err = s.noSession()
		}
		return nil, err
	}
	if data.Session.Status == model.StatusPending && s.client.Supports(FeaturePendingList) {
		data.Session.QueuePosition = s.queuePosition(ctx, id)
	}
	return data.Session, err
}

func (s *Sessions) noSession() error {
	e := s.client.newError(Request{Method: http.MethodPost, Path: graphQLPath}, KindNotFound)
	e.Title = "there is no such session"
	return e
}

// isUUID reports whether a text is a UUID with dashes; a manager fails on
// anything else.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, r := range text {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if r != '-' {
				return false
			}
		case r >= '0' && r <= '9', r >= 'a' && r <= 'f', r >= 'A' && r <= 'F':
		default:
			return false
		}
	}
	return true
}

// showFields lists what is asked of one session. group_name is not: its value
// is one letter on every manager that was looked at.
func showFields(version Version, role model.Role) []string {
	fields := []string{"id", "session_id", "main_kernel_id", "name", "type", "tag", "image", "architecture",
		"cluster_mode", "cluster_size", "domain_name", "group_id", "user_id", "user_email", "full_name", "access_key",
		"status", "status_changed", "status_info", "status_data", "status_history", "result",
		"created_at", "starts_at", "scheduled_at", "terminated_at", "startup_command",
		"scaling_group", "service_ports", "mounts", "resource_opts", "occupied_slots", "main_kernel_role",
		"idle_checks", "commit_status", "dependencies { id name status }", "priority", "requested_slots"}
	kernel := "id container_id kernel_id role cluster_role cluster_idx cluster_hostname local_rank " +
		"status status_info status_data created_at terminated_at occupied_slots live_stat last_stat"
	if role.IsSuperadmin() {
		kernel += " agent"
	}
	return knownFields(version, append(fields, "containers { "+kernel+" }"))
}

// queuePosition asks for the place of a waiting session, which only the node of
// the session tells; -1 if it is not told. That it is not is no failure.
func (s *Sessions) queuePosition(ctx context.Context, id string) int {
	var data struct {
		Node *struct {
			Position *int `json:"queue_position"`
		} `json:"compute_session_node"`
	}
	node := base64.StdEncoding.EncodeToString([]byte("ComputeSessionNode:" + id))
	err := s.client.Query(ctx, "query($id: GlobalIDField!) { compute_session_node(id: $id) { queue_position } }",
		map[string]any{"id": node}, &data)
	if err != nil || data.Node == nil || data.Node.Position == nil {
		return -1
	}
	return *data.Node.Position
}
