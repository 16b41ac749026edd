package app

import (
	"net/url"
	"slices"
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
)

// parameterProject is the name of the project in the query of the URL.
const parameterProject = "project"

// projectPrefix begins the storage key of the project chosen last, one per
// manager, as the original has it.
const projectPrefix = "projectGroup."

// projectKey is the storage key for the manager at endpoint.
func projectKey(endpoint string) string {
	host := endpoint
	if address, err := url.Parse(endpoint); err == nil && address.Host != "" {
		host = address.Host
	}
	return projectPrefix + strings.ReplaceAll(host, ".", "_")
}

// startingProject is the project that a cluster is set up with. Superadmins of
// later managers are also in one of the cluster's own, "admin", which comes first
// by name and holds no sessions.
const startingProject = "default"

// chooseProject picks the project to show: that of the URL, else the one chosen
// last, else the one that every cluster starts with, else the first. A name that
// is not among the account's projects (any more) is passed over. An account
// without projects gets the empty one.
func chooseProject(account *model.Account, names ...string) model.Project {
	for _, name := range append(slices.Clone(names), startingProject) {
		for _, project := range account.Projects {
			if project.Name == name {
				return project
			}
		}
	}
	if len(account.Projects) > 0 {
		return account.Projects[0]
	}
	return model.Project{}
}

// naming is the URL of the same view with its project named.
func naming(address *url.URL, project string) *url.URL {
	next := *address
	query := next.Query()
	query.Set(parameterProject, project)
	next.RawQuery = query.Encode()
	return &next
}

// withProject is the URL of the same place for another project. The page within
// a list is dropped: the other project's list is another one.
func withProject(address *url.URL, project string) *url.URL {
	next := naming(address, project)
	query := next.Query()
	query.Del("page")
	next.RawQuery = query.Encode()
	return next
}

// forgetProjects deletes the memory for all managers.
func forgetProjects(storage goapp.BrowserStorage) {
	var keys []string
	storage.ForEach(func(key string) {
		if strings.HasPrefix(key, projectPrefix) {
			keys = append(keys, key)
		}
	})
	for _, key := range keys {
		storage.Del(key)
	}
}
