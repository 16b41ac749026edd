package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/baiui/baiui/web"
)

// placeholder is the committed file that keeps web/dist in the repository.
const placeholder = "placeholder.txt"

// bundle collects the files of web/dist.
type bundle struct {
	files []bundleFile
}

// bundleFile is one file, before and after compression.
type bundleFile struct {
	logical  string
	content  []byte
	hash     string
	br, gzip []byte
}

// add puts a file into the bundle under its logical name.
func (b *bundle) add(logical string, content []byte) {
	sum := sha256.Sum256(content)
	b.files = append(b.files, bundleFile{logical: logical, content: content, hash: hex.EncodeToString(sum[:])})
}

// served returns the name the file is served under: the last element of the
// logical name with twelve digits of the content hash before the extension.
func (f bundleFile) served() string {
	base := path.Base(f.logical)
	ext := path.Ext(base)
	return strings.TrimSuffix(base, ext) + "." + f.hash[:12] + ext
}

// manifest describes the bundle.
func (b *bundle) manifest() web.Assets {
	a := web.Assets{Files: make(map[string]web.File, len(b.files))}
	lines := make([]string, 0, len(b.files))
	for _, f := range b.files {
		a.Files[f.logical] = web.File{
			Name:   f.served(),
			Type:   mediaType(f.logical),
			Size:   int64(len(f.content)),
			Brotli: int64(len(f.br)),
			Gzip:   int64(len(f.gzip)),
		}
		lines = append(lines, f.logical+" "+f.hash+"\n")
	}
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	a.Version = hex.EncodeToString(sum[:8])
	return a
}

// write compresses the files, puts them into dir and deletes what an earlier
// build left there. It reports whether anything in dir changed.
func (b *bundle) write(ctx context.Context, dir string, c compressor) (changed bool, err error) {
	if err := b.check(); err != nil {
		return false, err
	}
	if err := b.compress(ctx, c); err != nil {
		return false, err
	}
	manifest, err := json.MarshalIndent(b.manifest(), "", "  ")
	if err != nil {
		return false, err
	}
	want := map[string][]byte{web.ManifestName: append(manifest, '\n')}
	for _, f := range b.files {
		want[f.served()] = f.content
		if f.br != nil {
			want[f.served()+".br"] = f.br
		}
		if f.gzip != nil {
			want[f.served()+".gz"] = f.gzip
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	for name, content := range want {
		wrote, err := writeIfChanged(filepath.Join(dir, name), content)
		if err != nil {
			return false, err
		}
		changed = changed || wrote
	}
	removed, err := removeOthers(dir, want)
	return changed || removed, err
}

// check refuses two files that would be served under one name.
func (b *bundle) check() error {
	seen := map[string]string{}
	for _, f := range b.files {
		name := f.served()
		if other, ok := seen[name]; ok {
			return fmt.Errorf("%s and %s would both be served as %s", other, f.logical, name)
		}
		seen[name] = f.logical
	}
	return nil
}

// compress makes the compressed copies of every file for which they pay.
func (b *bundle) compress(ctx context.Context, c compressor) error {
	for i := range b.files {
		f := &b.files[i]
		if !compressible(f.logical) {
			continue
		}
		var err error
		if f.br, f.gzip, err = c.compress(ctx, f.hash, f.content); err != nil {
			return fmt.Errorf("compressing %s: %w", f.logical, err)
		}
	}
	return nil
}

// removeOthers deletes the files of dir that are not wanted.
func removeOthers(dir string, want map[string][]byte) (removed bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; ok || e.Name() == placeholder {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return removed, err
		}
		removed = true
	}
	return removed, nil
}

// writeIfChanged writes a file unless it has that content already. A reader sees
// the old content or the new, never a part.
func writeIfChanged(name string, content []byte) (wrote bool, err error) {
	old, err := os.ReadFile(name)
	if err == nil && bytes.Equal(old, content) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return false, err
	}
	part := name + ".part"
	if err := os.WriteFile(part, content, 0o644); err != nil {
		return false, err
	}
	return true, os.Rename(part, name)
}

// mediaType returns the media type of a file by the extension of its name.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".wasm":
		return "application/wasm" // instantiateStreaming accepts nothing else
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".json":
		return "application/json"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		return "application/octet-stream"
	}
}

// compressible reports whether the file's format leaves something to compress.
func compressible(name string) bool {
	return path.Ext(name) != ".png"
}
