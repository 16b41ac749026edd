package environments

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/store"
)

// kind is a sort of environment.
type kind struct {
	name     string   // of the image
	programs []string // to look for, the preferred first
	ask      []string // arguments that make them print their version
	// version finds the version in what they print, in a second group the
	// program's real path, where what was found is only a way to it, and in a
	// third what it has beside itself.
	version *regexp.Regexp
	runtime string // ai.backend.runtime-type
	memory  string // the least that makes sense
	alias   string
}

func kinds() []kind {
	return []kind{
		{"python", []string{"python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9"},
			[]string{"-I", "-c", pythonQuestion},
			regexp.MustCompile(`Python (\d+\.\d+)\S* (/\S+)((?: [a-z]+)*)`), "python", "64m", "python"},
		{"node", []string{"node", "nodejs"}, []string{"--version"}, regexp.MustCompile(`v(\d+)\.`), "nodejs", "128m", "node"},
		{"go", []string{"go"}, []string{"env", "GOVERSION"}, regexp.MustCompile(`go(\d+\.\d+)`), "go", "256m", "go"},
		{"bash", []string{"bash"}, []string{"--version"}, regexp.MustCompile(`version (\d+\.\d+)`), "app", "32m", "bash"},
	}
}

// pythonQuestion makes a Python say what it is and which notebook servers it
// has. Asked with -I it leaves out what only this user has installed, which
// sessions do not see.
const pythonQuestion = `import importlib.util as u, platform, sys
print('Python', platform.python_version(), sys.executable, *[n for n in ('notebook', 'jupyterlab') if u.find_spec(n)])`

// servicePorts are the apps of what an environment has beside itself.
func servicePorts(extras []string) string {
	ports := map[string]string{"notebook": "jupyter:http:8091", "jupyterlab": "jupyterlab:http:8090"}
	var out []string
	for _, name := range extras {
		if port := ports[name]; port != "" {
			out = append(out, port)
		}
	}
	return strings.Join(out, ",")
}

// LabelRuntime is the label of an image with the path of its program.
const LabelRuntime = "ai.backend.runtime-path"

// Search is where and how to look.
type Search struct {
	Path         string // folders as in the variable PATH
	Architecture string // of the images
	Now          time.Time
	// Patience is how long a program has to say its version. All are asked at
	// once, so it is also what a hanging one costs.
	Patience time.Duration
}

// Find looks for environments. Programs that do not answer in time are left out;
// silent names the kinds of environments ("python") that may therefore be more
// than were found.
func Find(ctx context.Context, s Search) (found []store.Image, silent []string) {
	distro := distribution("/etc/os-release")
	var (
		mu   sync.Mutex
		wait sync.WaitGroup
	)
	for _, k := range kinds() {
		wait.Go(func() {
			images, all := k.find(ctx, s, distro)
			mu.Lock()
			defer mu.Unlock()
			found = append(found, images...)
			if !all {
				silent = append(silent, k.name)
			}
		})
	}
	wait.Wait()
	slices.SortFunc(found, func(a, b store.Image) int { return strings.Compare(a.Reference(), b.Reference()) })
	slices.Sort(silent)
	return found, silent
}

// find gives an image per version; the first program of a version counts, and
// the first version gets the alias. all is false if a program did not answer in
// time.
func (k kind) find(ctx context.Context, s Search, distro string) (images []store.Image, all bool) {
	answers := make([]answer, len(k.programs))
	var wait sync.WaitGroup
	for i, program := range k.programs {
		if file := lookUp(s.Path, program); file != "" {
			wait.Go(func() { answers[i] = k.question(ctx, s, file) })
		}
	}
	wait.Wait()
	all = true
	seen := map[string]bool{"": true}
	for _, a := range answers {
		all = all && !a.late
		if seen[a.version] {
			continue
		}
		seen[a.version] = true
		image := k.image(a, distro, s.Architecture, s.Now)
		if len(images) == 0 {
			image.Aliases = []string{k.alias}
		}
		images = append(images, image)
	}
	return images, all
}

// lookUp finds a program in the folders of path, without the working directory.
func lookUp(path, program string) string {
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		file := filepath.Join(dir, program)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}

// maxOutput is how much of a program's answer is read.
const maxOutput = 4 << 10

// answer is what a program said about itself; no version if it said nothing.
type answer struct {
	version, file string
	extras        []string // what comes with it
	late          bool     // it did not answer in time
}

// question asks a program for its version. It gets the server's own home and
// path, without which the wrappers of version managers do not find what they
// wrap.
func (k kind) question(ctx context.Context, s Search, file string) answer {
	ctx, cancel := context.WithTimeout(ctx, s.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, file, k.ask...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + s.Path, "HOME=" + os.Getenv("HOME"), "LC_ALL=C", "GOTOOLCHAIN=local", "GOFLAGS=", "GOENV=off"}
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return answer{}
	}
	// What a wrapper has started may hold the pipe for longer than the wrapper lives.
	defer context.AfterFunc(ctx, func() { _ = out.Close() })()
	text, _ := io.ReadAll(io.LimitReader(out, maxOutput))
	_, _ = io.Copy(io.Discard, out)
	if cmd.Wait() != nil {
		return answer{late: ctx.Err() != nil}
	}
	m := k.version.FindSubmatch(text)
	if m == nil {
		return answer{}
	}
	a := answer{version: string(m[1]), file: file}
	if len(m) > 2 {
		a.file = string(m[2])
	}
	if len(m) > 3 {
		a.extras = strings.Fields(string(m[3]))
	}
	return a
}

// image describes an environment as an image. Its digest and id follow from
// what it is, so that the same machine gives the same images.
func (k kind) image(a answer, distro, architecture string, now time.Time) store.Image {
	i := store.Image{Registry: store.LocalRegistry, Project: store.NativeProject, Name: store.NativeProject + "/" + k.name, Tag: a.version + "-" + distro,
		Architecture: architecture, Accelerators: []string{}, IsLocal: true, Installed: true, CreatedAt: now,
		Labels: map[string]string{
			"ai.backend.role":             "COMPUTE",
			"ai.backend.kernelspec":       "1",
			"ai.backend.base-distro":      distro,
			"ai.backend.runtime-type":     k.runtime,
			LabelRuntime:                  a.file,
			"ai.backend.features":         "batch query",
			"ai.backend.resource.min.cpu": "0.1",
			"ai.backend.resource.min.mem": k.memory,
			"ai.backend.service-ports":    servicePorts(a.extras),
		},
		Resources: map[string]store.Range{"cpu": {Min: "0.1"}, "mem": {Min: k.memory}},
	}
	sum := sha256.Sum256([]byte(i.Reference() + "\n" + architecture + "\n" + a.file))
	i.Digest = "sha256:" + hex.EncodeToString(sum[:])
	i.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte(i.Digest)).String()
	if info, err := os.Stat(a.file); err == nil {
		i.SizeBytes = info.Size()
	}
	return i
}

// distribution is the short name of the Linux distribution: "debian12".
func distribution(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return "linux"
	}
	defer func() { _ = f.Close() }()
	values := map[string]string{}
	lines := bufio.NewScanner(io.LimitReader(f, 64<<10))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			values[name] = strings.Trim(value, `"'`)
		}
	}
	name := tagSafe(values["ID"] + values["VERSION_ID"])
	if name == "" {
		return "linux"
	}
	return name
}

// tagSafe keeps what a tag may consist of.
func tagSafe(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '.' || c == '_' {
			return c
		}
		return -1
	}, strings.ToLower(s))
}
