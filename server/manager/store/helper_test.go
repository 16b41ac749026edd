package store

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// epoch is when the tests' world begins.
func epoch() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC) }

// open gives an empty store in a folder of its own.
func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "data", "state.db"), LoseOnPowerCut())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// planted gives a store with one domain, one project and three users.
func planted(t testing.TB) *Store {
	t.Helper()
	s := open(t)
	require.NoError(t, s.Plant(t.Context(), testSeed()))
	return s
}

func testSeed() Seed {
	at := epoch()
	seed := Seed{
		Domain: Domain{Name: "default", IsActive: true, CreatedAt: at, ModifiedAt: at, TotalResourceSlots: "{}",
			AllowedVFolderHosts: "{}", AllowedDockerRegistries: []string{"local"}},
		KeyPairPolicy: KeyPairPolicy{Name: "default", CreatedAt: at, DefaultForUnspecified: "UNLIMITED",
			TotalResourceSlots: "{}", MaxConcurrentSessions: 5, MaxContainersPerSession: 8, AllowedVFolderHosts: "{}"},
		UserPolicy:    UserPolicy{Name: "default", CreatedAt: at, MaxQuotaScopeSize: -1},
		ProjectPolicy: ProjectPolicy{Name: "default", CreatedAt: at, MaxQuotaScopeSize: -1},
		Project: Project{ID: "p-1", Name: "default", IsActive: true, CreatedAt: at, ModifiedAt: at, DomainName: "default",
			TotalResourceSlots: "{}", AllowedVFolderHosts: "{}", ResourcePolicy: "default", Type: "GENERAL"},
		ScalingGroup: ScalingGroup{Name: "default", IsActive: true, IsPublic: true, CreatedAt: at, Driver: "static",
			DriverOpts: "{}", Scheduler: "fifo", SchedulerOpts: "{}"},
	}
	for i, role := range []model.Role{model.RoleSuperadmin, model.RoleAdmin, model.RoleUser} {
		u := User{ID: fmt.Sprintf("u-%d", i), Username: string(role), Email: string(role) + "@example.test",
			PasswordHash: "x", Status: UserActive, CreatedAt: at.Add(time.Duration(i) * time.Microsecond), ModifiedAt: at, DomainName: "default",
			Role: role, ResourcePolicy: "default", MainAccessKey: fmt.Sprintf("AK%d", i)}
		seed.Users = append(seed.Users, u)
		seed.KeyPairs = append(seed.KeyPairs, KeyPair{AccessKey: u.MainAccessKey, SecretKey: "s", UserID: u.ID, IsActive: true,
			IsAdmin: role.IsAdmin(), ResourcePolicy: "default", CreatedAt: at, RateLimit: 30000})
	}
	return seed
}

// testSession is a waiting session of user 2 with one kernel.
func testSession(n int) *Session {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	at := epoch().Add(time.Duration(n) * time.Second)
	return &Session{ID: id, Name: fmt.Sprintf("s-%06d", n), Type: model.TypeInteractive, Priority: 10,
		DomainName: "default", ProjectID: "p-1", UserID: "u-2", AccessKey: "AK2", ScalingGroup: "default",
		Image: "local/native/python:3.11", Registry: "local", Architecture: "x86_64", ClusterMode: "single-node",
		ClusterSize: 1, Status: model.StatusPending, StatusHistory: "{}", StatusChanged: at, Result: "UNDEFINED",
		CreatedAt: at, ResourceOpts: "{}", RequestedSlots: `{"cpu":"1","mem":"536870912"}`, OccupyingSlots: "{}",
		Environ: map[string]string{"A": "1"},
		Kernels: []Kernel{{ID: "k-" + id, SessionID: id, ClusterRole: "main", ClusterIdx: 1, ClusterHostname: "main1",
			Image: "local/native/python:3.11", Registry: "local", Architecture: "x86_64", Status: model.StatusPending,
			StatusHistory: "{}", CreatedAt: at, OccupiedSlots: `{"cpu":"1","mem":"536870912"}`,
			RequestedSlots: `{"cpu":"1","mem":"536870912"}`, ResourceOpts: `{"shmem":67108864}`}},
	}
}
