package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

// worthwhile is the share of a file's size that a compressed copy must stay
// under to be kept: below it the header and the lookup cost more than they save.
const worthwhile = 0.95

// compressor makes brotli and gzip copies and keeps them by content: brotli at
// its best takes many seconds for the wasm.
type compressor struct {
	dir    string // where copies are kept
	brotli bool   // make brotli copies
}

// compress returns the brotli and gzip form of content, nil for a form that
// does not pay. hash is the content's hash, the key to what is kept.
func (c compressor) compress(ctx context.Context, hash string, content []byte) (br, gz []byte, err error) {
	if c.brotli {
		if br, err = c.kept(ctx, hash+".br", content, brotliBest); err != nil {
			return nil, nil, err
		}
	}
	if gz, err = c.kept(ctx, hash+".gz", content, gzipBest); err != nil {
		return nil, nil, err
	}
	return paying(br, content), paying(gz, content), nil
}

// paying returns the compressed form when it is enough smaller, else nil.
func paying(compressed, content []byte) []byte {
	if float64(len(compressed)) > worthwhile*float64(len(content)) {
		return nil
	}
	return compressed
}

// kept returns what is kept under name, or makes and keeps it.
func (c compressor) kept(ctx context.Context, name string, content []byte, compress func(io.Writer, []byte) error) ([]byte, error) {
	file := filepath.Join(c.dir, name)
	data, err := os.ReadFile(file)
	if err == nil {
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	if err := compress(&buf, content); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	_, err = writeIfChanged(file, buf.Bytes())
	return buf.Bytes(), err
}

// brotliBest compresses at the highest quality with the largest window browsers
// accept (16 MiB), which covers the whole wasm.
func brotliBest(w io.Writer, content []byte) error {
	bw := brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 24})
	if _, err := bw.Write(content); err != nil {
		return err
	}
	return bw.Close()
}

func gzipBest(w io.Writer, content []byte) error {
	gw, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := gw.Write(content); err != nil {
		return err
	}
	return gw.Close()
}
