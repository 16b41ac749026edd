package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// Driver does at the manager, in an account's name, what the page cannot do.
type Driver struct {
	Client *client.Client
	server *Server
	image  string
}

// Driver returns a driver for one of the server's accounts.
func (s *Server) Driver(ctx context.Context, account Account) (*Driver, error) {
	c, err := client.New(client.Config{
		Mode:     model.ModeAPI,
		Endpoint: s.Manager,
		KeyPair:  signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey},
	})
	if err != nil {
		return nil, err
	}
	if err := c.Connect(ctx); err != nil {
		return nil, err
	}
	d := &Driver{Client: c, server: s}
	if !s.elsewhere() {
		d.image, err = firstImage(ctx, c)
		return d, err
	}
	// A cluster also has images that nobody may choose.
	choices, err := c.Choices(ctx)
	if err == nil && len(choices.Images) == 0 {
		err = errNoImage
	}
	if err == nil {
		d.image = choices.Images[0].Reference()
	}
	return d, err
}

var errNoImage = errors.New("e2e: the manager has no image")

// firstImage returns the reference of the manager's first image.
func firstImage(ctx context.Context, c *client.Client) (string, error) {
	var answer struct {
		Images []struct{ Registry, Name, Tag string }
	}
	if err := c.Query(ctx, "query { images { registry name tag } }", nil, &answer); err != nil {
		return "", err
	}
	if len(answer.Images) == 0 {
		return "", errNoImage
	}
	i := answer.Images[0]
	return fmt.Sprintf("%s/%s:%s", i.Registry, i.Name, i.Tag), nil
}

// startSeconds is how long a session may take to run: at a manager that plans
// every few seconds, on a busy machine.
const startSeconds = 90

// Create starts an interactive session, waits until it runs, and returns its id.
func (d *Driver) Create(ctx context.Context, name string) (string, error) {
	created, err := d.Client.Sessions().Create(ctx, client.CreateRequest{
		Name:    name,
		Image:   d.image,
		Project: "default",
		Domain:  "default",
		Config: client.CreateConfig{
			Resources:    d.resources(),
			ScalingGroup: "default",
		},
		MaxWaitSeconds: startSeconds,
	})
	if err != nil {
		return "", err
	}
	if created.Status != model.StatusRunning {
		return "", fmt.Errorf("e2e: session %s is %s, not running", name, created.Status)
	}
	return created.ID, nil
}

// resources are what a session takes: little, because many must fit on two
// cores, but at the manager of a cluster the least that the image needs.
func (d *Driver) resources() map[string]any {
	if d.Client.Version().Extensions == "" {
		return nil
	}
	return map[string]any{"cpu": "0.1", "mem": "128m"}
}

// Destroy ends a session.
func (d *Driver) Destroy(ctx context.Context, name string) error {
	_, err := d.Client.Sessions().Destroy(ctx, name, client.DestroyRequest{})
	return err
}

// endTimeout is how long the sessions may take to end.
const endTimeout = time.Minute

// EndSessions ends every session that still lives, whoever owns it and unless
// its name is one of those to keep, and waits until it has: sessions outlive the
// server. The account must be the superadmin's.
func (s *Server) EndSessions(ctx context.Context, superadmin Account, keep ...string) error {
	d, err := s.Driver(ctx, superadmin)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, endTimeout)
	defer cancel()
	ended := map[string]bool{}
	for {
		living, err := d.living(ctx)
		living = slices.DeleteFunc(living, func(session *model.Session) bool { return slices.Contains(keep, session.Name) })
		if err != nil || len(living) == 0 {
			return err
		}
		for _, session := range living {
			if ended[session.ID] {
				continue
			}
			ended[session.ID] = true
			_, err := d.Client.Sessions().Destroy(ctx, session.Name, client.DestroyRequest{Forced: true, OwnerAccessKey: session.AccessKey})
			if err != nil && client.KindOf(err) != client.KindNotFound {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("e2e: %d sessions did not end within %s", len(living), endTimeout)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// living lists the sessions that have not ended.
func (d *Driver) living(ctx context.Context) ([]*model.Session, error) {
	page, err := d.Client.Sessions().List(ctx, client.ListRequest{
		Statuses: []model.Status{
			model.StatusPending, model.StatusScheduled, model.StatusPreparing, model.StatusPulling, model.StatusRunning,
			model.StatusPrepared, model.StatusCreating, model.StatusDeprioritizing, model.StatusRestarting, model.StatusRunningDegraded, model.StatusTerminating, model.StatusError,
		},
		Fields: []string{"id", "name", "access_key"},
		Limit:  100,
	})
	return page.Items, err
}
