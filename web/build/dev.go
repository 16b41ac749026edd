package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	// watchEvery is how often the sources are looked at.
	watchEvery = 400 * time.Millisecond
	// stopGrace is how long the server may take to stop before it is killed.
	stopGrace = 5 * time.Second
)

// develop builds, runs the server behind a proxy that reloads open pages, and
// does so again whenever a source changes, until ctx ends. A build that fails
// leaves the last server running.
func develop(ctx context.Context, o options, args []string) error {
	o.quick = true
	listen := "127.0.0.1:8090"
	backend, err := freeAddress()
	if err != nil {
		return err
	}
	reloader, err := startReloader(ctx, listen, backend)
	if err != nil {
		return err
	}
	args = append([]string{"serve", "--listen", backend, "--demo"}, args...)

	var server *exec.Cmd
	defer func() { stopServer(server) }()
	var seen [sha256.Size]byte
	for ctx.Err() == nil {
		now := fingerprint(o.root)
		if now == seen {
			select {
			case <-ctx.Done():
			case <-time.After(watchEvery):
			}
			continue
		}
		seen = now
		if err := buildForDev(ctx, o); err != nil {
			fmt.Fprintln(os.Stderr, "web/build:", err)
			continue
		}
		stopServer(server)
		if server, err = startServer(o, args); err != nil {
			return err
		}
		if err := waitUntilOpen(ctx, backend); err != nil {
			fmt.Fprintln(os.Stderr, "web/build:", err)
			continue
		}
		fmt.Printf("web/build: open http://%s (it reloads when a source changes)\n", listen)
		reloader.reload()
	}
	return nil
}

// buildForDev builds the bundle and the server around it.
func buildForDev(ctx context.Context, o options) error {
	if err := buildBundle(ctx, o); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", devBinary(o), "./server")
	cmd.Dir = o.root
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

func devBinary(o options) string { return filepath.Join(o.root, ".build", "baiui-dev") }

func startServer(o options, args []string) (*exec.Cmd, error) {
	cmd := exec.Command(devBinary(o), args...)
	cmd.Dir = o.root
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd, cmd.Start()
}

// stopServer ends a server, politely first.
func stopServer(cmd *exec.Cmd) {
	if cmd == nil || cmd.Process == nil || cmd.ProcessState != nil {
		return
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(stopGrace, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	_ = cmd.Wait()
}

// watched are the places whose files make up bundle and server.
func watched() []string {
	return []string{"app", "components", "client", "server", "web", "go.mod", "go.sum"}
}

// fingerprint changes whenever a source is added, removed or written.
func fingerprint(root string) [sha256.Size]byte {
	h := sha256.New()
	for _, top := range watched() {
		_ = filepath.WalkDir(filepath.Join(root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // removed while looking: the next look will tell
			}
			if d.IsDir() {
				if slices.Contains([]string{"dist", "node_modules", "testdata"}, d.Name()) {
					return filepath.SkipDir
				}
				return nil
			}
			if strings.HasSuffix(name, "_test.go") {
				return nil
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// freeAddress returns a loopback address nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

// waitUntilOpen waits until somebody listens on an address.
func waitUntilOpen(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
