package session

import (
	"context"
	"strconv"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// manager is what this package asks of the manager; a test has its own.
type manager interface {
	Show(ctx context.Context, id string, role model.Role) (*model.FullSession, error)
	// Ahead counts the sessions that stand before a waiting one in the queue of its
	// resource group, of those that the caller may see; 0 where that cannot be told.
	Ahead(ctx context.Context, s *model.FullSession) (int, error)
	Rename(ctx context.Context, id, name, ownerAccessKey string) error
	Restart(ctx context.Context, id, ownerAccessKey string) error
	Interrupt(ctx context.Context, id, ownerAccessKey string) error
	Destroy(ctx context.Context, nameOrID string, r client.DestroyRequest) (model.Metrics, error)
	DestroyOnLeave(nameOrID string, r client.DestroyRequest)
	Imagify(ctx context.Context, id, name string) (task string, err error)
	CustomImages(ctx context.Context) ([]client.CustomImage, error)
	CustomImageLimit(ctx context.Context) (int, error)
	FollowTask(ctx context.Context, id string, changed func(client.TaskEvent)) error
}

// clientManager is the manager behind a client.
type clientManager struct {
	*client.Sessions
	c *client.Client
}

func managerOf(c *client.Client) manager { return clientManager{c.Sessions(), c} }

// Ahead counts at the embedded manager alone: of others it is not known in which
// order they schedule. It takes those of a higher priority first, and of one
// priority the older ones.
func (m clientManager) Ahead(ctx context.Context, s *model.FullSession) (int, error) {
	if !m.c.Supports(client.FeatureDryRun) {
		return 0, nil
	}
	priority := strconv.Itoa(s.Priority)
	page, err := m.List(ctx, client.ListRequest{
		Statuses: []model.Status{model.StatusPending}, Fields: []string{"id"}, Limit: 1,
		Filter: "scaling_group == " + strconv.Quote(s.ScalingGroup) + " & (priority > " + priority + " | (priority == " + priority +
			" & created_at < " + strconv.Quote(s.CreatedAt.UTC().Format(time.RFC3339Nano)) + "))",
	})
	return page.Total, err
}

func (m clientManager) CustomImages(ctx context.Context) ([]client.CustomImage, error) {
	return m.c.CustomImages(ctx)
}

func (m clientManager) CustomImageLimit(ctx context.Context) (int, error) {
	return m.c.CustomImageLimit(ctx)
}

func (m clientManager) FollowTask(ctx context.Context, id string, changed func(client.TaskEvent)) error {
	return m.c.FollowTask(ctx, id, changed)
}

// errNotSignedIn stands for a call that could not be made because nobody is
// signed in at the moment.
func errNotSignedIn() error {
	return &client.Error{Kind: client.KindAuth, Title: "not signed in"}
}

// ownerOf is the access key by which the manager finds a session of somebody
// else; empty for one's own. A list does not always tell it.
func ownerOf(ctx context.Context, m manager, s *model.Session, who Who) (string, error) {
	switch {
	case who.Mine(s):
		return "", nil
	case s.AccessKey != "":
		return s.AccessKey, nil
	}
	full, err := m.Show(ctx, idOf(s), who.role())
	if full == nil {
		return "", err
	}
	return full.AccessKey, nil
}
