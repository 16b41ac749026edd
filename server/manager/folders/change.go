package folders

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// rename gives a folder another name: POST /folders/{name}/rename.
func (f *Folders) rename(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("new_name", "newName"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	if !ValidName(name) {
		return badName(name)
	}
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: updatable(), owner: true, managed: true, host: store.HostModify})
	if err != nil {
		return err
	}
	if x.ProjectID != "" && name[0] == '.' {
		return problem.InvalidParams("dot-prefixed vfolders cannot be a group folder.")
	}
	v := viewer(c)
	_, err = f.Store.ChangeFolder(r.Context(), x.ID, &v, still(updatable(), func(row *store.Folder) { row.Name = name }))
	if err != nil {
		return ofName(err, name)
	}
	return empty(w, http.StatusCreated)
}

// still makes a change that is only made while the folder has one of the
// statuses it was found with: another request may have been faster.
func still(statuses []string, edit func(*store.Folder)) func(*store.Folder) error {
	return func(row *store.Folder) error {
		if !slices.Contains(statuses, row.Status) {
			return wrongStatus(folder{Folder: *row})
		}
		edit(row)
		return nil
	}
}

// updateOptions changes what others may do: POST /folders/{name}/update-options.
func (f *Folders) updateOptions(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	cloneable, permission := params.Names("cloneable"), params.Names("permission")
	setCloneable, setPermission := p.Has(cloneable), p.Has(permission)
	var clone bool
	var grant string
	if setCloneable {
		clone = p.Bool(cloneable, false)
	}
	if setPermission {
		grant = permissionOf(p, permission)
	}
	if err := p.Err(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: updatable(), owner: true, managed: true, host: store.HostModify})
	if err != nil {
		return err
	}
	_, err = f.Store.ChangeFolder(r.Context(), x.ID, nil, still(updatable(), func(row *store.Folder) {
		if setCloneable {
			row.Cloneable = clone
		}
		if setPermission {
			row.Permission = grant
		}
	}))
	if err != nil {
		return err
	}
	return empty(w, http.StatusCreated)
}

// trash puts a folder in the trash: DELETE /folders/{name}.
func (f *Folders) trash(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	return f.trashFolder(w, r, c, nameOf(r))
}

// trashByID is trash with the id in the body: DELETE /folders.
func (f *Folders) trashByID(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	id, err := idIn(r)
	if err != nil {
		return err
	}
	return f.trashFolder(w, r, c, id)
}

// idIn reads the id of a folder from a request's parameters.
func idIn(r *http.Request) (string, error) {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return "", err
	}
	key := params.Names("vfolder_id", "vfolderId", "id")
	text := p.Required(key)
	if _, err := uuid.Parse(text); err != nil && text != "" {
		p.Fail(key, "value is not a uuid")
	}
	return text, p.ErrKnown()
}

func (f *Folders) trashFolder(w http.ResponseWriter, r *http.Request, c api.Caller, name string) error {
	x, err := f.find(r.Context(), c, name, need{statuses: deletable(), owner: true, managed: true, host: store.HostDelete})
	if err != nil {
		return err
	}
	_, err = f.Store.TrashFolder(r.Context(), x.ID, f.Now(), still(deletable(), f.to(store.FolderDeletePending)))
	if errors.Is(err, store.ErrInUse) {
		return problem.InvalidParams("The folder is mounted in a session that is not over. End the session first.")
	}
	if err != nil {
		return err
	}
	return empty(w, http.StatusNoContent)
}

// to sets a status.
func (f *Folders) to(status string) func(*store.Folder) {
	return func(row *store.Folder) { row.Status, row.StatusChanged = status, f.Now() }
}

// restore takes a folder out of the trash: POST /folders/restore-from-trash-bin.
func (f *Folders) restore(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	id, err := idIn(r)
	if err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: recoverable(), owner: true, managed: true, host: store.HostDelete})
	if err != nil {
		return err
	}
	v := viewer(c)
	if _, err = f.Store.ChangeFolder(r.Context(), x.ID, &v, still(recoverable(), f.to(store.FolderReady))); err != nil {
		return ofName(err, x.Name)
	}
	return empty(w, http.StatusNoContent)
}

// deleteForGood removes what is in a folder that is in the trash: POST
// /folders/delete-from-trash-bin. The row stays, as the memory that there was
// one, until it is purged.
func (f *Folders) deleteForGood(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	id, err := idIn(r)
	if err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: deletableForGood(), owner: true, managed: true, host: store.HostDelete})
	if err != nil {
		return err
	}
	row, err := f.Store.ChangeFolder(r.Context(), x.ID, nil, still(deletableForGood(), func(row *store.Folder) {
		f.to(store.FolderDeleteOngoing)(row)
		// The name says what it was and is out of the way.
		row.Name += "_deleted_" + f.Now().UTC().Format("2006-01-02T150405-0700")
	}))
	if err != nil {
		return err
	}
	if err := f.finishDelete(r.Context(), row); err != nil {
		return err
	}
	return empty(w, http.StatusNoContent)
}

// finishDelete ends what status delete-ongoing began.
func (f *Folders) finishDelete(ctx context.Context, row store.Folder) error {
	id, err := placeOf(row)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // it has begun
	status := store.FolderDeleteComplete
	gone := f.Volume.Delete(id)
	if gone != nil {
		status = store.FolderDeleteError
	}
	_, err = f.Store.ChangeFolder(ctx, row.ID, nil, still([]string{store.FolderDeleteOngoing}, f.to(status)))
	if gone != nil {
		return errors.Join(failed(nil, "The files could not be deleted.", gone), err)
	}
	return err
}

// purge forgets a folder whose files are gone: POST /folders/purge.
func (f *Folders) purge(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	if !c.IsAdmin() {
		return noPrivilege("You are not allowed to purge vfolders")
	}
	id, err := idIn(r)
	if err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: purgable(), owner: true, managed: true})
	if err != nil {
		return err
	}
	if err := f.Store.RemoveFolder(r.Context(), x.ID); err != nil && !store.IsNotFound(err) {
		return err
	}
	return empty(w, http.StatusNoContent)
}
