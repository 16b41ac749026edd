package gateway

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// keySize is that of AES-256.
const keySize = 32

// KeyFile reads the key that encrypts stored sign-ins, or makes it at the first
// start. A file that others can read is an error: the key pairs of everybody who
// is signed in would be open to them.
func KeyFile(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, keySize)
		rand.Read(key) // never fails
		text = base64.StdEncoding.AppendEncode(nil, key)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		_, err = file.Write(text)
		if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
			return nil, errors.Join(err, os.Remove(path)) // half a key would be refused at the next start
		}
		return key, nil
	}
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others; run: chmod 600 %s", path, path)
	}
	key, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s does not hold a key; remove it to make a new one, which ends every sign-in", path)
	}
	return key, nil
}

// fileStore keeps one encrypted file per sign-in. A file is replaced whole and
// synced before it takes its name, so that a crash leaves the old one or the new
// one. It implements scs.Store; its tokens are hashes already, so a reader of
// the folder learns none that a cookie could hold.
type fileStore struct {
	dir  *os.Root
	lock *os.File
	aead cipher.AEAD
}

// ErrInUse says that another process uses the folder of sign-ins: what ends in
// one would go on in the memory of the other.
var ErrInUse = errors.New("another process uses the sign-ins")

// lockFile is held for as long as the folder beside it is open.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockWhole(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

func openFileStore(dir string, key []byte) (*fileStore, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(dir + ".lock")
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &fileStore{dir: root, lock: lock, aead: aead}, nil
}

func (s *fileStore) close() error { return errors.Join(s.dir.Close(), s.lock.Close()) }

// seal encrypts data with its expiry. The name of the record is authenticated
// with it, so that files cannot be exchanged for one another.
func (s *fileStore) seal(name string, data []byte, expiry time.Time) []byte {
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(data)), uint64(expiry.UnixMilli()))
	plain = append(plain, data...)
	return s.aead.Seal(nil, nil, plain, []byte(name))
}

var errDamaged = errors.New("the record is damaged or was written with another key")

func (s *fileStore) open(name string, sealed []byte) (data []byte, expiry time.Time, err error) {
	plain, err := s.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil || len(plain) < 8 {
		return nil, time.Time{}, errDamaged
	}
	return plain[8:], time.UnixMilli(int64(binary.BigEndian.Uint64(plain))), nil
}

// Find implements scs.Store. A record that cannot be opened is not found: it
// opens for nobody, and the person signs in again.
func (s *fileStore) Find(token string) ([]byte, bool, error) {
	sealed, err := s.dir.ReadFile(token)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, expiry, err := s.open(token, sealed)
	if err != nil || !time.Now().Before(expiry) {
		return nil, false, s.Delete(token)
	}
	return data, true, nil
}

// Commit implements scs.Store.
func (s *fileStore) Commit(token string, data []byte, expiry time.Time) error {
	temporary := token + ".new"
	file, err := s.dir.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(s.seal(token, data, expiry))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, s.dir.Remove(temporary))
	}
	return s.dir.Rename(temporary, token)
}

// Delete implements scs.Store.
func (s *fileStore) Delete(token string) error {
	if err := s.dir.Remove(token); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweep removes the records that have expired, and what a crash left behind.
func (s *fileStore) sweep() error {
	entries, err := fs.ReadDir(s.dir.FS(), ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if _, _, findErr := s.Find(entry.Name()); findErr != nil {
			err = errors.Join(err, findErr)
		}
	}
	return err
}

// jsonCodec implements scs.Codec; the values of a sign-in are texts.
type jsonCodec struct{}

type record struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(record{deadline, values})
}

func (jsonCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return time.Time{}, nil, err
	}
	if r.Values == nil {
		r.Values = map[string]any{}
	}
	return r.Deadline, r.Values, nil
}
