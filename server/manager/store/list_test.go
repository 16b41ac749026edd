package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func names(sessions []*Session) string {
	out := make([]string, len(sessions))
	for i, s := range sessions {
		out[i] = strings.TrimPrefix(s.Name, "s-00000")
	}
	return strings.Join(out, " ")
}

func TestSessionLists(t *testing.T) {
	s := planted(t)
	statuses := []model.Status{model.StatusPending, model.StatusRunning, model.StatusTerminated, model.StatusCancelled, model.StatusError}
	for n := range 8 {
		row := testSession(n)
		row.Status = statuses[n%len(statuses)]
		if n == 2 {
			row.TerminatedAt = epoch().Add(time.Hour)
		}
		if n >= 6 {
			row.AccessKey, row.UserID = "AK1", "u-1"
		}
		require.NoError(t, s.AddSession(t.Context(), row))
	}
	for name, test := range map[string]struct {
		query SessionQuery
		want  string
		total int
	}{
		"all, the latest change first":       {SessionQuery{}, "2 7 6 5 4 3 1 0", 8},
		"a page":                             {SessionQuery{Page: Page{Limit: 3, Offset: 2}}, "6 5 4", 8},
		"past the end":                       {SessionQuery{Page: Page{Limit: 3, Offset: 20}}, "", 8},
		"one key pair":                       {SessionQuery{AccessKey: "AK1"}, "7 6", 2},
		"all that live":                      {SessionQuery{Statuses: LiveStatuses()}, "6 5 4 1 0", 5},
		"all that are over":                  {SessionQuery{Statuses: deadStatuses()}, "2 7 3", 3},
		"one live and one dead status":       {SessionQuery{Statuses: []model.Status{"RUNNING", "TERMINATED"}}, "2 7 6 1", 4},
		"no status at all":                   {SessionQuery{Statuses: []model.Status{}}, "", 0},
		"a condition with a value":           {SessionQuery{Page: Page{Where: Clause{"s.name = ? OR s.name = ?", []any{"s-000001", "s-000004"}}}}, "4 1", 2},
		"a condition on the owner":           {SessionQuery{Page: Page{Where: Clause{"u.email LIKE ?", []any{"admin%"}}}}, "7 6", 2},
		"a condition on the project":         {SessionQuery{Page: Page{Where: Clause{"g.name = ?", []any{"other"}}}}, "", 0},
		"an order, ties by arrival":          {SessionQuery{Page: Page{Order: Clause{SQL: "s.access_key ASC"}}}, "6 7 0 1 2 3 4 5", 8},
		"by type":                            {SessionQuery{Types: []model.SessionType{model.TypeBatch}}, "", 0},
		"by name":                            {SessionQuery{Name: "s-000003"}, "3", 1},
		"an id and a project that it is not": {SessionQuery{IDs: []string{testSession(1).ID}, ProjectID: "p-2"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			test.query.WithKernels = true
			items, total, err := s.Sessions(t.Context(), test.query)
			require.NoError(t, err)
			assert.Equal(t, test.want, names(items))
			assert.Equal(t, test.total, total)
			for _, item := range items {
				require.Len(t, item.Kernels, 1)
				assert.Equal(t, "k-"+item.ID, item.Kernels[0].ID)
			}
		})
	}
}

func TestTheQueueIsByPriorityThenArrival(t *testing.T) {
	s := planted(t)
	for n, priority := range []int{10, 20, 10} {
		row := testSession(n)
		row.Priority = priority
		require.NoError(t, s.AddSession(t.Context(), row))
	}
	queue, err := s.Queue(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1 0 2", names(queue))
	live, err := s.Live(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "0 1 2", names(live))
}

func TestOccupancyCountsByStatus(t *testing.T) {
	s := planted(t)
	for n, status := range []model.Status{"PENDING", "SCHEDULED", "RUNNING", "TERMINATING", "TERMINATED", "CANCELLED", "ERROR"} {
		row := testSession(n)
		row.Status, row.Kernels[0].Status = status, status
		if status != model.StatusPending {
			row.Kernels[0].Agent = "i-1"
		}
		require.NoError(t, s.AddSession(t.Context(), row))
	}
	got, err := s.Occupancy(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 4, got.Agents["i-1"].Kernels)
	assert.Equal(t, "4", got.Agents["i-1"].Slots["cpu"].String())
	assert.Equal(t, 3, got.KeyPairs["AK2"].Sessions)
	assert.Equal(t, 1, got.KeyPairs["AK2"].Pending)
	assert.Equal(t, "1610612736", got.KeyPairs["AK2"].Slots["mem"].String())

	require.NoError(t, s.PutAgent(t.Context(), Agent{ID: "i-1", Status: AgentAlive, ScalingGroup: "default", Architecture: "x86_64",
		FirstContact: epoch(), AvailableSlots: model.ResourceSlots{"cpu": "8", "mem": "1", "cuda.device": "1"}}))
	agents, total, err := s.Agents(t.Context(), AgentQuery{Status: AgentAlive})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	assert.Equal(t, model.ResourceSlots{"cpu": "4", "mem": "2147483648", "cuda.device": "0"}, agents[0].OccupiedSlots)
	assert.Equal(t, 4, agents[0].ContainerCount)
}

func TestListsOfPeopleAndGroups(t *testing.T) {
	s := planted(t)
	ctx := t.Context()
	yes := true
	users, total, err := s.Users(ctx, UserQuery{DomainName: "default", ProjectID: "p-1", IsActive: &yes, Page: Page{Limit: 2}})
	require.NoError(t, err)
	assert.Equal(t, 3, total)
	require.Len(t, users, 2)
	assert.Equal(t, testSeed().Users[0], users[0])

	projects, err := s.ProjectsOfUsers(ctx, []string{"u-0", "u-2", "nobody"})
	require.NoError(t, err)
	assert.Equal(t, map[string][]ProjectRef{"u-0": {{"p-1", "default"}}, "u-2": {{"p-1", "default"}}}, projects)

	pairs, total, err := s.KeyPairs(ctx, KeyPairQuery{Email: "user@example.test", IsActive: &yes})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	want := testSeed().KeyPairs[2]
	want.Email, want.DomainName, want.Role = "user@example.test", "default", model.RoleUser
	assert.Equal(t, want, pairs[0])
	require.NoError(t, s.RecordUse(ctx, map[string]Use{"AK2": {Count: 3, Last: epoch()}}, nil))
	id, err := s.Identify(ctx, "AK2")
	require.NoError(t, err)
	assert.Equal(t, 3, id.KeyPair.NumQueries)
	assert.Equal(t, epoch(), id.KeyPair.LastUsed)
	assert.Equal(t, testSeed().Users[2], id.User)

	found, total, err := s.Projects(ctx, ProjectQuery{MemberID: "u-2", Types: []string{"GENERAL"}, Names: []string{"default"}})
	require.NoError(t, err)
	require.Equal(t, 1, total)
	assert.Equal(t, testSeed().Project, found[0])
	member, err := s.IsMember(ctx, "p-1", "nobody")
	require.NoError(t, err)
	assert.False(t, member)

	groups, _, err := s.ScalingGroups(ctx, ScalingGroupQuery{DomainName: "default", IsActive: &yes})
	require.NoError(t, err)
	assert.Equal(t, []ScalingGroup{testSeed().ScalingGroup}, groups)
	groups, _, err = s.ScalingGroups(ctx, ScalingGroupQuery{DomainName: "other"})
	require.NoError(t, err)
	assert.Empty(t, groups)
	open, err := s.ScalingGroupsOpenTo(ctx, AccessDomain, []string{"default"})
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"default": {"default"}}, open)

	domains, _, err := s.Domains(ctx, DomainQuery{IsActive: &yes})
	require.NoError(t, err)
	assert.Equal(t, []Domain{testSeed().Domain}, domains)
	policies, _, err := s.KeyPairPolicies(ctx, PolicyQuery{Names: []string{"default"}})
	require.NoError(t, err)
	assert.Equal(t, []KeyPairPolicy{testSeed().KeyPairPolicy}, policies)
	userPolicies, _, err := s.UserPolicies(ctx, PolicyQuery{})
	require.NoError(t, err)
	assert.Equal(t, []UserPolicy{testSeed().UserPolicy}, userPolicies)
	projectPolicies, _, err := s.ProjectPolicies(ctx, PolicyQuery{})
	require.NoError(t, err)
	assert.Equal(t, []ProjectPolicy{testSeed().ProjectPolicy}, projectPolicies)
	empty, err := s.Empty(ctx)
	require.NoError(t, err)
	assert.False(t, empty)
}

func TestImagesKeepTheirIDWhenFoundAgain(t *testing.T) {
	s := planted(t)
	image := func(id, tag string, aliases ...string) Image {
		return Image{ID: id, Registry: "local", Project: "native", Name: "native/python", Tag: tag, Architecture: "x86_64",
			Labels: map[string]string{"ai.backend.role": "COMPUTE"}, Resources: map[string]Range{"cpu": {Min: "1"}},
			Accelerators: []string{}, IsLocal: true, Installed: true, CreatedAt: epoch(), Aliases: aliases}
	}
	require.NoError(t, s.ReplaceImages(t.Context(), []Image{image("a", "3.11", "python", "py"), image("b", "3.9")}))
	require.NoError(t, s.ReplaceImages(t.Context(), []Image{image("c", "3.11", "python")}))

	got, err := s.ImageByReference(t.Context(), "local/native/python:3.11", "x86_64")
	require.NoError(t, err)
	assert.Equal(t, image("a", "3.11", "python"), got)
	assert.Equal(t, "local/native/python:3.11", got.Reference())
	byAlias, err := s.ImageByReference(t.Context(), "python", "x86_64")
	require.NoError(t, err)
	assert.Equal(t, got, byAlias)
	for _, reference := range []string{"py", "local/native/python:3.9"} {
		_, err = s.ImageByReference(t.Context(), reference, "x86_64")
		assert.True(t, IsNotFound(err), reference)
	}
	yes := true
	installed, _, err := s.Images(t.Context(), ImageQuery{Installed: &yes, Registries: []string{"local"}})
	require.NoError(t, err)
	assert.Len(t, installed, 1)
	all, _, err := s.Images(t.Context(), ImageQuery{})
	require.NoError(t, err)
	assert.Len(t, all, 2)
}

// The statements of lists that are asked for every few seconds must walk an
// index; a plan with a temporary B-tree sorts the whole table for each page.
func TestListsOfOneScopeAreServedByIndexes(t *testing.T) {
	s := planted(t)
	for name, f := range map[string]SessionQuery{
		"all live":             {Statuses: LiveStatuses()},
		"all over":             {Statuses: deadStatuses()},
		"everything":           {},
		"live of a key pair":   {AccessKey: "AK2", Statuses: LiveStatuses()},
		"over of a domain":     {DomainName: "default", Statuses: deadStatuses()},
		"cancelled of project": {ProjectID: "p-1", Statuses: []model.Status{model.StatusCancelled}},
	} {
		t.Run(name, func(t *testing.T) {
			q := query{from: sessionFrom, order: "s.activity DESC, s.seq DESC"}
			q.equal("s.access_key", f.AccessKey)
			q.equal("s.domain_name", f.DomainName)
			q.equal("s.project_id", f.ProjectID)
			q.statuses("s", f.Statuses)
			text, args := q.selects("s.seq", Page{Limit: 20})
			plan, err := rows(t.Context(), s.read, "EXPLAIN QUERY PLAN "+text, args, func(r scanner) (line string, err error) {
				var a, b, c any
				return line, r.Scan(&a, &b, &c, &line)
			})
			require.NoError(t, err)
			joined := fmt.Sprint(plan)
			assert.Contains(t, joined, "INDEX")
			assert.NotContains(t, joined, "TEMP B-TREE")
		})
	}
}

func TestPagesTogetherAreTheWholeList(t *testing.T) {
	s := planted(t)
	for n := range 23 {
		session := testSession(n)
		session.CreatedAt = epoch().Add(time.Duration(n/3) * time.Second) // with ties
		require.NoError(t, s.AddSession(t.Context(), session))
	}
	for name, f := range map[string]SessionQuery{"in its own order": {}, "by name": {Page: Page{Order: Clause{SQL: "s.name DESC"}}},
		"with a condition": {Page: Page{Where: Clause{"s.name LIKE ?", []any{"%1%"}}}}} {
		all, _, err := s.Sessions(t.Context(), f)
		require.NoError(t, err)
		for size := 1; size < 26; size++ {
			var paged []*Session
			for offset := 0; offset < len(all)+2*size; offset += size {
				page, total, err := s.Sessions(t.Context(), SessionQuery{Page: Page{Where: f.Where, Order: f.Order, Limit: size, Offset: offset}})
				require.NoError(t, err)
				assert.Equal(t, len(all), total, "%s: total at %d", name, offset)
				paged = append(paged, page...)
			}
			assert.Equal(t, all, paged, "%s: in pages of %d", name, size)
		}
	}
}
