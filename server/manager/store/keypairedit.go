package store

import (
	"context"
	"database/sql"
)

// AddKeyPair adds a key pair to the user of an e-mail address. The key pair
// comes back with what it takes from the user.
func (s *Store) AddKeyPair(ctx context.Context, email string, k KeyPair, sshPrivateKey string) (KeyPair, error) {
	err := s.tx(ctx, "add key pair", func(tx *sql.Tx) error {
		u, err := scanUser(tx.QueryRowContext(ctx, userByEmail, email))
		if err != nil {
			return err
		}
		k.UserID, k.Email, k.FullName, k.DomainName = u.ID, u.Email, u.FullName, u.DomainName
		return insertKeyPair(ctx, tx, k, sshPrivateKey)
	})
	return k, err
}

// ChangeKeyPair changes the key pair of an access key. [ErrLastSuperadmin]
// refuses to close the last key of the last superadmin.
func (s *Store) ChangeKeyPair(ctx context.Context, accessKey string, edit func(*KeyPair) error) (KeyPair, error) {
	t := table[KeyPair]{"keypairs", "SELECT " + keyPairColumns + " FROM " + keyPairFrom + " WHERE k.access_key = ?",
		"access_key = ?", scanKeyPair, keyPairCells}
	var revoked Revocation
	pair, err := change(ctx, s, "change key pair", t, accessKey, edit, func(tx *sql.Tx, before, after KeyPair) error {
		if before.IsActive && !after.IsActive {
			revoked.AccessKeys = []string{accessKey}
		}
		return keepSuperadmin(ctx, tx)
	})
	if err == nil {
		s.revoke(ctx, revoked)
	}
	return pair, err
}

// DeleteKeyPair removes a key pair. [ErrMainKey] and [ErrInUse] refuse it.
func (s *Store) DeleteKeyPair(ctx context.Context, accessKey string) error {
	return s.closing(ctx, "delete key pair", "access_key = ?", accessKey, func(tx *sql.Tx) error {
		for _, check := range []struct {
			text string
			why  error
		}{
			{"SELECT 1 FROM users WHERE main_access_key = ?", ErrMainKey},
			{"SELECT 1 FROM sessions WHERE dead = 0 AND access_key = ?", ErrInUse},
		} {
			found, err := exists(ctx, tx, check.text, accessKey)
			if err != nil {
				return err
			}
			if found {
				return check.why
			}
		}
		err := run(ctx, tx, []any{accessKey},
			"DELETE FROM scaling_group_access WHERE kind = 'keypair' AND target = ?",
			"DELETE FROM dotfiles WHERE scope = 'keypair' AND owner = ?")
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, "DELETE FROM keypairs WHERE access_key = ?", accessKey); err != nil {
			return err
		}
		return keepSuperadmin(ctx, tx)
	})
}

// SSHKeys are the keys that sessions of a key pair take part in SSH with; empty
// until the first are made.
type SSHKeys struct {
	Public  string // a line of authorized_keys
	Private string // PEM
}

// SSHKeys gives the SSH keys of a key pair.
func (s *Store) SSHKeys(ctx context.Context, accessKey string) (SSHKeys, error) {
	return one(ctx, s.read, "find SSH keys", "SELECT ssh_public_key, ssh_private_key FROM keypairs WHERE access_key = ?",
		[]any{accessKey}, func(r scanner) (k SSHKeys, err error) {
			return k, r.Scan(textColumn{&k.Public}, textColumn{&k.Private})
		})
}

// SetSSHKeys replaces the SSH keys of a key pair.
func (s *Store) SetSSHKeys(ctx context.Context, accessKey string, k SSHKeys) error {
	return s.tx(ctx, "set SSH keys", func(tx *sql.Tx) error {
		return touch(ctx, tx, "UPDATE keypairs SET ssh_public_key = ?, ssh_private_key = ? WHERE access_key = ?",
			orNull(k.Public), orNull(k.Private), accessKey)
	})
}

// KeepSSHKeys gives a key pair these SSH keys if it has none, and returns those
// it has then.
func (s *Store) KeepSSHKeys(ctx context.Context, accessKey string, k SSHKeys) (SSHKeys, error) {
	err := s.tx(ctx, "keep SSH keys", func(tx *sql.Tx) error {
		return touch(ctx, tx, `UPDATE keypairs SET
			ssh_private_key = iif(coalesce(ssh_public_key, '') = '', ?, ssh_private_key),
			ssh_public_key = iif(coalesce(ssh_public_key, '') = '', ?, ssh_public_key) WHERE access_key = ?`,
			k.Private, k.Public, accessKey)
	})
	if err != nil {
		return SSHKeys{}, err
	}
	return s.SSHKeys(ctx, accessKey)
}

// BootstrapScript gives what runs first in each session of a key pair.
func (s *Store) BootstrapScript(ctx context.Context, accessKey string) (string, error) {
	return one(ctx, s.read, "find bootstrap script", "SELECT bootstrap_script FROM keypairs WHERE access_key = ?",
		[]any{accessKey}, func(r scanner) (script string, err error) { return script, r.Scan(&script) })
}

// SetBootstrapScript replaces it; empty: nothing runs.
func (s *Store) SetBootstrapScript(ctx context.Context, accessKey, script string) error {
	return s.tx(ctx, "set bootstrap script", func(tx *sql.Tx) error {
		return touch(ctx, tx, "UPDATE keypairs SET bootstrap_script = ? WHERE access_key = ?", script, accessKey)
	})
}
