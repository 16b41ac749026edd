package folders

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/storage"
)

// clone copies a folder into a new one of the caller's: POST
// /folders/{name}/clone. The new folder is there at once, with status "cloning",
// and is filled by a background task.
func (f *Folders) clone(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("target_name"))
	host := p.Nullable(params.Names("target_host"))
	cloneable := p.Bool(params.Names("cloneable"), false)
	mode := oneOf(p, params.Names("usage_mode"), "general", "model", "data")
	permission := permissionOf(p, params.Names("permission"))
	if err := p.Err(); err != nil {
		return err
	}
	if !ValidName(name) {
		return badName(name)
	}
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: mountable()})
	if err != nil {
		return err
	}
	if !x.Cloneable {
		return problem.Forbidden("The source vfolder is not permitted to be cloned.")
	}
	if host != nil && *host != "" && *host != store.FolderHost {
		return problem.InvalidParams("proxy name of source and target vfolders must be equal.")
	}
	if err := f.allowed(r.Context(), c, store.FolderHost, "", store.HostCreate); err != nil {
		return err
	}
	row := store.Folder{ID: uuid.NewString(), Name: name, Host: store.FolderHost, UsageMode: mode, Permission: permission,
		DomainName: c.DomainName, UserID: c.UserID, Creator: c.Email, Cloneable: cloneable, Status: store.FolderCloning,
		StatusChanged: f.Now(), CreatedAt: f.Now()}
	from, err := x.place()
	if err != nil {
		return err
	}
	if err := f.add(r.Context(), c, &row); err != nil {
		return err
	}
	task := f.Tasks.Start(c.UserID, func(ctx context.Context, progress tasks.Progress) (string, error) {
		return "", f.fill(ctx, row, from, progress)
	})
	return reply.JSON(w, http.StatusCreated, struct {
		ID         string  `json:"id"`
		Name       string  `json:"name"`
		Host       string  `json:"host"`
		UsageMode  string  `json:"usage_mode"`
		Permission string  `json:"permission"`
		Creator    string  `json:"creator"`
		Ownership  string  `json:"ownership_type"`
		User       string  `json:"user"`
		Group      *string `json:"group"`
		Cloneable  bool    `json:"cloneable"`
		Task       string  `json:"bgtask_id"`
	}{strings.ReplaceAll(row.ID, "-", ""), row.Name, row.Host, row.UsageMode, row.Permission, row.Creator, "user", row.UserID, nil,
		row.Cloneable, task})
}

// fill copies into a folder of status cloning. A folder that cannot be filled
// goes away again.
func (f *Folders) fill(ctx context.Context, row store.Folder, from storage.FolderID, progress tasks.Progress) error {
	to, err := placeOf(row)
	if err != nil {
		return err
	}
	err = f.Volume.Clone(ctx, from, to, func(p storage.Progress) {
		progress(float64(p.Done.Bytes), float64(p.Total.Bytes), "")
	})
	if err == nil {
		_, err = f.Store.ChangeFolder(ctx, row.ID, nil, still([]string{store.FolderCloning}, f.to(store.FolderReady)))
	}
	if err == nil {
		return nil
	}
	gone := f.forget(context.WithoutCancel(ctx), row)
	if gone != nil {
		f.Log.Error("a folder that could not be cloned could not be removed", "folder", row.ID, "error", gone)
	}
	return errors.Join(ofStorage(err), gone)
}

// forget removes a folder that never became one.
func (f *Folders) forget(ctx context.Context, row store.Folder) error {
	id, err := placeOf(row)
	if err != nil {
		return err
	}
	if err := f.Volume.Delete(id); err != nil {
		return err
	}
	return f.Store.RemoveFolder(ctx, row.ID)
}

// Recover ends what the end of an earlier run cut off: deletions go on, clones
// that were not complete go away. Call it before the first request.
func (f *Folders) Recover(ctx context.Context) error {
	rows, _, err := f.Store.Folders(ctx, store.FolderQuery{Statuses: []string{store.FolderCloning, store.FolderDeleteOngoing}})
	if err != nil {
		return err
	}
	for _, row := range rows {
		end := f.finishDelete
		if row.Status == store.FolderCloning {
			end = f.forget
		}
		if err := end(ctx, row); err != nil {
			return err
		}
	}
	return nil
}
