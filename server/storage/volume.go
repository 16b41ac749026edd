package storage

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	"github.com/baiui/baiui/server/turns"
)

// Names inside a volume that are no folder's.
const (
	trashName  = ".trash"
	secretName = ".secret"
	dataName   = "data"
	uploadName = "uploads"
)

// What is made gets these modes. Everything on disk belongs to the server's
// user: whoever mounts a folder in a session makes it look as the session's own.
// The volume's directory keeps everybody else out.
const (
	dirMode  = 0o755
	fileMode = 0o644
)

// Defaults of [Options].
const (
	// DefaultMaxUpload is the storage proxy's limit for one file, in bytes.
	DefaultMaxUpload = 100 << 30
	// DefaultUploadLife is how long an upload may take, as with the storage proxy.
	DefaultUploadLife = 24 * time.Hour
	// DefaultDownloadLife is how long a download may be begun or resumed.
	DefaultDownloadLife = time.Hour
)

// maxArchives is how many archives of one bearer are made at a time.
const maxArchives = 2

// Options say where a volume is and what it keeps to.
type Options struct {
	Dir  string // made (mode 0700) if it is not there
	Name string // on the wire; empty: "volume1"
	// Quota says what a folder may hold; nil: as much as the disk.
	Quota func(ctx context.Context, id FolderID) (Quota, error)
	// Entitled says, each time a token is used, whether its bearer still has the
	// right to read the folder or to write to it: nil, [ErrNotEntitled], or an error
	// that nobody is to blame for. Without it a token is all the right there is.
	Entitled     func(ctx context.Context, bearer string, id FolderID, write bool) error
	MaxUpload    int64         // bytes; 0: DefaultMaxUpload
	UploadLife   time.Duration // 0: DefaultUploadLife
	DownloadLife time.Duration // 0: DefaultDownloadLife
	Now          func() time.Time
	Log          *slog.Logger // nil: nothing is logged
}

// Volume is an open volume. Its methods may be called from several goroutines.
type Volume struct {
	Options
	root     *os.Root
	trash    *os.Root
	secret   []byte
	ledger   ledger
	gauge    gauge
	upload   uploads
	walks    chan struct{} // slots for walks through whole folders
	archives *turns.Turns  // of each bearer
	litter   chan struct{} // one entry when there is something in the trash
	// out is what uploads are written through: tests break it.
	out func(io.Writer) io.Writer
}

// Open opens the volume, and makes it if need be.
func Open(o Options) (*Volume, error) {
	if o.Name == "" {
		o.Name = "volume1"
	}
	if o.MaxUpload == 0 {
		o.MaxUpload = DefaultMaxUpload
	}
	if o.UploadLife == 0 {
		o.UploadLife = DefaultUploadLife
	}
	if o.DownloadLife == 0 {
		o.DownloadLife = DefaultDownloadLife
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, wrap("open", o.Dir, err)
	}
	o.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, wrap("open", dir, err)
	}
	v := &Volume{Options: o, walks: make(chan struct{}, 4), archives: turns.New(maxArchives), litter: make(chan struct{}, 1),
		out: func(w io.Writer) io.Writer { return w }}
	if v.root, err = os.OpenRoot(dir); err != nil {
		return nil, wrap("open", dir, err)
	}
	if v.secret, err = secretOf(v.root); err == nil {
		if err = v.root.Mkdir(trashName, 0o700); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	if err == nil {
		v.trash, err = v.root.OpenRoot(trashName)
	}
	if err != nil {
		return nil, errors.Join(wrap("open", dir, err), v.root.Close())
	}
	v.littered() // by an earlier run, perhaps
	return v, nil
}

// secretOf reads the volume's secret, or makes one.
func secretOf(root *os.Root) ([]byte, error) {
	secret, err := root.ReadFile(secretName)
	if err == nil && len(secret) >= 32 {
		return secret, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	secret = make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	if err := root.WriteFile(secretName, secret, 0o600); err != nil {
		return nil, err
	}
	return secret, nil
}

// Close lets go of the volume's directory. No other method may be running.
func (v *Volume) Close() error {
	v.gauge.close()
	return errors.Join(v.trash.Close(), v.root.Close())
}

// sweepEvery is how often abandoned uploads are looked for.
const sweepEvery = time.Hour

// Run removes what was deleted and uploads that nobody may continue, until ctx
// ends. A removal that is interrupted goes on at the next start.
func (v *Volume) Run(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-v.litter:
			if err := v.EmptyTrash(ctx); err != nil && ctx.Err() == nil {
				v.Log.Warn("deleting files failed; it is tried again in an hour", "error", err)
			}
		case <-ticker.C:
			if err := v.SweepUploads(ctx); err != nil && ctx.Err() == nil {
				v.Log.Warn("looking for abandoned uploads failed", "error", err)
			}
			v.littered()
		}
	}
}

// Create makes an empty folder. Making it twice changes nothing.
func (v *Volume) Create(id FolderID) error {
	at := id.place()
	for _, name := range []string{dataName, uploadName} {
		if err := v.root.MkdirAll(path.Join(at, name), dirMode); err != nil {
			return wrap("create folder", id.String(), err)
		}
	}
	// Each new entry must survive a power cut: the folder's, and its parents'.
	for dir := at; ; dir = path.Dir(dir) {
		if err := syncDir(v.root, dir); err != nil {
			return wrap("create folder", id.String(), err)
		}
		if dir == "." {
			return nil
		}
	}
}

// Delete removes a folder. The name is free at once and for good; the bytes
// follow while [Volume.Run] runs. Deleting a folder that is not there changes
// nothing.
func (v *Volume) Delete(id FolderID) error {
	parent, err := v.root.OpenRoot(path.Dir(id.place()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return wrap("delete folder", id.String(), err)
	}
	defer func() { _ = parent.Close() }()
	err = v.discard(parent, path.Base(id.place()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	v.ledger.forget(id)
	v.gauge.changed(id)
	return wrap("delete folder", id.String(), errors.Join(err, syncDir(parent, ".")))
}

// Path is where on this machine the folder's files are: what a session mounts.
// Below it everything belongs to the sessions, so that a path further down must
// be resolved without following links; see [Volume.CheckSubpath].
func (v *Volume) Path(id FolderID) string {
	return filepath.Join(v.Dir, filepath.FromSlash(id.place()), dataName)
}

// folder is an open folder.
type folder struct {
	data    *os.Root
	uploads *os.Root
}

func (f *folder) close() { _ = errors.Join(f.data.Close(), f.uploads.Close()) }

func (v *Volume) open(op string, id FolderID) (*folder, error) {
	at, err := v.root.OpenRoot(id.place())
	if err != nil {
		return nil, wrap(op, id.String(), err)
	}
	defer func() { _ = at.Close() }()
	f := &folder{}
	if f.data, err = at.OpenRoot(dataName); err != nil {
		return nil, wrap(op, id.String(), err)
	}
	if f.uploads, err = at.OpenRoot(uploadName); err != nil {
		return nil, errors.Join(wrap(op, id.String(), err), f.data.Close())
	}
	return f, nil
}

// syncDir makes the entries of a directory durable.
func syncDir(root *os.Root, name string) error {
	dir, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(ignoreUnsupported(dir.Sync()), dir.Close())
}

// ignoreUnsupported: some file systems cannot sync directories.
func ignoreUnsupported(err error) error {
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		return nil
	}
	return err
}

// parentOf opens the directory that a path's last name is in.
func parentOf(data *os.Root, clean string) (*os.Root, string, error) {
	dir, err := data.OpenRoot(path.Dir(clean))
	return dir, path.Base(clean), err
}

// guard lets few walks run at once: they read whole directories.
func (v *Volume) guard(ctx context.Context) (release func(), err error) {
	select {
	case v.walks <- struct{}{}:
		return sync.OnceFunc(func() { <-v.walks }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
