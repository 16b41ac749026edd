package life

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// dotfile keeps one for the sessions of a scope.
func (b *bench) dotfile(scope store.DotfileScope, owner, path, permission, data string) {
	require.NoError(b, b.store.AddDotfile(b.Context(), scope, owner, store.Dotfile{Path: path, Permission: permission, Data: data},
		func([]store.Dotfile) error { return nil }))
}

// home spells the files a kernel was given.
func home(spec node.Spec) []string {
	out := []string{}
	for _, f := range spec.Files {
		out = append(out, fmt.Sprintf("%s %o %s", f.Path, f.Mode, f.Data))
	}
	return out
}

func TestASessionBeginsWithTheKeysAndDotfilesOfItsOwner(t *testing.T) {
	run(t, func(b *bench) {
		require.NoError(b, b.store.SetSSHKeys(b.Context(), b.user.MainAccessKey, store.SSHKeys{Public: "public", Private: "private"}))
		b.dotfile(store.DotfilesOfDomain, "default", ".bashrc", "644", "domain")
		b.dotfile(store.DotfilesOfDomain, "default", ".domain", "600", "domain")
		b.dotfile(store.DotfilesOfDomain, "default", "notes", "600", "in the way")
		b.dotfile(store.DotfilesOfProject, b.project(), ".bashrc", "644", "project")
		b.dotfile(store.DotfilesOfProject, b.project(), "notes/project", "640", "project")
		b.dotfile(store.DotfilesOfKeyPair, b.user.MainAccessKey, ".bashrc", "600", "mine")
		b.dotfile(store.DotfilesOfKeyPair, b.user.MainAccessKey, "bin/hello", "755", "hello")
		b.dotfile(store.DotfilesOfKeyPair, "another", ".another", "600", "another")
		b.enqueue(b.session("a", "1", model.TypeInteractive))
		require.Len(b, b.node.Created(), 1)
		assert.Equal(b, []string{
			".ssh/authorized_keys 600 public", ".ssh/id_rsa 600 private", "id_container 600 private",
			".domain 600 domain", "notes/project 640 project", ".bashrc 600 mine", "bin/hello 755 hello",
		}, home(b.node.Created()[0]))
	})
}

func TestWhatLesserAdminsWriteIsNotInTheSessionsOfSuperadmins(t *testing.T) {
	for role, want := range map[model.Role][]string{
		model.RoleUser:       {".domain 600 domain", ".project 600 project", ".own 600 own"},
		model.RoleAdmin:      {".domain 600 domain", ".project 600 project", ".own 600 own"},
		model.RoleSuperadmin: {".own 600 own"},
	} {
		t.Run(string(role), func(t *testing.T) {
			run(t, func(b *bench) {
				key := b.user.MainAccessKey
				_, err := b.store.ChangeUser(b.Context(), b.user.Email, func(u *store.UserEdit) error { u.Role = role; return nil })
				require.NoError(b, err)
				b.dotfile(store.DotfilesOfDomain, "default", ".domain", "600", "domain")
				b.dotfile(store.DotfilesOfProject, b.project(), ".project", "600", "project")
				b.dotfile(store.DotfilesOfKeyPair, key, ".own", "600", "own")
				b.enqueue(b.session("a", "1", model.TypeInteractive))
				require.Len(b, b.node.Created(), 1)
				assert.Equal(b, want, home(b.node.Created()[0])[3:], "behind the SSH keys")
			})
		})
	}
}

func TestWhatIsInAFolderCountsAboveFilesOfTheHome(t *testing.T) {
	run(t, func(b *bench) {
		require.NoError(b, b.store.SetSSHKeys(b.Context(), b.user.MainAccessKey, store.SSHKeys{Public: "public", Private: "private"}))
		b.dotfile(store.DotfilesOfKeyPair, b.user.MainAccessKey, "data/settings", "600", "mine")
		s := b.session("a", "1", model.TypeInteractive)
		s.MountPoints = store.ToJSON([]folders.Mount{{KernelPath: "/home/work/.ssh"}, {KernelPath: "/home/work/data"}})
		b.enqueue(s)
		assert.Equal(b, []string{"id_container 600 private"}, home(b.node.Created()[0]))
	})
}

func TestAKeyPairWithoutSSHKeysGetsThemWithItsFirstSession(t *testing.T) {
	run(t, func(b *bench) {
		for _, name := range []string{"a", "b"} {
			require.NoError(b, b.engine.Enqueue(b.Context(), b.session(name, "1", model.TypeInteractive)))
		}
		synctest.Wait()
		keys, err := b.store.SSHKeys(b.Context(), b.user.MainAccessKey)
		require.NoError(b, err)
		assert.Contains(b, keys.Public, "ssh-rsa ")
		created := b.node.Created()
		require.Len(b, created, 2)
		for _, spec := range created {
			assert.Contains(b, home(spec), ".ssh/authorized_keys 600 "+keys.Public)
			assert.Contains(b, home(spec), "id_container 600 "+keys.Private)
		}
	})
}

func TestTheKernelsOfAClusterKnowHowToReachEachOtherBySSH(t *testing.T) {
	run(t, func(b *bench) {
		require.NoError(b, b.store.SetSSHKeys(b.Context(), b.user.MainAccessKey, store.SSHKeys{Public: "public", Private: "private"}))
		b.enqueue(b.cluster("pair", "1", "2", model.TypeInteractive))
		require.Len(b, b.node.Created(), 2)
		for _, spec := range b.node.Created() {
			assert.Contains(b, home(spec), ".ssh/config 600 Host main1 sub1\n\tPort 2200\n\tUser work\n"+
				"\tIdentityFile ~/.ssh/id_rsa\n\tStrictHostKeyChecking accept-new\n")
		}
	})
}
