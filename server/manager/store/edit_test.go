package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// newcomer is a user of the default domain who joins a project.
func newcomer() NewUser {
	return NewUser{User: User{ID: "u-new", Username: "new", Email: "new@example.test", PasswordHash: "x", Status: UserActive,
		CreatedAt: epoch(), ModifiedAt: epoch(), DomainName: "default", Role: model.RoleUser, ResourcePolicy: "default"},
		KeyPair: KeyPair{AccessKey: "AKNEW", SecretKey: "s", IsActive: true, ResourcePolicy: "default", CreatedAt: epoch(),
			RateLimit: 10000, SSHPublicKey: "ssh-rsa A"},
		SSHPrivateKey: "PEM", Projects: []string{"p-1", "p-far"}}
}

// widened adds a second domain with a project to the planted one.
func widened(t *testing.T) *Store {
	s := planted(t)
	require.NoError(t, s.AddDomain(t.Context(), Domain{Name: "far", IsActive: true, CreatedAt: epoch(), ModifiedAt: epoch()}))
	require.NoError(t, s.AddProject(t.Context(), Project{ID: "p-far", Name: "far", CreatedAt: epoch(), ModifiedAt: epoch(),
		DomainName: "far", ResourcePolicy: "default", Type: "GENERAL"}))
	return s
}

func memberships(t *testing.T, s *Store, user string) []string {
	t.Helper()
	ids := []string{}
	projects, _, err := s.Projects(t.Context(), ProjectQuery{MemberID: user})
	require.NoError(t, err)
	for _, p := range projects {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestANewUserHasAKeyPairAndProjectsOfTheDomain(t *testing.T) {
	s := widened(t)
	require.NoError(t, s.AddUser(t.Context(), newcomer()))
	id, err := s.Identify(t.Context(), "AKNEW")
	require.NoError(t, err)
	assert.Equal(t, "AKNEW", id.User.MainAccessKey)
	assert.Equal(t, []string{"p-1"}, memberships(t, s, "u-new"))
	keys, err := s.SSHKeys(t.Context(), "AKNEW")
	require.NoError(t, err)
	assert.Equal(t, SSHKeys{"ssh-rsa A", "PEM"}, keys)

	again := newcomer()
	again.User.ID, again.KeyPair.AccessKey = "u-other", "AKOTHER"
	err = s.AddUser(t.Context(), again)
	assert.Equal(t, KindConflict, KindOf(err))
	_, err = s.KeyPair(t.Context(), "AKOTHER")
	assert.True(t, IsNotFound(err), "nothing of it stays")
}

func TestChangingAUserTakesAlongWhatHangsOnIt(t *testing.T) {
	s := widened(t)
	require.NoError(t, s.AddUser(t.Context(), newcomer()))
	edit := func(f func(*UserEdit)) error {
		_, err := s.ChangeUser(t.Context(), "new@example.test", func(e *UserEdit) error { f(e); return nil })
		return err
	}
	require.NoError(t, edit(func(e *UserEdit) { e.Role = model.RoleAdmin }))
	pair, err := s.KeyPair(t.Context(), "AKNEW")
	require.NoError(t, err)
	assert.True(t, pair.IsAdmin)
	require.NoError(t, edit(func(e *UserEdit) { e.Role = model.RoleUser }))
	pair, err = s.KeyPair(t.Context(), "AKNEW")
	require.NoError(t, err)
	assert.False(t, pair.IsAdmin)

	require.NoError(t, edit(func(e *UserEdit) { e.DomainName = "far" }))
	assert.Empty(t, memberships(t, s, "u-new"), "the projects of the old domain are left")
	require.NoError(t, edit(func(e *UserEdit) { e.Projects = &[]string{"p-far", "p-1"} }))
	assert.Equal(t, []string{"p-far"}, memberships(t, s, "u-new"))

	require.ErrorIs(t, edit(func(e *UserEdit) { e.MainAccessKey = "AK0" }), ErrForeignKey)
	assert.Equal(t, KindConflict, KindOf(edit(func(e *UserEdit) { e.ResourcePolicy = "none" })))
	assert.Equal(t, KindConflict, KindOf(edit(func(e *UserEdit) { e.Email = "user@example.test" })))
}

func TestTheLastSuperadminStays(t *testing.T) {
	s := planted(t)
	const email = "superadmin@example.test"
	for name, attempt := range map[string]func() error{
		"as a user": func() error {
			_, err := s.ChangeUser(t.Context(), email, func(e *UserEdit) error { e.Role = model.RoleUser; return nil })
			return err
		},
		"inactive": func() error {
			_, err := s.ChangeUser(t.Context(), email, func(e *UserEdit) error { e.Status = "inactive"; return nil })
			return err
		},
		"deleted": func() error { return s.DeactivateUser(t.Context(), email, "x") },
		"purged":  func() error { return s.PurgeUser(t.Context(), email) },
		"without a key": func() error {
			_, err := s.ChangeKeyPair(t.Context(), "AK0", func(k *KeyPair) error { k.IsActive = false; return nil })
			return err
		},
	} {
		require.ErrorIs(t, attempt(), ErrLastSuperadmin, name)
		id, err := s.Identify(t.Context(), "AK0")
		require.NoError(t, err, name)
		assert.Equal(t, model.RoleSuperadmin, id.User.Role, name)
	}
}

func TestDeletingAUserKeepsTheRowAndPurgingDoesNot(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	require.NoError(t, s.DeactivateUser(t.Context(), "user@example.test", "admin-requested"))
	user, err := s.UserByEmail(t.Context(), "user@example.test")
	require.NoError(t, err)
	assert.Equal(t, "deleted", user.Status)
	_, err = s.Identify(t.Context(), "AK2")
	assert.True(t, IsNotFound(err), "the key pair is closed")

	require.ErrorIs(t, s.PurgeUser(t.Context(), "user@example.test"), ErrInUse)
	_, err = s.write.ExecContext(t.Context(), "UPDATE sessions SET status = 'TERMINATED'")
	require.NoError(t, err)
	require.NoError(t, s.PutLog(t.Context(), testSession(1).Kernels[0].ID, []byte("x"), false))
	require.NoError(t, s.PurgeUser(t.Context(), "user@example.test"))
	_, err = s.Session(t.Context(), testSession(1).ID)
	assert.True(t, IsNotFound(err))
	assert.True(t, IsNotFound(s.PurgeUser(t.Context(), "user@example.test")))
}

func TestARenamedDomainKeepsWhatBelongsToIt(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	_, err := s.ChangeDomain(t.Context(), "default", func(d *Domain) error { d.Name = "renamed"; return nil })
	require.NoError(t, err)
	for _, query := range []string{"users", "projects", "sessions"} {
		var n int
		require.NoError(t, s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM "+query+" WHERE domain_name <> 'renamed'").Scan(&n))
		assert.Zero(t, n, query)
	}
	open, err := s.ScalingGroupsOpenTo(t.Context(), AccessDomain, []string{"renamed"})
	require.NoError(t, err)
	assert.Equal(t, []string{"default"}, open["renamed"])
	require.ErrorIs(t, s.PurgeDomain(t.Context(), "renamed"), ErrNotEmpty)
}

func TestProjectsTakeMembersOfTheirDomainAlone(t *testing.T) {
	s := widened(t)
	join := func(user string) error {
		_, err := s.ChangeProject(t.Context(), "p-far", func(e *ProjectEdit) error { e.Join = []string{user}; return nil })
		return err
	}
	require.ErrorIs(t, join("u-2"), ErrStranger)
	require.ErrorIs(t, join("nobody"), ErrStranger)
	_, err := s.ChangeProject(t.Context(), "p-1", func(e *ProjectEdit) error { e.Leave = []string{"u-2"}; return nil })
	require.NoError(t, err)
	assert.Empty(t, memberships(t, s, "u-2"))
	require.NoError(t, s.PurgeProject(t.Context(), "p-far"))
	require.NoError(t, s.PurgeDomain(t.Context(), "far"))
	assert.True(t, IsNotFound(s.PurgeDomain(t.Context(), "far")))
}

func TestResourceGroupsAreOpenedOnceAndClosed(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddScalingGroup(t.Context(), ScalingGroup{Name: "gpu", CreatedAt: epoch(), Driver: "static", Scheduler: "fifo"}))
	require.NoError(t, s.OpenScalingGroups(t.Context(), AccessProject, "p-1", []string{"gpu"}))
	for name, groups := range map[string][]string{"twice": {"gpu"}, "not there": {"none"}, "one of them not there": {"default", "none"}} {
		assert.Equal(t, KindConflict, KindOf(s.OpenScalingGroups(t.Context(), AccessProject, "p-1", groups)), name)
	}
	assert.Equal(t, KindConflict, KindOf(s.OpenScalingGroups(t.Context(), AccessKeyPair, "AKX", []string{"gpu"})))
	require.NoError(t, s.CloseScalingGroups(t.Context(), AccessProject, "p-1", []string{"gpu"}))
	assert.True(t, IsNotFound(s.CloseScalingGroups(t.Context(), AccessProject, "p-1", nil)))
	require.NoError(t, s.DeleteScalingGroup(t.Context(), "gpu"))

	require.NoError(t, s.PutAgent(t.Context(), Agent{ID: "i-1", Status: AgentAlive, ScalingGroup: "default", Schedulable: true, Architecture: "x86_64", FirstContact: epoch()}))
	assert.Equal(t, KindConflict, KindOf(s.DeleteScalingGroup(t.Context(), "default")), "it has an agent")
	require.NoError(t, s.AddScalingGroup(t.Context(), ScalingGroup{Name: "gpu", CreatedAt: epoch(), Driver: "static", Scheduler: "fifo"}))
	require.NoError(t, s.ChangeAgent(t.Context(), "i-1", func(e *AgentEdit) error { *e = AgentEdit{false, "gpu"}; return nil }))
	require.NoError(t, s.PutAgent(t.Context(), Agent{ID: "i-1", Status: AgentAlive, ScalingGroup: "default", Schedulable: true, Architecture: "x86_64", FirstContact: epoch()}))
	agents, _, err := s.Agents(t.Context(), AgentQuery{})
	require.NoError(t, err)
	assert.Equal(t, "gpu", agents[0].ScalingGroup, "what administrators decide outlives a restart")
	assert.False(t, agents[0].Schedulable)
}

func TestAMachineOfAnotherNameTakesTheOldOnesPlace(t *testing.T) {
	s := planted(t)
	put := func(id string, at time.Time) {
		require.NoError(t, s.PutAgent(t.Context(), Agent{ID: id, Addr: "local://" + id, Status: AgentAlive, StatusChanged: at, ScalingGroup: "default", Schedulable: true,
			AvailableSlots: model.ResourceSlots{"cpu": "4"}, Architecture: "x86_64", FirstContact: at}))
	}
	put("i-old", epoch())
	require.NoError(t, s.ChangeAgent(t.Context(), "i-old", func(e *AgentEdit) error { e.Schedulable = false; return nil }))
	runs, waits, over := testSession(1), testSession(2), testSession(3)
	runs.Status, runs.Kernels[0].Status, runs.Kernels[0].Agent = model.StatusRunning, model.StatusRunning, "i-old"
	over.Status, over.Kernels[0].Status, over.Kernels[0].Agent = model.StatusTerminated, model.StatusTerminated, "i-old"
	for _, session := range []*Session{runs, waits, over} {
		require.NoError(t, s.AddSession(t.Context(), session))
	}

	later := epoch().Add(time.Hour)
	put("i-new", later)
	agents, _, err := s.Agents(t.Context(), AgentQuery{})
	require.NoError(t, err)
	require.Len(t, agents, 2)
	assert.Equal(t, AgentAlive, agents[0].Status)
	assert.False(t, agents[0].Schedulable, "what administrators decided of the machine")
	assert.Equal(t, 1, agents[0].ContainerCount, "what runs is held here")
	assert.Equal(t, "LOST", agents[1].Status)
	assert.Equal(t, later, agents[1].LostAt)
	assert.Zero(t, agents[1].ContainerCount)
	for session, agent := range map[*Session]string{runs: "i-new", waits: "", over: "i-old"} {
		got, err := s.Session(t.Context(), session.ID)
		require.NoError(t, err)
		assert.Equal(t, agent, got.Kernels[0].Agent, got.Name)
	}
}

func TestPoliciesThatBindSomebodyStay(t *testing.T) {
	s := planted(t)
	for _, kind := range []PolicyKind{PolicyOfKeyPairs, PolicyOfUsers, PolicyOfProjects} {
		assert.Equal(t, KindConflict, KindOf(s.DeletePolicy(t.Context(), kind, "default")), kind)
		assert.True(t, IsNotFound(s.DeletePolicy(t.Context(), kind, "none")), kind)
	}
	require.NoError(t, s.AddUserPolicy(t.Context(), UserPolicy{Name: "small", CreatedAt: epoch()}))
	got, err := s.ChangeUserPolicy(t.Context(), "small", func(p *UserPolicy) error { p.MaxVFolderCount = 3; return nil })
	require.NoError(t, err)
	assert.Equal(t, UserPolicy{Name: "small", CreatedAt: epoch(), MaxVFolderCount: 3}, got)
	require.NoError(t, s.DeletePolicy(t.Context(), PolicyOfUsers, "small"))
}

func TestChangesOfImagesOutliveTheNextLook(t *testing.T) {
	s := planted(t)
	found := []Image{{ID: "i-1", Registry: "local", Name: "native/bash", Tag: "5", Architecture: "x86_64", IsLocal: true, Installed: true,
		CreatedAt: epoch(), Aliases: []string{"bash"}, Labels: map[string]string{"a": "1"}}}
	require.NoError(t, s.ReplaceImages(t.Context(), found))
	require.NoError(t, s.AddImageAlias(t.Context(), "i-1", "shell"))
	assert.Equal(t, KindConflict, KindOf(s.AddImageAlias(t.Context(), "i-1", "bash")))
	_, err := s.ChangeImage(t.Context(), "i-1", func(i *Image) error { i.Labels = map[string]string{"a": "2"}; return nil })
	require.NoError(t, err)
	require.NoError(t, s.ReplaceImages(t.Context(), found))
	image, err := s.ImageByReference(t.Context(), "shell", "x86_64")
	require.NoError(t, err)
	assert.Equal(t, []string{"bash", "shell"}, image.Aliases)
	assert.Equal(t, map[string]string{"a": "2"}, image.Labels)
	require.NoError(t, s.DeleteImageAlias(t.Context(), "shell"))
	require.NoError(t, s.ForgetImage(t.Context(), "i-1"))
	_, err = s.ImageByReference(t.Context(), "local/native/bash:5", "x86_64")
	assert.True(t, IsNotFound(err))
	assert.True(t, IsNotFound(s.ForgetImage(t.Context(), "none")))
}

func TestSettingsAreReadAndDeletedByPrefix(t *testing.T) {
	s := open(t)
	require.NoError(t, s.SetSettings(t.Context(), map[string]string{"a/b": "1", "a/b/c": "2", "a/bc": "3"}))
	got, err := s.Settings(t.Context(), "a/b")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a/b": "1", "a/b/c": "2", "a/bc": "3"}, got)
	require.NoError(t, s.DeleteSettings(t.Context(), "a/b", true))
	got, err = s.Settings(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a/bc": "3"}, got)
	value, ok, err := s.Setting(t.Context(), "a/bc")
	require.NoError(t, err)
	assert.Equal(t, "3", value)
	assert.True(t, ok)
	_, ok, err = s.Setting(t.Context(), "a/b")
	require.NoError(t, err)
	assert.False(t, ok)
}
