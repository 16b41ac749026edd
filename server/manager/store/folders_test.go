package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// testFolder is a folder of user n of the seed.
func testFolder(n int, name string) Folder {
	return Folder{ID: fmt.Sprintf("00000000-0000-4000-8000-%06d%06x", n, len(name)), Name: name, Host: FolderHost,
		QuotaScope: fmt.Sprintf("user:u-%d", n), UsageMode: "general", Permission: "rw", DomainName: "default",
		UserID: fmt.Sprintf("u-%d", n), Creator: "x@example.test", Status: FolderReady, StatusChanged: epoch(), CreatedAt: epoch()}
}

func projectFolder(name string) Folder {
	f := testFolder(9, name)
	f.UserID, f.ProjectID, f.QuotaScope = "", "p-1", "project:p-1"
	return f
}

// seen is what a viewer sees, by name.
func seen(t *testing.T, s *Store, v Viewer) []string {
	found, _, err := s.Folders(t.Context(), FolderQuery{Viewer: &v, Page: Page{Order: Clause{SQL: "f.name"}}})
	require.NoError(t, err)
	names := []string{}
	for _, f := range found {
		names = append(names, f.Name+f.Granted)
	}
	return names
}

func TestAFolderComesBackAsItWasWritten(t *testing.T) {
	s := planted(t)
	want := testFolder(2, "data")
	want.Cloneable, want.MaxFiles, want.MaxSize = true, 10, 1<<40
	require.NoError(t, s.AddFolder(t.Context(), want, Viewer{UserID: "u-2"}, 0))
	got, err := s.Folder(t.Context(), want.ID)
	require.NoError(t, err)
	want.UserEmail = "user@example.test"
	assert.Equal(t, want, got)
	_, err = s.Folder(t.Context(), "none")
	assert.True(t, IsNotFound(err))
}

func TestUsersSeeOwnSharedAndProjectFolders(t *testing.T) {
	s := planted(t)
	own, other, shared, project := testFolder(2, "own"), testFolder(1, "other"), testFolder(0, "shared"), projectFolder("project")
	for _, f := range []Folder{own, other, shared, project} {
		require.NoError(t, s.AddFolder(t.Context(), f, Viewer{UserID: f.UserID}, 0))
	}
	require.NoError(t, s.ShareFolder(t.Context(), shared.ID, "ro", []string{"u-2"}))
	assert.Equal(t, []string{"own", "project", "sharedro"}, seen(t, s, Viewer{UserID: "u-2"}))
	assert.Equal(t, []string{"shared"}, seen(t, s, Viewer{UserID: "u-0", ProjectsOf: "elsewhere"}))
	assert.Equal(t, []string{"project", "shared"}, seen(t, s, Viewer{UserID: "u-0", ProjectsOf: "default"}))
	assert.Equal(t, []string{"other", "project"}, seen(t, s, Viewer{UserID: "u-1", AllProjects: true}))
	assert.Equal(t, []string{}, seen(t, s, Viewer{UserID: "stranger"}))

	require.NoError(t, s.ShareFolder(t.Context(), project.ID, "ro", []string{"u-2"}))
	assert.Equal(t, []string{"own", "projectro", "sharedro"}, seen(t, s, Viewer{UserID: "u-2"}))
	_, err := s.write.ExecContext(t.Context(), "DELETE FROM project_members")
	require.NoError(t, err)
	assert.Equal(t, []string{"own", "sharedro"}, seen(t, s, Viewer{UserID: "u-2"}), "what a project granted ends with membership")
}

func TestNamesAreFreeForThoseWhoSeeThem(t *testing.T) {
	s := planted(t)
	me := Viewer{UserID: "u-2"}
	first := testFolder(2, "data")
	require.NoError(t, s.AddFolder(t.Context(), first, me, 0))
	again := testFolder(2, "data")
	again.ID = "other"
	assert.ErrorIs(t, s.AddFolder(t.Context(), again, me, 0), ErrNameTaken)
	assert.True(t, NameTaken(s.AddFolder(t.Context(), again, Viewer{UserID: "u-1"}, 0)), "whoever looks")
	assert.False(t, NameTaken(nil))
	require.NoError(t, s.AddFolder(t.Context(), testFolder(1, "data"), Viewer{UserID: "u-1"}, 0), "another user's is not seen")
	project := projectFolder("team")
	require.NoError(t, s.AddFolder(t.Context(), project, me, 0))
	again.Name = "team"
	assert.ErrorIs(t, s.AddFolder(t.Context(), again, me, 0), ErrNameTaken)
	_, err := s.ChangeFolder(t.Context(), first.ID, &me, func(f *Folder) error { f.Name = "team"; return nil })
	assert.ErrorIs(t, err, ErrNameTaken)

	_, err = s.TrashFolder(t.Context(), first.ID, epoch(), func(f *Folder) error { f.Status = FolderDeletePending; return nil })
	require.NoError(t, err)
	again.Name = "data"
	require.NoError(t, s.AddFolder(t.Context(), again, me, 0), "the trash keeps no name")
	_, err = s.ChangeFolder(t.Context(), first.ID, &me, func(f *Folder) error { f.Status = FolderReady; return nil })
	assert.True(t, NameTaken(err))
}

func TestThePolicyLimitsFoldersWithThoseInTheTrash(t *testing.T) {
	s := planted(t)
	me := Viewer{UserID: "u-2"}
	require.NoError(t, s.AddFolder(t.Context(), testFolder(2, "a"), me, 2))
	bb := testFolder(2, "bb")
	bb.Status = FolderDeletePending
	require.NoError(t, s.AddFolder(t.Context(), bb, me, 2))
	assert.ErrorIs(t, s.AddFolder(t.Context(), testFolder(2, "ccc"), me, 2), ErrFolderLimit)
	require.NoError(t, s.AddFolder(t.Context(), testFolder(1, "ccc"), me, 2), "another owner")
	require.NoError(t, s.RemoveFolder(t.Context(), bb.ID))
	require.NoError(t, s.AddFolder(t.Context(), testFolder(2, "ccc"), Viewer{UserID: "u-2"}, 2))
}

func TestTrashTakesBackWhatWasGranted(t *testing.T) {
	s := planted(t)
	f := testFolder(2, "data")
	require.NoError(t, s.AddFolder(t.Context(), f, Viewer{UserID: "u-2"}, 0))
	require.NoError(t, s.ShareFolder(t.Context(), f.ID, "ro", []string{"u-0"}))
	_, err := s.Invite(t.Context(), []FolderInvitation{{ID: "i-1", FolderID: f.ID, Inviter: "a", Invitee: "b", Permission: "ro", CreatedAt: epoch()}})
	require.NoError(t, err)
	refused := errors.New("refused")
	_, err = s.TrashFolder(t.Context(), f.ID, epoch(), func(*Folder) error { return refused })
	assert.ErrorIs(t, err, refused)
	assert.Equal(t, []string{"dataro"}, seen(t, s, Viewer{UserID: "u-0"}))
	_, err = s.TrashFolder(t.Context(), f.ID, epoch(), func(f *Folder) error { f.Status = FolderDeletePending; return nil })
	require.NoError(t, err)
	assert.Empty(t, seen(t, s, Viewer{UserID: "u-0"}))
	left, err := s.ReceivedInvitations(t.Context(), "b")
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAMountedFolderIsNotPutInTheTrash(t *testing.T) {
	for name, mount := range map[string]func(*Session, string){
		"by its id":         func(s *Session, id string) { s.VFolderMounts = []string{id} },
		"by its place":      func(s *Session, id string) { s.MountPoints = JSON(`[{"vfid":"user:x/` + hexOf(id) + `"}]`) },
		"by its hex digits": func(s *Session, id string) { s.VFolderMounts = []string{hexOf(id)} },
	} {
		s := planted(t)
		f := testFolder(2, "data")
		require.NoError(t, s.AddFolder(t.Context(), f, Viewer{UserID: "u-2"}, 0))
		session := testSession(1)
		mount(session, f.ID)
		require.NoError(t, s.AddSession(t.Context(), session))
		trash := func() error {
			_, err := s.TrashFolder(t.Context(), f.ID, epoch(), func(f *Folder) error { f.Status = FolderDeletePending; return nil })
			return err
		}
		assert.ErrorIs(t, trash(), ErrInUse, name)
		_, err := s.UpdateSession(t.Context(), session.ID, func(s *Session) error { s.Status = "TERMINATED"; return nil })
		require.NoError(t, err)
		assert.NoError(t, trash(), name)
	}
}

func hexOf(id string) string {
	out := ""
	for _, r := range id {
		if r != '-' {
			out += string(r)
		}
	}
	return out
}

func TestInvitationsAreAnsweredOnce(t *testing.T) {
	s := planted(t)
	f := testFolder(2, "data")
	require.NoError(t, s.AddFolder(t.Context(), f, Viewer{UserID: "u-2"}, 0))
	want := FolderInvitation{ID: "i-1", FolderID: f.ID, FolderName: "data", Inviter: "user@example.test", Invitee: "admin@example.test",
		Permission: "ro", State: InvitationPending, CreatedAt: epoch()}
	second := want
	second.ID = "i-2"
	invited, err := s.Invite(t.Context(), []FolderInvitation{want, second})
	require.NoError(t, err)
	assert.Equal(t, []string{"admin@example.test"}, invited, "one at a time")
	got, err := s.ReceivedInvitations(t.Context(), "admin@example.test")
	require.NoError(t, err)
	assert.Equal(t, []FolderInvitation{want}, got)
	got, err = s.SentInvitations(t.Context(), "user@example.test")
	require.NoError(t, err)
	assert.Equal(t, []FolderInvitation{want}, got)

	accept := func() error {
		_, err := s.ChangeInvitation(t.Context(), "i-1", Viewer{UserID: "u-1"}, epoch().Add(time.Hour), func(i *FolderInvitation) error {
			i.State = InvitationAccepted
			return nil
		})
		return err
	}
	require.NoError(t, s.AddFolder(t.Context(), testFolder(1, "data"), Viewer{UserID: "u-1"}, 0))
	assert.ErrorIs(t, accept(), ErrNameTaken)
	require.NoError(t, s.RemoveFolder(t.Context(), testFolder(1, "data").ID))
	require.NoError(t, accept())
	assert.True(t, IsNotFound(accept()), "it has been answered")
	assert.Equal(t, []string{"dataro"}, seen(t, s, Viewer{UserID: "u-1"}))

	shares, _, err := s.FolderShares(t.Context(), FolderShareQuery{Owner: &Viewer{UserID: "u-2"}})
	require.NoError(t, err)
	assert.Equal(t, []FolderShare{{FolderID: f.ID, FolderName: "data", FolderStatus: FolderReady, OwnerID: "u-2", UserID: "u-1",
		UserEmail: "admin@example.test", Permission: "ro"}}, shares)
	had, err := s.UnshareFolder(t.Context(), f.ID, []string{"u-0", "u-1"})
	require.NoError(t, err)
	assert.Equal(t, []string{"u-1"}, had)
}
