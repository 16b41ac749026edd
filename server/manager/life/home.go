package life

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/sshkey"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// homeFiles are the files that the home of every kernel of a session begins
// with: the SSH keys of the session's key pair, then the dotfiles, the more
// particular ones last so that they win. As in manager 24.09, which keeps the
// paths of the keys from being those of dotfiles.
//
// Sessions of superadmins begin with their own dotfiles alone. Those of domains and
// projects are written by domain admins, who could have a .bashrc of theirs run
// with the keys of people for whom they may not act, see [owner.Above].
func (e *Engine) homeFiles(ctx context.Context, s *store.Session) ([]node.HomeFile, error) {
	files, err := e.sshFiles(ctx, s)
	if err != nil {
		return nil, err
	}
	user, err := e.store.User(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	type source struct {
		scope store.DotfileScope
		owner string
	}
	sources := []source{{store.DotfilesOfDomain, s.DomainName}, {store.DotfilesOfProject, s.ProjectID}, {store.DotfilesOfKeyPair, s.AccessKey}}
	if user.Role.IsSuperadmin() {
		sources = sources[2:]
	}
	for _, from := range sources {
		dotfiles, err := e.store.Dotfiles(ctx, from.scope, from.owner)
		if err != nil {
			return nil, err
		}
		for _, d := range dotfiles {
			mode, err := strconv.ParseUint(d.Permission, 8, 9)
			if err != nil {
				return nil, fmt.Errorf("dotfile %s: %w", d.Path, err)
			}
			files = append(files, node.HomeFile{Path: d.Path, Mode: os.FileMode(mode), Data: []byte(d.Data)})
		}
	}
	mounts, err := mountsOf(s)
	if err != nil {
		return nil, err
	}
	return settled(slices.DeleteFunc(files, func(f node.HomeFile) bool { return hidden(f, mounts) })), nil
}

// settled leaves out files that a later one takes the place of: by the same path,
// or because one would be a directory of the other's path.
func settled(files []node.HomeFile) []node.HomeFile {
	var kept []node.HomeFile
	for _, f := range slices.Backward(files) {
		if !slices.ContainsFunc(kept, func(later node.HomeFile) bool {
			return under(f.Path, later.Path) || under(later.Path, f.Path)
		}) {
			kept = append(kept, f)
		}
	}
	slices.Reverse(kept)
	return kept
}

// under reports whether a path is another or lies below it.
func under(at, top string) bool { return at == top || strings.HasPrefix(at, top+"/") }

// The places of SSH keys in a home, as in Backend.AI containers. People download
// id_container to come in with; id_rsa is for going to another of their
// sessions.
const (
	authorizedKeys = ".ssh/authorized_keys"
	identity       = ".ssh/id_rsa"
	identityCopy   = "id_container"
	clientConfig   = ".ssh/config"
)

// sshFiles are the SSH keys of the session's key pair, made now if it has none.
func (e *Engine) sshFiles(ctx context.Context, s *store.Session) ([]node.HomeFile, error) {
	keys, err := e.store.SSHKeys(ctx, s.AccessKey)
	if err == nil && keys.Public == "" {
		var made sshkey.Pair
		if made, err = sshkey.New(); err == nil {
			keys, err = e.store.KeepSSHKeys(ctx, s.AccessKey, store.SSHKeys(made))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the SSH keys of the session: %w", err)
	}
	files := []node.HomeFile{
		{Path: authorizedKeys, Mode: 0o600, Data: []byte(keys.Public)},
		{Path: identity, Mode: 0o600, Data: []byte(keys.Private)},
		{Path: identityCopy, Mode: 0o600, Data: []byte(keys.Private)},
	}
	if len(s.Kernels) > 1 {
		// So that "ssh sub1", and what starts programs over it, simply works.
		files = append(files, node.HomeFile{Path: clientConfig, Mode: 0o600, Data: fmt.Appendf(nil,
			"Host %s\n\tPort %d\n\tUser work\n\tIdentityFile ~/%s\n\tStrictHostKeyChecking accept-new\n",
			strings.ReplaceAll(hosts(s), ",", " "), node.SSHPort, identity)})
	}
	return files, nil
}

// hidden reports whether a file would lie where a folder is mounted: what is in
// the folder counts then.
func hidden(f node.HomeFile, mounts []node.Mount) bool {
	at := path.Join(apps.Home, f.Path)
	return slices.ContainsFunc(mounts, func(m node.Mount) bool {
		return under(at, m.Target) || under(m.Target, at)
	})
}
