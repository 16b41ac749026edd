package manager

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/server/manager/environments"
	"github.com/baiui/baiui/server/manager/store"
)

// How long a program has to say what it is: at the first start, which waits for
// the answers, and whenever nobody waits. Version managers wrap programs in
// scripts that take seconds on a busy machine.
const (
	firstPatience = 3 * time.Second
	patience      = time.Minute
)

// look finds the environments of this machine and keeps them as images. What is
// known of programs that do not answer in time stays in the offer, as long as it
// is there: sessions wait for it, and the machine is only busy. all says that
// every program has answered.
func look(ctx context.Context, o Options, architecture string, patience time.Duration) (all bool, err error) {
	images, silent := environments.Find(ctx, environments.Search{Path: o.Path, Architecture: architecture, Now: o.Now(), Patience: patience})
	if err := ctx.Err(); err != nil {
		return false, err
	}
	installed := true
	known, _, err := o.Store.Images(ctx, store.ImageQuery{Registries: []string{store.LocalRegistry}, Installed: &installed})
	if err != nil {
		return false, err
	}
	var kept []store.Image
	for _, i := range known {
		if i.IsLocal && slices.Contains(silent, strings.TrimPrefix(i.Name, store.NativeProject+"/")) && there(i) &&
			!slices.ContainsFunc(images, func(found store.Image) bool { return found.Reference() == i.Reference() }) {
			kept = append(kept, i)
		}
	}
	o.Log.Info("environments found", "images", len(images), "kept", len(kept), "silent", strings.Join(silent, " "))
	return len(silent) == 0, o.Store.ReplaceImages(ctx, append(kept, images...))
}

// there reports whether the program of an environment is.
func there(i store.Image) bool {
	_, err := os.Stat(i.Labels[environments.LabelRuntime])
	return err == nil
}
