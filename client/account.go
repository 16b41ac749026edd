package client

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// accountQuery asks for the caller and for the key pair in use. Without
// arguments both answer with one's own for every role.
type accountQuery struct {
	User struct {
		UUID       string `graphql:"uuid"`
		Email      string `graphql:"email"`
		Username   string `graphql:"username"`
		FullName   string `graphql:"full_name"`
		Role       string `graphql:"role"`
		DomainName string `graphql:"domain_name"`
		Groups     []struct {
			ID   string `graphql:"id"`
			Name string `graphql:"name"`
		} `graphql:"groups"`
	} `graphql:"user"`
	KeyPair struct {
		AccessKey string `graphql:"access_key"`
	} `graphql:"keypair"`
}

// Account asks, in one request, who is signed in: the user, the access key in
// use, and the projects the user is a member of (for a superadmin too), sorted
// by name.
func (c *Client) Account(ctx context.Context) (model.Account, error) {
	var query accountQuery
	if err := c.queryTyped(ctx, &query, nil); err != nil {
		return model.Account{}, err
	}
	if query.User.UUID == "" {
		e := c.newError(Request{Method: http.MethodPost, Path: graphQLPath}, KindBadAnswer)
		e.Title = "the manager does not say who is signed in"
		return model.Account{}, e
	}
	account := model.Account{
		UUID:       query.User.UUID,
		Email:      query.User.Email,
		Username:   query.User.Username,
		FullName:   query.User.FullName,
		Role:       model.Role(query.User.Role),
		DomainName: query.User.DomainName,
		AccessKey:  query.KeyPair.AccessKey,
	}
	for _, group := range query.User.Groups {
		account.Projects = append(account.Projects, model.Project{ID: group.ID, Name: group.Name})
	}
	slices.SortFunc(account.Projects, func(a, b model.Project) int { return strings.Compare(a.Name, b.Name) })
	return account, nil
}
