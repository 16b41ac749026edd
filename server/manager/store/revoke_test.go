package store

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChangesThatTakeSignInsAreTold(t *testing.T) {
	const email = "user@example.test"
	s := planted(t)
	_, err := s.AddKeyPair(t.Context(), email, KeyPair{AccessKey: "AK3", SecretKey: "s", IsActive: true, ResourcePolicy: "default", CreatedAt: epoch()}, "")
	require.NoError(t, err)
	var told []Revocation
	s.OnRevoke(func(ctx context.Context, r Revocation) {
		require.NoError(t, ctx.Err(), "also when nobody waits for the answer any more")
		told = append(told, r)
	})
	user := func(f func(*UserEdit)) error {
		_, err := s.ChangeUser(t.Context(), email, func(e *UserEdit) error { f(e); return nil })
		return err
	}
	key := func(active bool) error {
		_, err := s.ChangeKeyPair(t.Context(), "AK3", func(k *KeyPair) error { k.IsActive = active; return nil })
		return err
	}
	both := []string{"AK2", "AK3"}
	for _, step := range []struct {
		name   string
		change func() error
		want   []Revocation
	}{
		{"another name", func() error { return user(func(e *UserEdit) { e.FullName = "Other" }) }, nil},
		{"another password", func() error { return user(func(e *UserEdit) { e.PasswordHash = "y" }) }, []Revocation{{both, true}}},
		{"inactive", func() error { return user(func(e *UserEdit) { e.Status = "inactive" }) }, []Revocation{{both, false}}},
		{"active again", func() error { return user(func(e *UserEdit) { e.Status = UserActive }) }, nil},
		{"a key pair inactive", func() error { return key(false) }, []Revocation{{[]string{"AK3"}, false}}},
		{"a key pair active again", func() error { return key(true) }, nil},
		{"a main key pair not deleted", func() error { assert.Error(t, s.DeleteKeyPair(t.Context(), "AK2")); return nil }, nil},
		{"a key pair deleted", func() error { return s.DeleteKeyPair(t.Context(), "AK3") }, []Revocation{{[]string{"AK3"}, false}}},
		{"the last superadmin not deleted", func() error {
			assert.Error(t, s.DeactivateUser(t.Context(), "superadmin@example.test", "x"))
			return nil
		}, nil},
		{"deleted", func() error { return s.DeactivateUser(t.Context(), email, "x") }, []Revocation{{[]string{"AK2"}, false}}},
		{"purged", func() error { return s.PurgeUser(t.Context(), email) }, []Revocation{{[]string{"AK2"}, false}}},
	} {
		told = nil
		require.NoError(t, step.change(), step.name)
		assert.Equal(t, step.want, told, step.name)
	}
}
