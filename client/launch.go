package client

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Choices are what a person chooses from who makes a session.
type Choices struct {
	Images []model.Image // that people may choose, by reference; see [Client.Choices]
	Policy model.KeyPairPolicy
}

const imageFields = `{
    id name humanized_name tag registry architecture digest installed
    labels { key value } resource_limits { key min max } supported_accelerators
  }`

const choicesQuery = `query {
  images(is_installed: true) ` + imageFields + `
  keypair_resource_policy {
    name total_resource_slots default_for_unspecified max_concurrent_sessions max_containers_per_session
  }
}`

// Choices asks, in one request, which images are installed and what the caller's
// key pair may hold. Where no agent has any image yet, as in a new cluster whose
// agents pull what they need, a second request asks for all images.
func (c *Client) Choices(ctx context.Context) (Choices, error) {
	var data struct {
		Images []model.Image       `json:"images"`
		Policy model.KeyPairPolicy `json:"keypair_resource_policy"`
	}
	if err := c.Query(ctx, choicesQuery, nil, &data); err != nil {
		return Choices{}, err
	}
	if len(data.Images) == 0 {
		if err := c.Query(ctx, "query { images "+imageFields+" }", nil, &data); err != nil {
			return Choices{}, err
		}
	}
	images := slices.DeleteFunc(data.Images, func(i model.Image) bool {
		return i.Name == "" || i.Private() || !i.ForSessions()
	})
	slices.SortFunc(images, func(a, b model.Image) int { return strings.Compare(a.FullName(), b.FullName()) })
	return Choices{Images: images, Policy: data.Policy}, nil
}

// ResourceGroups lists the resource groups that are open to the caller in a
// project (its name or id), by name.
func (c *Client) ResourceGroups(ctx context.Context, project string) ([]string, error) {
	var answer struct {
		Groups []struct {
			Name string `json:"name"`
		} `json:"scaling_groups"`
	}
	err := c.Do(ctx, Request{Path: "/scaling-groups", Query: url.Values{"group": {project}}}, &answer)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(answer.Groups))
	for i, group := range answer.Groups {
		names[i] = group.Name
	}
	slices.Sort(names)
	return names, nil
}

// Room asks what the caller may still take in a project (its name), and which
// presets fit. An empty resource group asks for all of them together.
func (c *Client) Room(ctx context.Context, project, group string) (model.Room, error) {
	body := map[string]any{"group": project}
	if group != "" {
		body["scaling_group"] = group
	}
	var room model.Room
	err := c.Do(ctx, Request{Method: http.MethodPost, Path: "/resource/check-presets", Body: body}, &room)
	return room, err
}

const agentChoicesQuery = `query($group: String, $offset: Int!) {
  agent_summary_list(limit: 100, offset: $offset, status: "ALIVE", scaling_group: $group, order: "id") {
    items { id status scaling_group schedulable available_slots occupied_slots architecture }
    total_count
  }
}`

// AgentChoices lists the agents of a resource group that a session can be put
// on, with what is free on each. KindForbidden where the manager hides them.
func (c *Client) AgentChoices(ctx context.Context, group string) ([]model.Agent, error) {
	var agents []model.Agent
	for offset := 0; ; {
		var data struct {
			List struct {
				Items []model.Agent `json:"items"`
				Total int           `json:"total_count"`
			} `json:"agent_summary_list"`
		}
		if err := c.Query(ctx, agentChoicesQuery, map[string]any{"group": group, "offset": offset}, &data); err != nil {
			return nil, err
		}
		offset += len(data.List.Items)
		for _, agent := range data.List.Items {
			if agent.Schedulable {
				agents = append(agents, agent)
			}
		}
		if len(data.List.Items) == 0 || offset >= data.List.Total {
			return agents, nil
		}
	}
}

// Owner is somebody for whom an administrator makes a session.
type Owner struct {
	Email      string
	Domain     string
	AccessKeys []string // active ones
	Projects   []model.Project
}

const ownerQuery = `query($email: String!) {
  user(email: $email) { email domain_name groups { id name } }
  keypairs(email: $email, is_active: true) { access_key }
}`

// FindOwner looks a user up by e-mail address, for administrators. KindNotFound
// when there is none that the caller may act for.
func (c *Client) FindOwner(ctx context.Context, email string) (Owner, error) {
	var data struct {
		User *struct {
			Email      string          `json:"email"`
			DomainName string          `json:"domain_name"`
			Groups     []model.Project `json:"groups"`
		} `json:"user"`
		KeyPairs []struct {
			AccessKey string `json:"access_key"`
		} `json:"keypairs"`
	}
	err := c.Query(ctx, ownerQuery, map[string]any{"email": email}, &data)
	if err != nil {
		return Owner{}, err
	}
	if data.User == nil || data.User.Email == "" {
		e := c.newError(Request{Method: http.MethodPost, Path: graphQLPath}, KindNotFound)
		e.Title = "there is no such user"
		return Owner{}, e
	}
	owner := Owner{Email: data.User.Email, Domain: data.User.DomainName, Projects: data.User.Groups}
	for _, pair := range data.KeyPairs {
		owner.AccessKeys = append(owner.AccessKeys, pair.AccessKey)
	}
	return owner, nil
}

// DryRun asks what would happen to count sessions of a request, if they were
// asked for now. What would be refused is refused with the same error. Only for
// managers with [FeatureDryRun].
func (c *Client) DryRun(ctx context.Context, r CreateRequest, count int) (model.Forecast, error) {
	var forecast model.Forecast
	err := c.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/_/dry-run", Query: url.Values{"count": {strconv.Itoa(count)}}, Body: r,
	}, &forecast)
	return forecast, err
}
