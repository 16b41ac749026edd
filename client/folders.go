package client

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Folders lists the storage folders that the caller may use, by name. owner, an
// e-mail address, lists somebody else's, for superadmins.
func (c *Client) Folders(ctx context.Context, owner string) ([]model.Folder, error) {
	query := url.Values{}
	if owner != "" {
		query.Set("owner_user_email", owner)
	}
	var list []model.Folder
	if err := c.Do(ctx, Request{Path: "/folders", Query: query}, &list); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b model.Folder) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// FolderHosts are the storage volumes a folder can be made on.
type FolderHosts struct {
	Default string   `json:"default"`
	Allowed []string `json:"allowed"`
}

// FolderHosts asks for the volumes on which the caller may make folders.
func (c *Client) FolderHosts(ctx context.Context) (FolderHosts, error) {
	var hosts FolderHosts
	err := c.Do(ctx, Request{Path: "/folders/_/hosts"}, &hosts)
	return hosts, err
}

// NewFolder describes a folder to create.
type NewFolder struct {
	Name       string `json:"name"`
	Host       string `json:"host,omitempty"`  // a volume; empty: the default one
	Project    string `json:"group,omitempty"` // id of the project it belongs to; empty: the caller's own
	UsageMode  string `json:"usage_mode,omitempty"`
	Permission string `json:"permission,omitempty"`
}

// CreateFolder creates a storage folder. KindConflict or KindInvalid when the
// name is taken, KindQuota when the caller may have no more.
func (c *Client) CreateFolder(ctx context.Context, folder NewFolder) (model.Folder, error) {
	var created model.Folder
	err := c.Do(ctx, Request{Method: http.MethodPost, Path: "/folders", Body: folder}, &created)
	return created, err
}
