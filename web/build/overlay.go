package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// In a browser net/http goes through fetch, so that sockets, TLS, certificates,
// HTTP/2 and every server never run there. They are linked all the same, because
// a few lines refer to them: half of the wasm. The build therefore compiles the
// wasm from edited copies in which what [removals] names is gone.
//
// Nothing is forked: the copies are made from the installed toolchain and from
// the module cache at every build, sources of the standard library are replaced
// through `go build -overlay`, and modules (whose files an overlay may not
// replace) through a go.mod beside the real one. Without all this the program is
// the same, only larger (`-plain`). A name that is no longer found, or a new
// importer of a package that was reduced, is an error, so that neither a new Go
// nor a new import can undo the work or break the page in silence.

// tree is the wasm's packages with the edits made so far.
type tree struct {
	main     string // import path of the wasm's main package
	packages map[string]listedPackage
	sources  map[string]map[string][]byte // files read so far, edited or not, by package
	edited   map[string]map[string]bool   // which of them are edited
}

// writeOverlay writes the edited copies and returns the flags that make go build
// use them.
func writeOverlay(ctx context.Context, p paths) (flags []string, err error) {
	listed, err := listPackages(ctx, p.root, "-deps", p.main)
	if err != nil {
		return nil, err
	}
	t := newTree(listed)
	for _, r := range removals() {
		if err := t.apply(r); err != nil {
			return nil, err
		}
	}
	return t.write(p)
}

// newTree returns the tree of `go list -deps`, whose last package is the one
// asked for.
func newTree(listed []listedPackage) *tree {
	t := &tree{
		packages: make(map[string]listedPackage, len(listed)),
		sources:  map[string]map[string][]byte{},
		edited:   map[string]map[string]bool{},
	}
	for _, pkg := range listed {
		for i, path := range pkg.Imports {
			if mapped, ok := pkg.ImportMap[path]; ok {
				pkg.Imports[i] = mapped
			}
		}
		t.packages[pkg.ImportPath] = pkg
		t.main = pkg.ImportPath
	}
	return t
}

// files returns the files of a package as they are now.
func (t *tree) files(pkg listedPackage) (map[string][]byte, error) {
	if files, ok := t.sources[pkg.ImportPath]; ok {
		return files, nil
	}
	files := make(map[string][]byte, len(pkg.GoFiles))
	for _, name := range pkg.GoFiles {
		source, err := os.ReadFile(filepath.Join(pkg.Dir, name))
		if err != nil {
			return nil, err
		}
		files[name] = source
	}
	t.sources[pkg.ImportPath] = files
	return files, nil
}

// apply makes one removal.
func (t *tree) apply(r removal) error {
	importers := t.importers(r.Package)
	if len(importers) == 0 {
		return fmt.Errorf("nothing to remove from %s: the wasm does not link it (web/build/removals.go)", r.Package)
	}
	if len(r.Importers) > 0 {
		for _, path := range importers {
			if !slices.Contains(r.Importers, path) {
				return fmt.Errorf("%s imports %s, of which the browser build leaves out parts (web/build/removals.go): do without it, or keep those parts", path, r.Package)
			}
		}
	}
	pkg := t.packages[r.Package]
	files, err := t.files(pkg)
	if err != nil {
		return err
	}
	used, err := t.usedBy(pkg, importers)
	if err != nil {
		return err
	}
	for _, name := range r.Unused {
		if slices.Contains(used, name) {
			return fmt.Errorf("%s.%s is used now, but the browser build leaves it out (web/build/removals.go): do without it, or keep it", r.Package, name)
		}
	}
	var edited map[string][]byte
	if r.Shake {
		if edited, err = shake(files, used); err != nil {
			return fmt.Errorf("%s: %w", r.Package, err)
		}
	} else if edited, err = editPackage(files, r, t.namesFor(pkg)); err != nil {
		return err
	}
	if t.edited[r.Package] == nil {
		t.edited[r.Package] = map[string]bool{}
	}
	for name, source := range edited {
		files[name] = source
		t.edited[r.Package][name] = true
	}
	return t.readImports(pkg, files)
}

// importers returns the packages that import the given one and are themselves
// reached from the main package, sorted.
func (t *tree) importers(path string) []string {
	reached := map[string]bool{t.main: true}
	var found []string
	for queue := []string{t.main}; len(queue) > 0; queue = queue[1:] {
		for _, imported := range t.packages[queue[0]].Imports {
			if imported == path {
				found = append(found, queue[0])
			}
			if !reached[imported] {
				reached[imported] = true
				queue = append(queue, imported)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// usedBy returns the names of a package that its importers use.
func (t *tree) usedBy(pkg listedPackage, importers []string) ([]string, error) {
	var used []string
	for _, path := range importers {
		files, err := t.files(t.packages[path])
		if err != nil {
			return nil, err
		}
		names, err := usedNames(files, strings.TrimPrefix(pkg.ImportPath, "vendor/"), pkg.Name)
		if err != nil {
			return nil, err
		}
		used = append(used, names...)
	}
	return used, nil
}

// namesFor returns the names of the packages that pkg imports, by the import
// path as it stands in the source.
func (t *tree) namesFor(pkg listedPackage) map[string]string {
	names := map[string]string{"unsafe": "unsafe"}
	for _, path := range pkg.Imports {
		// The standard library's own copies of golang.org/x are listed with
		// "vendor/" before the path that the source says.
		names[strings.TrimPrefix(path, "vendor/")] = t.packages[path].Name
	}
	return names
}

// readImports notes what a package imports after an edit.
func (t *tree) readImports(pkg listedPackage, files map[string][]byte) error {
	var imports []string
	for name, source := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if mapped, ok := pkg.ImportMap[path]; ok {
				path = mapped
			}
			imports = append(imports, path)
		}
	}
	slices.Sort(imports)
	pkg.Imports = slices.Compact(imports)
	t.packages[pkg.ImportPath] = pkg
	return nil
}

// write writes the edited files, the overlay and the go.mod into the cache.
func (t *tree) write(p paths) (flags []string, err error) {
	dir := filepath.Join(p.cache, "overlay")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	replace := map[string]string{}
	modules := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(t.edited)) {
		pkg := t.packages[path]
		to := filepath.Join(dir, filepath.FromSlash(path))
		if pkg.Module != nil {
			copied, err := t.copyModule(dir, pkg, modules)
			if err != nil {
				return nil, err
			}
			to = filepath.Join(copied, strings.TrimPrefix(path, pkg.Module.Path))
		}
		for name := range t.edited[path] {
			file := filepath.Join(to, name)
			if _, err := writeIfChanged(file, t.sources[path][name]); err != nil {
				return nil, err
			}
			if pkg.Module == nil {
				replace[filepath.Join(pkg.Dir, name)] = file
			}
		}
	}
	overlay, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "  ")
	if err != nil {
		return nil, err
	}
	overlayFile := filepath.Join(p.cache, "overlay.json")
	if _, err := writeIfChanged(overlayFile, overlay); err != nil {
		return nil, err
	}
	modFile, err := writeModFile(p, modules)
	if err != nil {
		return nil, err
	}
	return []string{"-overlay=" + overlayFile, "-modfile=" + modFile}, nil
}

// copyModule copies the module of pkg, as far as the wasm needs it, below dir,
// once, and returns the folder of the copy.
func (t *tree) copyModule(dir string, pkg listedPackage, modules map[string]string) (string, error) {
	if to, ok := modules[pkg.Module.Path]; ok {
		return to, nil
	}
	to := filepath.Join(dir, filepath.FromSlash(pkg.Module.Path))
	modules[pkg.Module.Path] = to
	if err := copyFile(filepath.Join(pkg.Module.Dir, "go.mod"), filepath.Join(to, "go.mod")); err != nil {
		return "", err
	}
	for _, other := range t.packages {
		if other.Module == nil || other.Module.Path != pkg.Module.Path {
			continue
		}
		rel, err := filepath.Rel(pkg.Module.Dir, other.Dir)
		if err != nil {
			return "", err
		}
		for _, name := range slices.Concat(other.GoFiles, other.SFiles, other.EmbedFiles) {
			if err := copyFile(filepath.Join(other.Dir, name), filepath.Join(to, rel, name)); err != nil {
				return "", err
			}
		}
	}
	return to, nil
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	_, err = writeIfChanged(to, content)
	return err
}

// writeModFile writes a go.mod (with its go.sum) that takes the copied modules
// from their copies, and returns its name.
func writeModFile(p paths, modules map[string]string) (string, error) {
	goMod, err := os.ReadFile(filepath.Join(p.root, "go.mod"))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.Write(goMod)
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		fmt.Fprintf(&text, "\nreplace %s => %s\n", path, modules[path])
	}
	name := filepath.Join(p.cache, "wasm.mod")
	if _, err := writeIfChanged(name, []byte(text.String())); err != nil {
		return "", err
	}
	return name, copyFile(filepath.Join(p.root, "go.sum"), filepath.Join(p.cache, "wasm.sum"))
}
