package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// listedPackage is what `go list -json` says of a package, as far as it is used
// here.
type listedPackage struct {
	ImportPath string
	Name       string
	Dir        string
	Standard   bool
	GoFiles    []string
	SFiles     []string
	EmbedFiles []string
	Imports    []string
	ImportMap  map[string]string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// wasmInputs lists everything app.wasm depends on, with a hash of each: Go's
// version, go.mod and go.sum (which fix every other module), the sources of this
// build and those of the main module's packages. Two equal lists give the same
// wasm.
func wasmInputs(ctx context.Context, p paths) (string, error) {
	version, err := goOutput(ctx, p.root, "env", "GOVERSION", "GOEXPERIMENT", "GOWASM")
	if err != nil {
		return "", err
	}
	packages, err := listPackages(ctx, p.root, "-deps", p.main)
	if err != nil {
		return "", err
	}
	files := []string{"go.mod", "go.sum"}
	for _, pkg := range packages {
		if pkg.Module == nil || !pkg.Module.Main {
			continue
		}
		for _, name := range slices.Concat(pkg.GoFiles, pkg.SFiles, pkg.EmbedFiles) {
			rel, err := filepath.Rel(p.root, filepath.Join(pkg.Dir, name))
			if err != nil {
				return "", err
			}
			files = append(files, rel)
		}
	}
	own, err := filepath.Glob(filepath.Join(p.root, "web", "build", "*.go"))
	if err != nil {
		return "", err
	}
	for _, name := range own {
		files = append(files, filepath.Join("web", "build", filepath.Base(name)))
	}
	slices.Sort(files)

	var out strings.Builder
	fmt.Fprintln(&out, strings.Join(strings.Fields(version), " "))
	for _, name := range files {
		sum, err := hashFile(filepath.Join(p.root, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s %s\n", sum, filepath.ToSlash(name))
	}
	return out.String(), nil
}

// listPackages runs `go list -json` for js/wasm.
func listPackages(ctx context.Context, dir string, args ...string) ([]listedPackage, error) {
	args = append([]string{"list", "-json=ImportPath,Name,Dir,Standard,GoFiles,SFiles,EmbedFiles,Imports,ImportMap,Module"}, args...)
	text, err := goOutput(ctx, dir, args...)
	if err != nil {
		return nil, err
	}
	var packages []listedPackage
	for dec := json.NewDecoder(strings.NewReader(text)); ; {
		var pkg listedPackage
		err := dec.Decode(&pkg)
		if errors.Is(err, io.EOF) {
			return packages, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		packages = append(packages, pkg)
	}
}

// hashFile returns the SHA-256 of a file in hexadecimal.
func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
