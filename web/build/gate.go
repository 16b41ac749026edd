package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/baiui/baiui/web"
)

const (
	// sizeFile keeps the size of the wasm that was last agreed to.
	sizeFile = "web/size.json"
	// importsFile keeps the packages the wasm is made of.
	importsFile = "web/imports.txt"
	// sizeTolerance is the growth that needs no agreement.
	sizeTolerance = 0.02
	// sizeLimit is the number of bytes that no agreement may exceed.
	sizeLimit = 2_400_000
)

// agreedSize is the content of [sizeFile], in bytes.
type agreedSize struct {
	Wasm   int64 `json:"wasm"`
	Brotli int64 `json:"brotli"`
}

// checkGates compares the bundle that was built with what the repository says of
// it, and reports every difference in one error.
func checkGates(ctx context.Context, p paths) error {
	problems, err := sizeProblems(p)
	if err != nil {
		return err
	}
	more, err := importProblems(ctx, p)
	if err != nil {
		return err
	}
	if problems = append(problems, more...); len(problems) > 0 {
		return fmt.Errorf("the bundle is not what the repository says:\n  %s", strings.Join(problems, "\n  "))
	}
	return nil
}

// sizeProblems says how the wasm has outgrown what was agreed to.
func sizeProblems(p paths) ([]string, error) {
	now, err := builtSize(p)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(p.root, sizeFile))
	if err != nil {
		return nil, err
	}
	var agreed agreedSize
	if err := json.Unmarshal(data, &agreed); err != nil {
		return nil, fmt.Errorf("%s: %w", sizeFile, err)
	}
	fmt.Printf("size: the wasm has %d bytes, %d with brotli (%+.1f %% of the agreed %d; limit %d)\n",
		now.Wasm, now.Brotli, 100*(float64(now.Brotli)/float64(agreed.Brotli)-1), agreed.Brotli, sizeLimit)
	return compareSizes(now, agreed), nil
}

// compareSizes says what is wrong with a size.
func compareSizes(now, agreed agreedSize) []string {
	var problems []string
	if float64(now.Brotli) > (1+sizeTolerance)*float64(agreed.Brotli) {
		problems = append(problems, fmt.Sprintf("the wasm grew from %d to %d bytes with brotli, more than %.0f %%: find out why (make why PKG=…), or agree with `make size-agree`",
			agreed.Brotli, now.Brotli, 100*sizeTolerance))
	}
	if now.Brotli > sizeLimit {
		problems = append(problems, fmt.Sprintf("the wasm has %d bytes with brotli; the limit is %d", now.Brotli, sizeLimit))
	}
	return problems
}

// builtSize reads the size of the wasm from the bundle.
func builtSize(p paths) (agreedSize, error) {
	assets, err := web.ReadManifest(os.DirFS(p.dist))
	if err != nil {
		return agreedSize{}, err
	}
	f := assets.Files["app.wasm"]
	if f.Brotli == 0 {
		return agreedSize{}, fmt.Errorf("the bundle has no brotli copy of the wasm: build it without -quick")
	}
	return agreedSize{Wasm: f.Size, Brotli: f.Brotli}, nil
}

// agree writes size and imports of the bundle into the repository's files.
func agree(ctx context.Context, p paths) error {
	now, err := builtSize(p)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(now, "", "  ")
	if err != nil {
		return err
	}
	if _, err := writeIfChanged(filepath.Join(p.root, sizeFile), append(data, '\n')); err != nil {
		return err
	}
	imports, err := wasmImports(ctx, p)
	if err != nil {
		return err
	}
	_, err = writeIfChanged(filepath.Join(p.root, importsFile), []byte(strings.Join(imports, "\n")+"\n"))
	return err
}

// importProblems says which packages have come to the wasm or left it, and which
// should never be in it.
func importProblems(ctx context.Context, p paths) ([]string, error) {
	now, err := wasmImports(ctx, p)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(p.root, importsFile))
	if err != nil {
		return nil, err
	}
	agreed := strings.Fields(string(data))
	var problems []string
	for _, path := range now {
		if forbidden(path) {
			problems = append(problems, "the wasm imports "+path+", which does not belong into a browser")
		}
		if !slices.Contains(agreed, path) {
			problems = append(problems, "the wasm imports "+path+", which "+importsFile+" does not list (`make size-agree` if that is meant)")
		}
	}
	for _, path := range agreed {
		if !slices.Contains(now, path) {
			problems = append(problems, importsFile+" lists "+path+", which the wasm no longer imports (`make size-agree`)")
		}
	}
	return problems, nil
}

// forbidden reports whether a package must never reach the wasm.
func forbidden(path string) bool {
	switch path {
	case "database/sql", "html/template", "text/template", "testing", "net/http/httptest", "os/exec", "net/http/httputil":
		return true
	}
	return strings.HasPrefix(path, modulePath+"/server") || strings.HasPrefix(path, "modernc.org/") ||
		strings.HasPrefix(path, "github.com/stretchr/")
}

// modulePath is the path of the main module.
const modulePath = "github.com/baiui/baiui"

// wasmImports lists the packages the wasm is made of: all that are not of the
// standard library, and those of the standard library that one of them imports
// (the rest changes from one Go to the next). Sorted.
func wasmImports(ctx context.Context, p paths) ([]string, error) {
	listed, err := listPackages(ctx, p.root, "-deps", p.main)
	if err != nil {
		return nil, err
	}
	var imports []string
	for _, pkg := range listed {
		if pkg.Standard {
			continue
		}
		imports = append(imports, pkg.ImportPath)
		for _, path := range pkg.Imports {
			if path != "unsafe" {
				imports = append(imports, path)
			}
		}
	}
	slices.Sort(imports)
	return slices.Compact(imports), nil
}
