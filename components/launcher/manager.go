package launcher

import (
	"context"
	"strconv"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Manager is the [Source] that a client is.
type Manager struct{ *client.Client }

// Create creates a session.
func (m Manager) Create(ctx context.Context, r client.CreateRequest) (client.Created, error) {
	return m.Sessions().Create(ctx, r)
}

// Waiting counts the sessions of a resource group that wait, of those that the
// caller may see.
func (m Manager) Waiting(ctx context.Context, group string) (int, error) {
	page, err := m.Sessions().List(ctx, client.ListRequest{
		Statuses: []model.Status{model.StatusPending}, Fields: []string{"id"},
		Filter: "scaling_group == " + strconv.Quote(group), Limit: 1,
	})
	return page.Total, err
}
