package accounts

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// quick is a hasher that does not take a good part of a second.
func quick() *Hasher {
	h := NewHasher(2)
	h.Iterations = 10
	return h
}

func TestOnlyTheRightPasswordVerifies(t *testing.T) {
	h := quick()
	hash, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	other, err := h.Hash(t.Context(), "correct horse")
	require.NoError(t, err)
	assert.NotEqual(t, hash, other, "each has a salt of its own")
	for name, test := range map[string]struct {
		password, hash string
		ok, broken     bool
	}{
		"the right one":              {"correct horse", hash, true, false},
		"a wrong one":                {"correct horsf", hash, false, false},
		"none":                       {"", hash, false, false},
		"no hash":                    {"a", "", false, true},
		"another scheme":             {"a", "bcrypt$1$AA$AA", false, true},
		"a salt that is not base64":  {"a", "pbkdf2_sha256$1$?$AA", false, true},
		"a key that is not base64":   {"a", "pbkdf2_sha256$1$AA$?", false, true},
		"a work factor without end":  {"a", "pbkdf2_sha256$999999999$AA$AA", false, true},
		"a work factor that is none": {"a", "pbkdf2_sha256$x$AA$AA", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			ok, err := h.Verify(t.Context(), test.password, test.hash)
			assert.Equal(t, test.broken, err != nil)
			assert.Equal(t, test.ok, ok)
		})
	}
}

func TestWaitingForAHashEndsWithTheRequest(t *testing.T) {
	h := NewHasher(1)
	h.slots <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, h.Waste(ctx, "a"), context.Canceled)
}

func TestKeysLookLikeTheManagers(t *testing.T) {
	assert.Regexp(t, regexp.MustCompile(`^AKIA[A-Z2-7]{16}$`), NewAccessKey())
	assert.Regexp(t, regexp.MustCompile(`^[A-Za-z0-9_-]{40}$`), NewSecretKey())
	assert.Regexp(t, regexp.MustCompile(`^([a-z2-7]{5}-){3}[a-z2-7]{5}$`), newPassword())
}

func TestBootstrapMakesThreeAccountsOnce(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	h := quick()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	_, err = Bootstrap(t.Context(), s, h, now, func([]Account) error { return errors.New("disk full") })
	require.Error(t, err, "accounts that cannot be kept are not made")
	var kept []Account
	accounts, err := Bootstrap(t.Context(), s, h, now, func(a []Account) error { kept = a; return nil })
	require.NoError(t, err)
	assert.Equal(t, accounts, kept)
	require.Len(t, accounts, 3)
	for i, role := range []model.Role{model.RoleSuperadmin, model.RoleAdmin, model.RoleUser} {
		a := accounts[i]
		assert.Equal(t, role, a.Role)
		id, err := s.Identify(t.Context(), a.AccessKey)
		require.NoError(t, err)
		assert.Equal(t, a.Email, id.User.Email)
		assert.Equal(t, a.SecretKey, id.KeyPair.SecretKey)
		assert.Equal(t, role.IsAdmin(), id.KeyPair.IsAdmin)
		ok, err := h.Verify(t.Context(), a.Password, id.User.PasswordHash)
		require.NoError(t, err)
		assert.True(t, ok)
	}
	again, err := Bootstrap(t.Context(), s, h, now, nil)
	require.NoError(t, err)
	assert.Nil(t, again)
}

func BenchmarkHash(b *testing.B) {
	h := NewHasher(1)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "password"); err != nil {
			b.Fatal(err)
		}
	}
}
