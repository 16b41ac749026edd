package resolve

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/schema"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// NodeStats is where the metrics of whole agents come from.
type NodeStats interface {
	// NodeMetrics are the current ones of an agent, nil when there are none.
	NodeMetrics(agentID string) model.Metrics
}

// Folders is what becomes of folders whose owner goes.
type Folders interface {
	// Purge removes the folders of a user or a project with their files;
	// [store.ErrInUse] while a session has one mounted.
	Purge(ctx context.Context, userID, projectID string) error
	// Inherit gives those that a user shares with others to another user.
	Inherit(ctx context.Context, userID string, heir store.User) error
	// Used is what a folder held lately; known is false when ctx ends before it
	// was measured for the first time.
	Used(ctx context.Context, folder store.Folder) (used storage.Usage, known bool)
	// ScopeUsed is the same for all folders of a quota scope, with what they may
	// hold in bytes, 0 without a limit; see [store.IsNotFound] for a scope of nobody.
	ScopeUsed(ctx context.Context, scope string) (used storage.Usage, known bool, limit int64, err error)
	// Disk is where the folders are, with the bytes of that disk.
	Disk() (path string, used, capacity int64, err error)
}

// Layers are the files that customised images are made of.
type Layers interface {
	// FreeLayer removes the file of an image that can no longer be used.
	FreeLayer(ctx context.Context, id string)
}

// Options is what the resolvers work with.
type Options struct {
	Store *store.Store
	Live  api.Live
	Nodes NodeStats // nil: agents have no metrics
	Log   *slog.Logger
	// Hasher keeps the passwords of users that are created here; nil: one for a
	// single hash at a time.
	Hasher *accounts.Hasher
	Now    func() time.Time // nil: time.Now
	// Rescan looks for the environments of the machine again, in the background
	// for a user, and gives the id of the task; nil: nobody can ask for it.
	Rescan func(userID string) (taskID string)
	// Layers are where customised images are kept; nil: nowhere.
	Layers Layers
	// Folders; nil: owners of folders cannot be purged, and there is no storage.
	Folders Folders
	// Introspection allows __schema and __type; see [gql.Config].
	Introspection bool
	Limits        gql.Limits
}

// GraphQL answers requests; it implements [api.GraphQL].
type GraphQL struct {
	engine *gql.Engine
}

var _ api.GraphQL = (*GraphQL)(nil)

// resolver holds what all resolvers share.
type resolver struct {
	store  *store.Store
	live   api.Live
	nodes  NodeStats
	hasher *accounts.Hasher
	now    func() time.Time
	rescan func(userID string) (taskID string)
	layers Layers
	estate Folders
}

// New makes the engine. It fails only when schema and resolvers do not fit,
// which a test rules out.
func New(o Options) (*GraphQL, error) {
	if o.Hasher == nil {
		o.Hasher = accounts.NewHasher(1)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &resolver{store: o.Store, live: o.Live, nodes: o.Nodes, hasher: o.Hasher, now: o.Now, rescan: o.Rescan, layers: o.Layers, estate: o.Folders}
	engine, err := gql.New(gql.Config{
		SDL:           schema.SDL(),
		Scalars:       scalars(),
		Resolvers:     r.table(),
		Guard:         guard,
		Introspection: o.Introspection,
		Limits:        o.Limits,
		OnError: func(ctx context.Context, path []any, err error) {
			o.Log.ErrorContext(ctx, "GraphQL field failed", "path", fmt.Sprint(path...), "error", err)
		},
	})
	if err != nil {
		return nil, err
	}
	return &GraphQL{engine: engine}, nil
}

// Execute answers one request for a caller.
func (g *GraphQL) Execute(ctx context.Context, caller api.Caller, query string, variables map[string]any, operation string) api.Response {
	if caller.UserID == "" || caller.Email == "" || caller.AccessKey == "" || caller.DomainName == "" {
		// An empty limit is no limit to the store. A caller without an identity
		// must see nothing rather than everything.
		caller.Role = ""
	}
	ctx = context.WithValue(ctx, requestKey{}, &request{caller: caller})
	answer := g.engine.Execute(ctx, gql.Request{Query: query, Variables: variables, OperationName: operation})
	response := api.Response{Data: answer.Data}
	for _, fault := range answer.Errors {
		entry := api.Error{Message: fault.Message, Path: fault.Path}
		for _, at := range fault.Locations {
			entry.Locations = append(entry.Locations, api.Location(at))
		}
		response.Errors = append(response.Errors, entry)
	}
	return response
}

// request is what the resolvers of one request share.
type request struct {
	caller api.Caller
	images map[string]*store.Image // by reference and architecture; see imageOf
	agents []store.Agent           // all of them; see allAgents
	weigh  context.Context         // until when folders are measured; see measuring
}

type requestKey struct{}

func requestOf(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

func callerOf(ctx context.Context) api.Caller { return requestOf(ctx).caller }

// table names the resolver of every field.
func (r *resolver) table() map[string]map[string]gql.Resolver {
	table := map[string]map[string]gql.Resolver{
		"Queries": {
			"compute_session":               r.session,
			"compute_session_list":          r.sessionList,
			"legacy_compute_session":        r.legacySession,
			"legacy_compute_session_list":   r.legacySessionList,
			"endpoint":                      r.endpoint,
			"endpoint_list":                 r.endpointList,
			"compute_session_node":          r.sessionNode,
			"compute_session_nodes":         r.sessionNodes,
			"user_node":                     r.userNode,
			"user_nodes":                    r.userNodes,
			"group_node":                    r.projectNode,
			"group_nodes":                   r.projectNodes,
			"customized_images":             r.customizedImages,
			"vfolder_host_permissions":      func(context.Context, any, *gql.Field) (any, error) { return store.HostPermissions(), nil },
			"compute_container":             r.kernel,
			"compute_container_list":        r.kernelList,
			"user":                          r.user,
			"user_from_uuid":                r.userFromUUID,
			"users":                         r.users,
			"user_list":                     r.userList,
			"keypair":                       r.keyPair,
			"keypairs":                      r.keyPairs,
			"keypair_list":                  r.keyPairList,
			"keypair_resource_policy":       r.keyPairPolicy,
			"keypair_resource_policies":     r.keyPairPolicies,
			"user_resource_policy":          r.userPolicy,
			"user_resource_policies":        r.userPolicies,
			"project_resource_policy":       r.projectPolicy,
			"project_resource_policies":     r.projectPolicies,
			"group":                         r.project,
			"groups":                        r.projects,
			"groups_by_name":                r.projectsByName,
			"domain":                        r.domain,
			"domains":                       r.domains,
			"scaling_group":                 r.scalingGroup,
			"scaling_groups":                r.scalingGroups,
			"scaling_groups_for_domain":     r.scalingGroupsFor("domain"),
			"scaling_groups_for_user_group": r.scalingGroupsFor("user_group"),
			"scaling_groups_for_keypair":    r.scalingGroupsFor("access_key"),
			"agent":                         r.agent,
			"agents":                        r.agents,
			"agent_list":                    r.agentList,
			"agent_summary":                 r.agentSummary,
			"agent_summary_list":            r.agentSummaryList,
			"image":                         r.image,
			"images":                        r.images,
			"vfolder":                       r.folder,
			"vfolder_node":                  r.folderNode,
			"vfolder_nodes":                 r.folderNodes,
			"vfolder_list":                  r.folderLists(folderScope),
			"vfolder_permission_list":       r.shareList,
			"vfolder_own_list":              r.folderLists(ownFolders("f.user_id = ?")),
			"vfolder_invited_list":          r.folderLists(ownFolders("f.user_id IS NOT NULL AND f.id IN (SELECT vfolder_id FROM vfolder_permissions WHERE user_id = ?)")),
			"vfolder_project_list":          r.folderLists(ownFolders("f.project_id IN (SELECT project_id FROM project_members WHERE user_id = ?)")),
			"vfolders":                      r.folders,
			"quota_scope":                   r.quotaScope,
			"storage_volume":                r.storageVolume,
			"storage_volume_list":           r.storageVolumes,
			"container_registry":            r.containerRegistry,
			"container_registries":          r.containerRegistries,
			"resource_preset":               r.preset,
			"resource_presets":              r.presets,
		},
		"ComputeSession":        r.sessionFields(),
		"LegacyComputeSession":  r.legacyFields(),
		"ComputeContainer":      r.kernelFields(),
		"User":                  r.userFields(),
		"UserGroup":             userGroupFields(),
		"KeyPair":               r.keyPairFields(),
		"UserInfo":              userInfoFields(),
		"KeyPairResourcePolicy": keyPairPolicyFields(),
		"UserResourcePolicy":    userPolicyFields(),
		"ProjectResourcePolicy": projectPolicyFields(),
		"Group":                 r.projectFields(),
		"Domain":                r.domainFields(),
		"ScalingGroup":          r.scalingGroupFields(),
		"Agent":                 r.agentFields(),
		"AgentSummary":          agentSummaryFields(),
		"Image":                 r.imageFields(),
		"ImageNode":             imageNodeFields(),
		"KVPair":                pairFields(),
		"ResourceLimit":         limitFields(),
		"ResourcePreset":        presetFields(),
		"ComputeSessionNode":    r.sessionNodeFields(),
		"KernelNode":            r.kernelNodeFields(),
		"UserNode":              r.userNodeFields(),
		"GroupNode":             r.projectNodeFields(),
		"PageInfo":              pageInfoFields(),

		"VirtualFolder":           r.folderFields(),
		"VirtualFolderNode":       r.folderNodeFields(),
		"VirtualFolderPermission": shareFields(),
		"QuotaScope":              r.quotaScopeFields(),
		"QuotaDetails":            quotaDetailFields(),
		"StorageVolume":           storageVolumeFields(),
		"ContainerRegistry":       containerRegistryFields(),
		"ContainerRegistryConfig": registryConfigFields(),

		"ModifyComputeSessionPayload": sessionPayloadFields(),
		"PredefinedAtomicPermission": {
			"vfolder_host_permission_list": gql.Of(func(list []string) any { return list }),
		},
	}
	for _, name := range []string{"ComputeSession", "Kernel", "User", "Group", "VirtualFolder"} {
		table[name+"Connection"], table[name+"Edge"] = connectionFields(), edgeFields()
	}
	r.addMutations(table)
	addEndpoints(table)
	for _, name := range []string{"ComputeSessionList", "LegacyComputeSessionList", "EndpointList", "ComputeContainerList", "UserList", "KeyPairList", "AgentList", "AgentSummaryList",
		"VirtualFolderList", "VirtualFolderPermissionList", "StorageVolumeList"} {
		table[name] = listFields()
	}
	return table
}
