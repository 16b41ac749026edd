package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"path"
	"strings"
	"time"
)

// format is the version of the archive's layout.
const format = 1

// Names of entries.
const (
	manifestName = "baiui-backup.json"
	sumName      = "baiui-backup.sum"
	databaseName = "manager.db"
)

// files and trees are what is kept of a data folder, besides the database.
func files() []string { return []string{"accounts.json", "signin.key"} }
func trees() []string { return []string{"folders", "layers"} }

// maxDocument bounds the two documents of an archive, in bytes.
const maxDocument = 64 << 10

// manifest says what an archive is; it is its first entry.
type manifest struct {
	Format int `json:"format"`
	// Schema is that of the database.
	Schema  int       `json:"schema"`
	Version string    `json:"version"` // of the program
	Created time.Time `json:"created"`
	// UID and GID are the server's user. What belongs to it belongs to whoever
	// restores it; other owners are those of the sessions, and stay.
	UID int `json:"uid"`
	GID int `json:"gid"`
}

// sum is the last entry.
type sum struct {
	Summary
	SHA256 string `json:"sha256"`
}

// Summary is how much an archive holds.
type Summary struct {
	Entries int64 `json:"entries"` // files, directories and links
	Bytes   int64 `json:"bytes"`   // of files
}

// Progress is told now and then how far the work is.
type Progress struct {
	Step string // "writing", "checking", "restoring"
	Summary
	// Total is how many bytes there will be; 0 while that is unknown.
	Total int64
}

// Options are what [Write] and [Restore] need besides their paths.
type Options struct {
	Version  string         // of this program, for people
	Progress func(Progress) // nil: nobody is told
	// Finish is called with a restored folder before it is put in its place; nil:
	// nothing is left to do.
	Finish func(ctx context.Context, dir string) error
}

// The errors of an archive, to test for with errors.Is.
var (
	// ErrNotBackup: the file is something else.
	ErrNotBackup = errors.New("it is not a backup that this program has written")
	// ErrDamaged: bytes are missing or different.
	ErrDamaged = errors.New("the backup is damaged")
	// ErrNewer: a newer version has written it.
	ErrNewer = errors.New("the backup was written by a newer version of this program")
	// ErrNoRoom: it does not fit on the disk.
	ErrNoRoom = errors.New("there is no room for it on the disk")
)

// digest adds up what is in an archive.
type digest struct {
	hash.Hash
	Summary
}

func newDigest() *digest { return &digest{Hash: sha256.New()} }

// header adds an entry without its content.
func (d *digest) header(h *tar.Header) {
	d.Entries++
	fmt.Fprintf(d.Hash, "%q %c %o %d %d %d %q %d\n", h.Name, h.Typeflag, h.Mode, h.Uid, h.Gid, h.Size, h.Linkname, h.ModTime.Unix())
}

// Write adds content.
func (d *digest) Write(p []byte) (int, error) {
	d.Bytes += int64(len(p))
	return d.Hash.Write(p)
}

func (d *digest) sum() sum { return sum{d.Summary, hex.EncodeToString(d.Hash.Sum(nil))} }

// checkHeader refuses what Write does not write: other names, types and numbers.
func checkHeader(h *tar.Header) error {
	name := strings.TrimSuffix(h.Name, "/")
	if !plain(name) {
		return fmt.Errorf("%w: the name %q leads elsewhere", ErrDamaged, clip(h.Name))
	}
	for record := range h.PAXRecords {
		if strings.HasPrefix(record, "GNU.sparse.") {
			return fmt.Errorf("%w: %q is a sparse entry", ErrDamaged, clip(name))
		}
	}
	top, _, below := strings.Cut(name, "/")
	inTree := false
	for _, tree := range trees() {
		inTree = inTree || top == tree
	}
	single := !below && h.Typeflag == tar.TypeReg && (name == databaseName || name == files()[0] || name == files()[1])
	switch {
	case h.Size < 0 || h.Mode < 0:
		return fmt.Errorf("%w: %q has impossible values", ErrDamaged, clip(name))
	case single:
		return nil
	case !inTree:
		return fmt.Errorf("%w: %q does not belong there", ErrDamaged, clip(name))
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return nil
	case tar.TypeReg, tar.TypeSymlink:
		if below {
			return nil
		}
	case tar.TypeLink:
		if below && plain(h.Linkname) && strings.HasPrefix(h.Linkname, top+"/") {
			return nil
		}
	}
	return fmt.Errorf("%w: %q is of a kind that is not kept (%q)", ErrDamaged, clip(name), h.Typeflag)
}

// plain reports whether a name leads through named directories alone. It may be of
// any bytes, as file systems have it.
func plain(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.ContainsRune(part, 0) {
			return false
		}
	}
	return true
}

// clip shortens a name for a message.
func clip(name string) string {
	const most = 200
	if len(name) > most {
		return path.Clean(name[:most]) + "…"
	}
	return name
}
