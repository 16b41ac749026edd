package client

import (
	"context"

	"github.com/shurcooL/graphql"

	"github.com/baiui/baiui/client/model"
)

type hardwareQuery struct {
	List struct {
		Items []struct {
			ID       string         `graphql:"id"`
			Hardware model.Hardware `graphql:"hardware_metadata"`
		} `graphql:"items"`
	} `graphql:"agent_list(limit: $limit, offset: $offset, status: $status, order: \"id\")"`
}

// Hardware gives what the first agents in use (status ALIVE), at most 100, say of
// their parts, by agent id. A manager may have to ask each of them, which is why
// [Client.Agents] goes without. It is for superadmins.
func (c *Client) Hardware(ctx context.Context) (map[string]model.Hardware, error) {
	var query hardwareQuery
	err := c.queryTyped(ctx, &query, map[string]any{
		"limit": graphql.Int(agentsPerRequest), "offset": graphql.Int(0), "status": graphql.String("ALIVE"),
	})
	if err != nil {
		return nil, err
	}
	parts := make(map[string]model.Hardware, len(query.List.Items))
	for _, item := range query.List.Items {
		parts[item.ID] = item.Hardware
	}
	return parts, nil
}
