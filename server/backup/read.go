package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/baiui/baiui/server/manager/store"
)

// reader is one pass through an archive.
type reader struct {
	Options
	step   string
	total  int64
	digest *digest
	last   time.Time
}

// visit is called with each entry of a data folder and its content.
type visit func(m manifest, h *tar.Header, content io.Reader) error

// read goes through an archive from its first byte to its last, and checks both
// documents and the sum of all between them.
func (r *reader) read(ctx context.Context, file string, each visit) (m manifest, err error) {
	in, err := os.Open(file)
	if err != nil {
		return m, err
	}
	defer func() { _ = in.Close() }() // it was only read
	compressed, err := gzip.NewReader(&readUntil{ctx, in})
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrNotBackup, err)
	}
	t := tar.NewReader(compressed)
	if err := readDocument(t, manifestName, &m); err != nil {
		return m, orStopped(ctx, fmt.Errorf("%w: %w", ErrNotBackup, err))
	}
	if err := m.check(); err != nil {
		return m, err
	}
	r.digest = newDigest()
	for {
		h, err := t.Next()
		if err != nil {
			return m, orStopped(ctx, damaged(err))
		}
		if h.Name == sumName {
			return m, orStopped(ctx, r.checkSum(t, h, compressed))
		}
		if err := checkHeader(h); err != nil {
			return m, err
		}
		r.digest.header(h)
		r.tell()
		content := &content{from: t, r: r}
		if err := each(m, h, content); err != nil {
			return m, orStopped(ctx, err)
		}
		// What the visitor left.
		if _, err := io.Copy(io.Discard, content); err != nil {
			return m, orStopped(ctx, err)
		}
	}
}

// check refuses archives of newer versions.
func (m manifest) check() error {
	known, err := store.Schema()
	switch {
	case err != nil:
		return err
	case m.Format < 1 || m.Schema < 1:
		return ErrNotBackup
	case m.Format > format || m.Schema > known:
		return fmt.Errorf("%w (%s): its format is %d, its schema %d; this program knows up to %d and %d",
			ErrNewer, clip(m.Version), m.Format, m.Schema, format, known)
	}
	return nil
}

// checkSum reads the last entry and looks that nothing follows.
func (r *reader) checkSum(t *tar.Reader, h *tar.Header, compressed io.Reader) error {
	var want sum
	if err := decode(t, h, &want); err != nil {
		return damaged(err)
	}
	if want != r.digest.sum() {
		return fmt.Errorf("%w: its checksum is another", ErrDamaged)
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows its end", ErrDamaged)
	}
	// To the end of the stream, which has a checksum of its own; the tar format
	// ends in at most some blocks of zeros.
	rest, err := io.ReadAll(io.LimitReader(compressed, block))
	if err != nil || len(rest) == block || !empty(rest) {
		return fmt.Errorf("%w: it has no proper end", ErrDamaged)
	}
	return nil
}

func (r *reader) tell() {
	if now := time.Now(); r.Progress != nil && now.Sub(r.last) >= tellEvery {
		r.last = now
		r.Progress(Progress{Step: r.step, Summary: r.digest.Summary, Total: r.total})
	}
}

// content is what is in an entry; all that is read of it is added up.
type content struct {
	from io.Reader
	r    *reader
}

func (c *content) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.r.digest.Write(p[:n]) // never fails
	c.r.tell()
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

// readDocument reads an entry that must be the next.
func readDocument(t *tar.Reader, name string, into any) error {
	h, err := t.Next()
	if err != nil {
		return err
	}
	if h.Name != name {
		return fmt.Errorf("it begins with %q", clip(h.Name))
	}
	return decode(t, h, into)
}

func decode(from io.Reader, h *tar.Header, into any) error {
	if h.Typeflag != tar.TypeReg || h.Size > maxDocument {
		return fmt.Errorf("%q is no document", clip(h.Name))
	}
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// damaged is the error of an archive that cannot be read further.
func damaged(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

// orStopped is ctx's error if that is why reading failed.
func orStopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// verify reads an archive without writing anything. need is how many bytes its
// files take on a disk, holes left out.
func verify(ctx context.Context, file string, o Options) (s Summary, need int64, err error) {
	r := &reader{Options: o, step: "checking"}
	whole := false
	buffer := make([]byte, block)
	_, err = r.read(ctx, file, func(_ manifest, h *tar.Header, content io.Reader) error {
		whole = whole || h.Name == databaseName
		for {
			n, err := io.ReadFull(content, buffer)
			if !empty(buffer[:n]) {
				need += int64(n)
			}
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrDamaged) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if err == nil && !whole {
		err = fmt.Errorf("%w: it has no database", ErrDamaged)
	}
	if err != nil {
		return Summary{}, 0, err
	}
	return r.digest.Summary, need, nil
}

// block is how much of a file is looked at at once to see whether it is a hole.
const block = 64 << 10

func empty(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
