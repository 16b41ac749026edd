package client

import (
	"context"

	"github.com/shurcooL/graphql"

	"github.com/baiui/baiui/client/model"
)

// agentsPerRequest is the largest page that managers give.
const agentsPerRequest = 100

type agentsQuery struct {
	List struct {
		Items []struct {
			ID             string              `graphql:"id"`
			Status         string              `graphql:"status"`
			ScalingGroup   string              `graphql:"scaling_group"`
			Schedulable    bool                `graphql:"schedulable"`
			AvailableSlots model.ResourceSlots `graphql:"available_slots"`
			OccupiedSlots  model.ResourceSlots `graphql:"occupied_slots"`
			Version        string              `graphql:"version"`
			Architecture   string              `graphql:"architecture"`
		} `graphql:"items"`
		TotalCount int `graphql:"total_count"`
	} `graphql:"agent_list(limit: $limit, offset: $offset, status: $status, order: \"id\")"`
}

// Agents lists the agents in use (status ALIVE) by id. It is for superadmins;
// others get KindForbidden.
func (c *Client) Agents(ctx context.Context) ([]model.Agent, error) {
	var agents []model.Agent
	for {
		var query agentsQuery
		err := c.queryTyped(ctx, &query, map[string]any{
			"limit":  graphql.Int(agentsPerRequest),
			"offset": graphql.Int(len(agents)),
			"status": graphql.String("ALIVE"),
		})
		if err != nil {
			return nil, err
		}
		for _, item := range query.List.Items {
			agents = append(agents, model.Agent(item))
		}
		if len(query.List.Items) == 0 || len(agents) >= query.List.TotalCount {
			return agents, nil
		}
	}
}
