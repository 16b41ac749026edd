package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/baiui/baiui/client/model"
)

// KeyPair is what a user signs requests with.
type KeyPair struct {
	AccessKey      string
	SecretKey      string
	UserID         string     // uuid of the owner
	Email          string     // of the owner; the wire's user_id
	FullName       string     // of the owner
	DomainName     string     // of the owner
	Role           model.Role // of the owner
	IsActive       bool
	IsAdmin        bool
	ResourcePolicy string
	CreatedAt      time.Time
	LastUsed       time.Time // zero: never
	RateLimit      int       // calls in 15 minutes
	NumQueries     int
	SSHPublicKey   string // empty: null
}

const keyPairColumns = `k.access_key, k.secret_key, k.user_id, u.email, u.full_name, u.domain_name, u.role, k.is_active,
	k.is_admin, k.resource_policy, k.created_at, k.last_used, k.rate_limit, k.num_queries, k.ssh_public_key`

const keyPairFrom = "keypairs k JOIN users u ON u.uuid = k.user_id"

func scanKeyPair(r scanner) (k KeyPair, err error) {
	err = r.Scan(&k.AccessKey, &k.SecretKey, &k.UserID, &k.Email, &k.FullName, &k.DomainName, &k.Role, &k.IsActive,
		&k.IsAdmin, &k.ResourcePolicy, timeColumn{&k.CreatedAt}, timeColumn{&k.LastUsed}, &k.RateLimit, &k.NumQueries,
		textColumn{&k.SSHPublicKey})
	return k, err
}

// KeyPairQuery selects key pairs. Aliases: k (keypairs), u (their users).
type KeyPairQuery struct {
	AccessKey  string
	UserID     string
	Email      string
	DomainName string
	IsActive   *bool
	Page
}

// KeyPairs lists key pairs, oldest first.
func (s *Store) KeyPairs(ctx context.Context, f KeyPairQuery) ([]KeyPair, int, error) {
	q := query{from: keyPairFrom, order: "k.created_at, k.access_key"}
	q.equal("k.access_key", f.AccessKey)
	q.equal("k.user_id", f.UserID)
	q.equal("u.email", f.Email)
	q.equal("u.domain_name", f.DomainName)
	q.flag("k.is_active", f.IsActive)
	return list(ctx, s, "list key pairs", q, keyPairColumns, f.Page, scanKeyPair)
}

// KeyPair finds a key pair by its access key.
func (s *Store) KeyPair(ctx context.Context, accessKey string) (KeyPair, error) {
	return one(ctx, s.read, "find key pair", "SELECT "+keyPairColumns+" FROM "+keyPairFrom+" WHERE k.access_key = ?",
		[]any{accessKey}, scanKeyPair)
}

// Identity is what one signed request is checked against.
type Identity struct {
	KeyPair KeyPair
	User    User
}

// Identify finds an active key pair and its user.
func (s *Store) Identify(ctx context.Context, accessKey string) (Identity, error) {
	text := "SELECT " + keyPairColumns + ", " + userColumns + " FROM " + keyPairFrom +
		" WHERE k.access_key = ? AND k.is_active"
	return one(ctx, s.read, "identify", text, []any{accessKey}, func(r scanner) (id Identity, err error) {
		k, u := &id.KeyPair, &id.User
		err = r.Scan(&k.AccessKey, &k.SecretKey, &k.UserID, &k.Email, &k.FullName, &k.DomainName, &k.Role, &k.IsActive,
			&k.IsAdmin, &k.ResourcePolicy, timeColumn{&k.CreatedAt}, timeColumn{&k.LastUsed}, &k.RateLimit, &k.NumQueries,
			textColumn{&k.SSHPublicKey},
			&u.ID, &u.Username, &u.Email, &u.PasswordHash, &u.NeedPasswordChange, &u.FullName,
			&u.Description, &u.Status, textColumn{&u.StatusInfo}, timeColumn{&u.CreatedAt}, timeColumn{&u.ModifiedAt},
			&u.DomainName, &u.Role, &u.ResourcePolicy, listColumn{&u.AllowedClientIP}, &u.SudoSessionEnabled,
			textColumn{&u.MainAccessKey})
		return id, err
	})
}

// Use is how often a key pair was used since the last report, and when last.
type Use struct {
	Count int
	Last  time.Time
}

// RecordUse adds to the counters of key pairs, by access key, and of sessions, by
// id.
func (s *Store) RecordUse(ctx context.Context, keys map[string]Use, sessions map[string]int) error {
	return s.tx(ctx, "record use", func(tx *sql.Tx) error {
		for key, use := range keys {
			_, err := tx.ExecContext(ctx, "UPDATE keypairs SET num_queries = num_queries + ?, last_used = ? WHERE access_key = ?",
				use.Count, Micros(use.Last), key)
			if err != nil {
				return err
			}
		}
		for id, count := range sessions {
			if _, err := tx.ExecContext(ctx, "UPDATE sessions SET num_queries = num_queries + ? WHERE id = ?", count, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// keyPairCells are the columns but the SSH keys and the bootstrap script, which
// have methods of their own, and the counters, which only [Store.RecordUse]
// changes.
func keyPairCells(k KeyPair) cells {
	return cells{{"access_key", k.AccessKey}, {"secret_key", k.SecretKey}, {"user_id", k.UserID}, {"is_active", k.IsActive},
		{"is_admin", k.IsAdmin}, {"resource_policy", k.ResourcePolicy}, {"created_at", Micros(k.CreatedAt)}, {"rate_limit", k.RateLimit}}
}

// insertKeyPair inserts a key pair with its SSH keys.
func insertKeyPair(ctx context.Context, tx *sql.Tx, k KeyPair, sshPrivateKey string) error {
	return append(keyPairCells(k), cell{"ssh_public_key", orNull(k.SSHPublicKey)}, cell{"ssh_private_key", orNull(sshPrivateKey)}).
		insert(ctx, tx, "keypairs")
}
