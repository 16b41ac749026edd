package accounts

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Iterations is the work factor of new password hashes: PBKDF2 with
// HMAC-SHA256, as the original manager hashes since 24.09.
const Iterations = 600_000

// errHash is a stored hash that cannot be read.
var errHash = errors.New("accounts: unreadable password hash")

// Hasher hashes passwords, at most a few at a time: each takes a good part of a
// second of a core, and guesses must not starve everything else.
type Hasher struct {
	slots chan struct{}
	// Iterations is the work factor of hashes to come.
	Iterations int
}

// NewHasher allows that many hashes at a time.
func NewHasher(parallel int) *Hasher {
	return &Hasher{slots: make(chan struct{}, max(1, parallel)), Iterations: Iterations}
}

// Hash gives the text to store: "pbkdf2_sha256$<iterations>$<salt>$<key>".
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	key, err := h.key(ctx, password, salt, h.Iterations)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s", h.Iterations,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// Verify reports whether a password is the hashed one, in a time that does not
// depend on where they differ.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 4 || parts[0] != "pbkdf2_sha256" {
		return false, errHash
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 1 || n > 10*Iterations {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return false, errHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[3])
	if err != nil {
		return false, errHash
	}
	got, err := h.key(ctx, password, salt, n)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// Waste takes as long as Verify does, for users that do not exist: the time of
// an answer must not tell whether they do.
func (h *Hasher) Waste(ctx context.Context, password string) error {
	_, err := h.key(ctx, password, make([]byte, 16), h.Iterations)
	return err
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, n int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return pbkdf2.Key(sha256.New, password, salt, n, sha256.Size)
}
