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

// wasmMain is the package that becomes app.wasm.
const wasmMain = "./app/wasm"

// compileWasm returns app.wasm, compiling it only when one of its inputs has
// changed since the last time.
func compileWasm(ctx context.Context, p paths, plain bool) ([]byte, error) {
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

	args := []string{"build", "-trimpath", "-ldflags=-s -w -buildid=", "-o", out}
	if !plain {
		more, err := writeOverlay(ctx, p)
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, wasmMain)...)
	cmd.Dir = p.root
	cmd.Env = wasmEnv()
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("compiling %s: %w", wasmMain, err)
	}
	if _, err := writeIfChanged(stamp, []byte(inputs)); err != nil {
		return nil, err
	}
	return os.ReadFile(out)
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
