//go:build linux

package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/server/node/cgroup"
)

// probeID is the trial kernel's.
const probeID = "probe"

// probeTime bounds the trial kernel of Open.
const probeTime = 10 * time.Second

// choose finds the strongest isolation and the best limits that work, by trying.
func (l *Local) choose(options Options) error {
	l.info.Limits = "watchdog"
	if options.ForbidControlGroups {
		l.info.LimitsReason = "control groups are switched off"
	} else if groups, err := cgroup.Detect(l.groupName()); err != nil {
		l.info.LimitsReason = err.Error()
	} else {
		l.groups = groups
		l.info.Limits = fmt.Sprintf("cgroup%d", groups.Version)
	}
	levels := []Isolation{IsolationNamespaces, IsolationNone}
	if options.ForbidIsolation {
		levels = levels[1:]
		l.info.Reason = "isolation is switched off"
	}
	var failures []error
	for _, level := range levels {
		l.info.Isolation = level
		err := l.probe()
		if err != nil && l.groups != nil {
			// Perhaps only the limits do not work.
			groups := l.groups
			l.groups = nil
			if l.probe() == nil {
				groups.Close()
				l.info.Limits, l.info.LimitsReason = "watchdog", err.Error()
				l.chooseOverlay()
				return nil
			}
			l.groups = groups
		}
		if err == nil {
			l.chooseOverlay()
			return nil
		}
		failures = append(failures, fmt.Errorf("%s: %w", level, err))
		l.info.Reason = err.Error()
	}
	return fmt.Errorf("this machine cannot run kernels: %w", errors.Join(failures...))
}

func (l *Local) groupName() string { return GroupName(filepath.Dir(l.dir)) }

// probe runs a tiny kernel from beginning to end.
func (l *Local) probe() error {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	if l.dirMode() != 0o700 {
		for _, dir := range [...]string{filepath.Dir(l.dir), l.dir} {
			if err := os.Chmod(dir, l.dirMode()); err != nil {
				return err
			}
		}
		if err := passable(l.dir); err != nil {
			return err
		}
	}
	k := newKernel(probeID, filepath.Join(filepath.Dir(l.dir), probeID), Spec{
		ID: probeID, Overlay: true, Command: []string{"/bin/sh", "-c", "exit 42"},
	})
	defer removeAll(k.dir)
	// A killed server may have left one.
	if err := removeAll(k.dir); err != nil {
		return err
	}
	if err := l.furnish(k); err != nil {
		return err
	}
	k.waiters = 1 // no event
	if err := l.launch(ctx, k); err != nil {
		return err
	}
	select {
	case <-k.life.done:
	case <-ctx.Done():
		k.life.process.kill()
		<-k.life.done
	}
	if exit := k.life.exit; exit.Code != 42 || exit.Reason != EndSelf {
		return fmt.Errorf("a trial kernel ended with code %d, %s", exit.Code, exit.Reason)
	}
	return nil
}

// passable checks that every user can pass through the directories down to dir,
// which a kernel without a mount namespace must.
func passable(dir string) error {
	for ; dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("kernels run as another user, who cannot pass through %s to the data directory", dir)
		}
	}
	return nil
}

// chooseIDs gives the first of the two host IDs for kernels of a root server.
func chooseIDs(wanted int) (int, error) {
	candidates := []int{wanted}
	if wanted == 0 {
		candidates = []int{524288, 65533}
	}
	data, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return 0, err
	}
	for _, base := range candidates {
		if mapped(string(data), base) && mapped(string(data), base+1) {
			return base, nil
		}
	}
	return candidates[len(candidates)-1], nil
}

// mapped reports whether a user ID exists in the namespace that a uid_map file
// describes.
func mapped(uidMap string, id int) bool {
	for line := range strings.Lines(uidMap) {
		var inside, outside, size int
		if n, _ := fmt.Sscan(line, &inside, &outside, &size); n == 3 && id >= inside && id-inside < size {
			return true
		}
	}
	return false
}

// toolHomes are directories in which version managers keep language tools and
// nothing private.
var toolHomes = [...]string{".pyenv", ".nvm", ".rbenv", ".sdkman", ".volta", "miniconda3", "anaconda3", "miniforge3"}

// ToolTrees gives the directories outside the system ones that hold the programs
// found through path (the value of a PATH variable): /opt, and the homes of
// pyenv and its like.
func ToolTrees(path string) []string {
	var trees []string
	add := func(dir string) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !slices.Contains(trees, dir) {
			trees = append(trees, dir)
		}
	}
	add("/opt")
	for dir := range strings.SplitSeq(path, ":") {
		parts := strings.Split(filepath.Clean(dir), "/")
		for i, part := range parts {
			if slices.Contains(toolHomes[:], part) && i > 0 {
				add(strings.Join(parts[:i+1], "/"))
			}
		}
	}
	return trees
}

// kernelPath gives the PATH of kernels: the server's entries that lie in trees
// shown to kernels, then the usual ones.
func kernelPath(path string, shown []string) string {
	var entries []string
	for dir := range strings.SplitSeq(path, ":") {
		for _, tree := range shown {
			if (dir == tree || strings.HasPrefix(dir, tree+"/")) && !slices.Contains(entries, dir) {
				entries = append(entries, dir)
			}
		}
	}
	return strings.Join(append(entries, "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"), ":")
}
