package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Linker flags: -s and -w drop the names and debugging data (stack traces keep
// their names), an empty build id and -trimpath make the same sources give the
// same bytes anywhere.
const (
	slimFlags  = "-s -w -buildid="
	namedFlags = "-w -buildid=" // for measuring: sizes by function need names
)

// cachedWasm returns app.wasm, compiling it only when one of its inputs has
// changed since the last time.
func cachedWasm(ctx context.Context, p paths, plain bool) ([]byte, error) {
	name := "app.wasm"
	if plain {
		name = "plain.wasm"
	}
	out := filepath.Join(p.cache, name)
	stamp := out + ".inputs"

	inputs, err := wasmInputs(ctx, p)
	if err != nil {
		return nil, err
	}
	if done, err := os.ReadFile(stamp); err == nil && string(done) == inputs {
		wasm, err := os.ReadFile(out)
		if err == nil {
			return wasm, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}

	if err := compileWasm(ctx, p, out, plain, slimFlags); err != nil {
		return nil, err
	}
	if _, err := writeIfChanged(stamp, []byte(inputs)); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}

// compileWasm compiles the wasm into a file.
func compileWasm(ctx context.Context, p paths, out string, plain bool, linkFlags string) error {
	args := []string{"build", "-trimpath", "-ldflags=" + linkFlags, "-o", out}
	if !plain {
		more, err := writeOverlay(ctx, p)
		if err != nil {
			return err
		}
		args = append(args, more...)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, p.main)...)
	cmd.Dir = p.root
	cmd.Env = wasmEnv()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("compiling %s: %w", p.main, err)
	}
	return nil
}

// wasmEnv is the environment of every go command about the wasm. Flags from
// outside would make the bundle depend on who builds it.
func wasmEnv() []string {
	return append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=-buildvcs=false", "GOWORK=off")
}

// goOutput runs a go command for js/wasm and returns what it prints.
func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = wasmEnv()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out), nil
}
