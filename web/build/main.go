package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are the command line's choices.
type options struct {
	root  string // root of the repository
	dev   bool
	plain bool
	quick bool // no brotli
	main  string
	named string // only compile, with names, into this file
	gate  bool
	agree bool
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "root of the repository")
	flag.BoolVar(&o.dev, "dev", false, "build fast, run the server, rebuild and restart on changes; arguments after -- go to the server")
	flag.BoolVar(&o.plain, "plain", false, "compile the wasm without leaving anything out")
	flag.BoolVar(&o.quick, "quick", false, "no brotli copies")
	flag.StringVar(&o.main, "main", "./app/wasm", "package that becomes app.wasm")
	flag.StringVar(&o.named, "named", "", "only compile the wasm, with the names of its functions, into this file (to measure)")
	flag.BoolVar(&o.gate, "gate", false, "build, then compare size and imports of the wasm with "+sizeFile+" and "+importsFile)
	flag.BoolVar(&o.agree, "agree", false, "build, then write size and imports of the wasm into those files")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "web/build:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, args []string) error {
	root, err := filepath.Abs(o.root)
	if err != nil {
		return err
	}
	o.root = root
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return fmt.Errorf("%s is not the root of the repository: %w", root, err)
	}
	if o.named != "" {
		return compileWasm(ctx, newPaths(o), o.named, o.plain, namedFlags)
	}
	if o.dev {
		return develop(ctx, o, args)
	}
	if err := buildBundle(ctx, o); err != nil {
		return err
	}
	switch {
	case o.agree:
		return agree(ctx, newPaths(o))
	case o.gate:
		return checkGates(ctx, newPaths(o))
	}
	return nil
}

// buildBundle makes web/dist and prints what it holds.
func buildBundle(ctx context.Context, o options) error {
	start := time.Now()
	p := newPaths(o)
	wasm, err := cachedWasm(ctx, p, o.plain)
	if err != nil {
		return err
	}
	var b bundle
	b.add("app.wasm", wasm)
	if err := addStatic(&b, p); err != nil {
		return err
	}
	if err := addXterm(&b, p.xterm); err != nil {
		return err
	}
	c := compressor{dir: p.compressed, brotli: !o.quick}
	changed, err := b.write(ctx, p.dist, c)
	if err != nil {
		return err
	}
	verb := "unchanged"
	if changed {
		verb = "built"
	}
	w := b.manifest().Files["app.wasm"]
	fmt.Printf("web/dist: %s in %.1f s: %d files, wasm %s", verb, time.Since(start).Seconds(), len(b.files), megabytes(w.Size))
	if w.Brotli > 0 {
		fmt.Printf(", %s with brotli, %s with gzip", megabytes(w.Brotli), megabytes(w.Gzip))
	}
	fmt.Println()
	return nil
}

// megabytes writes a number of bytes in MB of a million bytes.
func megabytes(n int64) string {
	return fmt.Sprintf("%.2f MB", float64(n)/1e6)
}

// paths are the places the build reads and writes.
type paths struct {
	root       string
	main       string // the package that becomes app.wasm
	dist       string // the bundle
	static     string // stylesheets, scripts, pictures
	lucide     string // the icons npm installed
	xterm      string // the terminal's packages npm installed
	cache      string // what is kept between builds
	compressed string // compressed copies by content hash
}

func newPaths(o options) paths {
	root := o.root
	cache := filepath.Join(root, ".build")
	return paths{
		root:       root,
		main:       o.main,
		dist:       filepath.Join(root, "web", "dist"),
		static:     filepath.Join(root, "web", "static"),
		lucide:     filepath.Join(root, "web", "node_modules", "lucide-static", "icons"),
		xterm:      filepath.Join(root, "web", "node_modules", "@xterm"),
		cache:      cache,
		compressed: filepath.Join(cache, "compressed"),
	}
}
