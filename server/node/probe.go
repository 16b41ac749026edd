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
	l.findExtras(options)
	var failures []error
	chosen := Isolation("")
	for _, level := range Isolations() {
		err := l.consider(level, chosen, options)
		switch {
		case err != nil:
			failures = append(failures, fmt.Errorf("%s: %w", level, err))
			l.info.Levels = append(l.info.Levels, Level{level, err.Error()})
			if chosen == "" {
				l.info.Reason = err.Error()
			}
			continue
		case chosen == "":
			chosen = level
		}
		l.info.Levels = append(l.info.Levels, Level{Isolation: level})
	}
	if chosen == "" {
		return fmt.Errorf("this machine cannot run kernels: %w", errors.Join(failures...))
	}
	l.info.Isolation = chosen
	l.info.Mounts = chosen != IsolationNone
	if chosen == IsolationNamespaces {
		l.chooseOverlay()
		l.chooseClusters()
	}
	return nil
}

// findExtras finds what there is beside isolation.
func (l *Local) findExtras(options Options) {
	l.info.Limits = "watchdog"
	if options.ForbidControlGroups {
		l.info.LimitsReason = "control groups are switched off"
	} else if groups, err := cgroup.Detect(l.groupName()); err != nil {
		l.info.LimitsReason = err.Error()
	} else {
		l.groups = groups
		l.info.Limits = fmt.Sprintf("cgroup%d", groups.Version)
	}
	if options.ForbidLandlock {
		l.info.LandlockReason = "Landlock is switched off"
	} else if version, err := landlockVersion(); err != nil {
		l.info.LandlockReason = err.Error()
	} else {
		l.info.Landlock = version
	}
}

// consider tries an isolation level. Once one is chosen the weaker ones are only
// tried as far as that changes nothing.
func (l *Local) consider(level, chosen Isolation, options Options) error {
	switch {
	case options.Isolation == IsolationNone && level != IsolationNone:
		return errors.New("isolation is switched off")
	case options.Isolation != "" && options.Isolation != level:
		return fmt.Errorf("%s is asked for", options.Isolation)
	case level == IsolationNone && chosen != "":
		return nil // it works wherever another does
	}
	if level == IsolationBubblewrap {
		if err := l.findBubblewrap(); err != nil {
			return err
		}
	}
	l.info.Isolation = level
	if chosen != "" {
		return l.probe()
	}
	return l.probeExtras()
}

// probeExtras tries the level with everything that there is beside it, then
// without what keeps it from working.
func (l *Local) probeExtras() error {
	first := l.probe()
	if first == nil {
		return nil
	}
	groups, version := l.groups, l.info.Landlock
	for _, less := range []struct{ groups, landlock bool }{{false, true}, {true, false}, {false, false}} {
		l.groups, l.info.Landlock = groups, version
		if !less.groups {
			l.groups = nil
		}
		if !less.landlock {
			l.info.Landlock = 0
		}
		if l.groups == groups && l.info.Landlock == version || l.probe() != nil {
			continue
		}
		if l.groups != groups {
			groups.Close()
			l.info.Limits, l.info.LimitsReason = "watchdog", first.Error()
		}
		if l.info.Landlock != version {
			l.info.LandlockReason = first.Error()
		}
		return nil
	}
	l.groups, l.info.Landlock = groups, version
	return first
}

// chooseClusters finds out whether kernels can be in clusters, by trying.
func (l *Local) chooseClusters() {
	l.info.Clusters = true
	if err := l.probeWith(Spec{Hostname: "main1", Cluster: &Cluster{ID: probeID, Hosts: []string{"main1"}}}); err != nil {
		l.info.Clusters = false
		l.log.Info("kernels cannot be in clusters", "error", err)
	}
}

func (l *Local) groupName() string { return GroupName(filepath.Dir(l.dir)) }

// probe runs a tiny kernel from beginning to end.
func (l *Local) probe() error { return l.probeWith(Spec{Overlay: true}) }

func (l *Local) probeWith(spec Spec) error {
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
	spec.ID, spec.Command = probeID, []string{"/bin/sh", "-c", "exit 42"}
	k := newKernel(probeID, filepath.Join(filepath.Dir(l.dir), probeID), spec)
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
// found through path (the value of a PATH variable): /opt, the homes of pyenv and
// its like, and virtual environments of Python.
func ToolTrees(path string) []string {
	var trees []string
	add := func(dir string) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() && !slices.Contains(trees, dir) {
			trees = append(trees, dir)
		}
	}
	add("/opt")
	for dir := range strings.SplitSeq(path, ":") {
		// Beside the programs of a virtual environment there is the file that makes it one.
		if _, err := os.Stat(filepath.Join(dir, "..", "pyvenv.cfg")); err == nil && filepath.IsAbs(dir) {
			add(filepath.Dir(filepath.Clean(dir)))
		}
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
