//go:build linux

package node

import (
	"archive/tar"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesOfAKernelAreItsUsers(t *testing.T) {
	for name, options := range map[string]Options{"isolated": {}, "not isolated": {Isolation: IsolationNone}} {
		t.Run(name, func(t *testing.T) {
			// Without isolation the program must be where the user can run it.
			options.Binary = ownBinary(t)
			l := openNode(t, options)
			spec := shell("k1", `echo here > mine; echo up; while ! test -e sub/given; do sleep 0.02; done; cat sub/given; stat -c %a sub/given; test -O sub/given && test -w sub && echo owned; exec sleep 1000`)
			dir := folder(t)
			if l.Info().Isolation != IsolationNone {
				spec.Mounts = []Mount{{Source: dir, Target: "/home/work/data"}}
			}
			require.NoError(t, l.Create(t.Context(), spec))
			waitLog(t, l, "k1", "up")
			require.NoError(t, l.WriteFile(t.Context(), "k1", "sub/given", strings.NewReader("from the server\n")))
			waitLog(t, l, "k1", "owned")
			assert.Equal(t, "up\nfrom the server\n644\nowned\n", logOf(t, l, "k1"))

			file, content, err := l.ReadFile(t.Context(), "k1", "mine")
			require.NoError(t, err)
			data, err := io.ReadAll(content)
			require.NoError(t, err)
			require.NoError(t, content.Close())
			assert.Equal(t, "here\n", string(data))
			assert.EqualValues(t, 5, file.Size)

			listing, err := l.ListFiles(t.Context(), "k1", "sub")
			require.NoError(t, err)
			require.Len(t, listing.Files, 1)
			assert.Equal(t, "given", listing.Files[0].Name)

			_, archive, err := l.ReadArchive(t.Context(), "k1", "sub")
			require.NoError(t, err)
			defer archive.Close()
			reader := tar.NewReader(archive)
			_, err = reader.Next()
			require.NoError(t, err)
			header, err := reader.Next()
			require.NoError(t, err)
			assert.Equal(t, "sub/given", header.Name)

			_, _, err = l.ReadFile(t.Context(), "k1", "none")
			require.ErrorIs(t, err, fs.ErrNotExist)
			if len(spec.Mounts) > 0 {
				require.NoError(t, l.WriteFile(t.Context(), "k1", "data/uploaded", strings.NewReader("x")))
				assert.FileExists(t, filepath.Join(dir, "uploaded"), "also in mounted folders")
			}
		})
	}
}

func TestLinksDoNotLeadFilesOutOfTheKernel(t *testing.T) {
	l := openNode(t, Options{})
	secret := filepath.Join(publicDir(t), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o666))
	require.NoError(t, l.Create(t.Context(), shell("k1", `ln -s `+secret+` file; ln -s `+filepath.Dir(secret)+` dir; ln -s /proc/1/root/tmp root; mkfifo pipe; echo up; exec sleep 1000`)))
	waitLog(t, l, "k1", "up")
	for _, path := range []string{"file", "dir/secret", "root", "pipe", "../../etc/shadow", "/etc/shadow"} {
		_, _, err := l.ReadFile(t.Context(), "k1", path)
		require.Error(t, err, path)
	}
	_ = l.WriteFile(t.Context(), "k1", "file", strings.NewReader("changed"))
	_ = l.WriteFile(t.Context(), "k1", "dir/secret", strings.NewReader("changed"))
	content, err := os.ReadFile(secret)
	require.NoError(t, err)
	assert.Equal(t, "secret", string(content))
}

func TestWorkOnFilesEndsWithItsContextAndWithTheKernel(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", "truncate -s 1G large; echo up; exec sleep 1000")))
	waitLog(t, l, "k1", "up")
	ctx, cancel := context.WithCancel(t.Context())
	_, content, err := l.ReadFile(ctx, "k1", "large")
	require.NoError(t, err)
	cancel()
	_, err = io.Copy(io.Discard, content)
	require.Error(t, err)
	content.Close()
	eventually(t, "the helper is gone", func() bool { return len(processesOf(t, "k1")) == 1 })

	_, content, err = l.ReadFile(t.Context(), "k1", "large")
	require.NoError(t, err)
	defer content.Close()
	_, err = l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, content)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF, "it is not taken for the end of the file")
	_, err = l.ListFiles(t.Context(), "k1", ".")
	require.ErrorIs(t, err, ErrEnded)
}

func TestTooManyAtTheFilesAreToldSo(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", "truncate -s 1G large; echo up; exec sleep 1000")))
	waitLog(t, l, "k1", "up")
	var err error
	for range 100 {
		var content io.ReadCloser
		if _, content, err = l.ReadFile(t.Context(), "k1", "large"); err != nil {
			break
		}
		defer content.Close()
	}
	require.ErrorIs(t, err, ErrBusy)
}
