package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"slices"
)

// endedKey is the value of a stored sign-in that opens nothing any more and says
// why. It stays until it would have expired, for whoever comes with its token.
const endedKey = "ended"

// EndOf ends all sign-ins that hold one of these key pairs, but for the one whose
// public name is except: nothing is opened with them any more, and what streams for
// them is cut. code says why, to whoever comes with one of them: see
// [client.CodePasswordChanged].
func (s *Signins) EndOf(accessKeys []string, except, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	spared := ""
	s.live.Range(func(token, found any) bool {
		in := found.(*signin)
		switch {
		case !slices.Contains(accessKeys, in.account.AccessKey):
		case in.publicName() == except:
			spared = storedName(in.token)
		default:
			s.live.Delete(token)
			in.cancel()
		}
		return true
	})
	if err := s.store.endOf(accessKeys, spared, code); err != nil {
		s.log.Error("sign-ins that were ended cannot be removed", "error", err)
	}
}

// ended is why the sign-in that a request comes with was ended, "" where it was not
// ended for a reason.
func (s *Signins) ended(r *http.Request) string {
	for _, token := range tokensOf(r) {
		ctx, err := s.sessions.Load(context.Background(), token)
		if err != nil {
			continue // find has said so
		}
		if code := s.sessions.GetString(ctx, endedKey); code != "" {
			return code
		}
	}
	return ""
}

// storedName is the name that a token's record has: scs hashes it so.
func storedName(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// endOf marks the records of key pairs as ended and forgets what they opened, but
// for the one of the name spared. What cannot be marked is removed.
func (s *fileStore) endOf(accessKeys []string, spared, code string) error {
	entries, err := fs.ReadDir(s.dir.FS(), ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		data, found, findErr := s.Find(name)
		if findErr != nil || !found || name == spared {
			err = errors.Join(err, findErr)
			continue
		}
		deadline, values, decodeErr := jsonCodec{}.Decode(data)
		if key, _ := values["access_key"].(string); decodeErr != nil || !slices.Contains(accessKeys, key) {
			err = errors.Join(err, decodeErr)
			continue
		}
		mark, markErr := jsonCodec{}.Encode(deadline, map[string]any{endedKey: code})
		if markErr == nil {
			markErr = s.Commit(name, mark, deadline)
		}
		if markErr != nil {
			err = errors.Join(err, markErr, s.Delete(name))
		}
	}
	return err
}
