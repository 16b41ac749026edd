package folders

import (
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// volumeInfo describes a storage host.
type volumeInfo struct {
	Backend      string             `json:"backend"`
	Capabilities []string           `json:"capabilities"`
	Usage        map[string]float64 `json:"usage"` // percentage
	SFTPGroups   []string           `json:"sftp_scaling_groups"`
}

// hosts lists where a caller may have folders: GET /folders/_/hosts.
func (f *Folders) hosts(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	group := p.Nullable(params.Names("group_id", "groupId"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	project := ""
	if group != nil && *group != "" {
		id, err := uuid.Parse(*group)
		if err != nil {
			return problem.InvalidFields(map[string]string{"group_id": "value is not a uuid"})
		}
		// Another domain's project has nothing to add.
		found, _, err := f.Store.Projects(r.Context(), store.ProjectQuery{IDs: []string{id.String()}, DomainName: c.DomainName})
		if err != nil {
			return err
		}
		if len(found) > 0 && c.IsAdmin() {
			project = found[0].ID
		}
	}
	allowed, err := f.hostsOf(r.Context(), c, project)
	if err != nil {
		return err
	}
	maps.DeleteFunc(allowed, func(host string, _ []string) bool { return host != store.FolderHost })
	info := map[string]volumeInfo{}
	for host := range allowed {
		used, err := f.Volume.DiskUsage()
		if err != nil {
			return err
		}
		info[host] = volumeInfo{Backend: "vfs", Capabilities: []string{"vfolder"}, Usage: map[string]float64{"percentage": used},
			SFTPGroups: []string{}}
	}
	var fallback *string
	if _, ok := allowed[store.FolderHost]; ok {
		fallback = new(string)
		*fallback = store.FolderHost
	}
	hosts := slices.Sorted(maps.Keys(allowed))
	if hosts == nil {
		hosts = []string{}
	}
	return reply.JSON(w, http.StatusOK, struct {
		Default *string               `json:"default"`
		Allowed []string              `json:"allowed"`
		Info    map[string]volumeInfo `json:"volume_info"`
	}{fallback, hosts, info})
}

// allHosts lists the hosts there are: GET /folders/_/all-hosts.
func (f *Folders) allHosts(w http.ResponseWriter, _ *http.Request, c api.Caller) error {
	if err := superadminOnly(c); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		Default string   `json:"default"`
		Allowed []string `json:"allowed"`
	}{store.FolderHost, []string{store.FolderHost}})
}

// allowedTypes tells who may own folders: GET /folders/_/allowed-types.
func (f *Folders) allowedTypes(w http.ResponseWriter, _ *http.Request, _ api.Caller) error {
	return reply.JSON(w, http.StatusOK, []string{"group", "user"})
}

// notHere answers what only a cluster of machines has: mounts of shared file
// systems, and the counters of their hardware.
func (f *Folders) notHere(_ http.ResponseWriter, _ *http.Request, c api.Caller) error {
	if err := superadminOnly(c); err != nil {
		return err
	}
	return problem.NotImplemented("Folders are directories of this machine: there is nothing to mount or to measure here.")
}
