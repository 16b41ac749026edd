package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// The statuses of a folder, as the wire spells them.
const (
	FolderReady          = "ready"
	FolderPerforming     = "performing"
	FolderCloning        = "cloning" // being filled; not there yet
	FolderMounted        = "mounted"
	FolderError          = "error"
	FolderDeletePending  = "delete-pending" // in the trash
	FolderDeleteOngoing  = "delete-ongoing"
	FolderDeleteComplete = "delete-complete" // only the row is left
	FolderDeleteError    = "delete-error"
)

// Why a change of folders is refused. They are causes of an [*Error].
var (
	// ErrFolderLimit: the owner's policy allows no more folders.
	ErrFolderLimit = errors.New("the policy allows no more folders")
	// ErrNameTaken: a folder that the user reaches has the name.
	ErrNameTaken = errors.New("a folder of the name is there already")
)

// NameTaken reports whether err says that a folder's name is not free: for the
// viewer, or for the owner where somebody else asked.
func NameTaken(err error) bool {
	return errors.Is(err, ErrNameTaken) || err != nil && KindOf(err) == KindConflict
}

// Folder is a virtual folder.
type Folder struct {
	ID            string // uuid
	Name          string
	Host          string
	QuotaScope    string // user:<uuid> or project:<uuid>
	UsageMode     string // general, model, data
	Permission    string // ro, rw, wd
	DomainName    string
	UserID        string // empty for a project's folder
	ProjectID     string // empty for a user's folder
	UserEmail     string // of the user; read only
	ProjectName   string // read only
	Creator       string // e-mail address
	Cloneable     bool
	MaxFiles      int64 // 0: no limit
	MaxSize       int64 // bytes; 0: no limit
	Status        string
	StatusChanged time.Time
	CreatedAt     time.Time
	// Granted is what the user of FolderQuery.Viewer was given on it; read only.
	Granted string
}

// Live reports whether the folder is neither in the trash nor gone.
func (f Folder) Live() bool { return !strings.HasPrefix(f.Status, "delete-") }

const folderColumns = `f.id, f.name, f.host, f.quota_scope, f.usage_mode, f.permission, f.domain_name, f.user_id,
	f.project_id, u.email, g.name, f.creator, f.cloneable, f.max_files, f.max_size, f.status, f.status_changed,
	f.created_at, s.permission`

// folderFrom has one argument: the user whose grants are wanted.
const folderFrom = `vfolders f LEFT JOIN users u ON u.uuid = f.user_id LEFT JOIN projects g ON g.id = f.project_id
	LEFT JOIN vfolder_permissions s ON s.vfolder_id = f.id AND s.user_id = ?`

func scanFolder(r scanner) (f Folder, err error) {
	err = r.Scan(&f.ID, &f.Name, &f.Host, &f.QuotaScope, &f.UsageMode, &f.Permission, &f.DomainName,
		textColumn{&f.UserID}, textColumn{&f.ProjectID}, textColumn{&f.UserEmail}, textColumn{&f.ProjectName}, &f.Creator,
		&f.Cloneable, &f.MaxFiles, &f.MaxSize, &f.Status, timeColumn{&f.StatusChanged}, timeColumn{&f.CreatedAt},
		textColumn{&f.Granted})
	return f, err
}

func folderCells(f Folder) cells {
	return cells{{"id", f.ID}, {"name", f.Name}, {"host", f.Host}, {"quota_scope", f.QuotaScope}, {"usage_mode", f.UsageMode},
		{"permission", f.Permission}, {"domain_name", f.DomainName}, {"user_id", orNull(f.UserID)},
		{"project_id", orNull(f.ProjectID)}, {"creator", f.Creator}, {"cloneable", f.Cloneable}, {"max_files", f.MaxFiles},
		{"max_size", f.MaxSize}, {"status", f.Status}, {"status_changed", Micros(f.StatusChanged)},
		{"created_at", Micros(f.CreatedAt)}}
}

// Viewer is a user who looks at folders: the own ones, those shared by others,
// and those of projects.
type Viewer struct {
	UserID string
	// ProjectsOf is the domain whose projects' folders are all seen; empty: only
	// those of projects the user is a member of.
	ProjectsOf string
	// AllProjects: the folders of every project.
	AllProjects bool
}

// reach is the condition that the viewer sees f.
func (v Viewer) reach() (text string, args []any) {
	text = `f.id IN (SELECT id FROM vfolders WHERE user_id = ?
		UNION ALL SELECT p.vfolder_id FROM vfolder_permissions p JOIN vfolders o ON o.id = p.vfolder_id
			WHERE p.user_id = ? AND o.user_id IS NOT NULL
		UNION ALL SELECT id FROM vfolders WHERE project_id `
	args = []any{v.UserID, v.UserID}
	switch {
	case v.AllProjects:
		text += "IS NOT NULL)"
	case v.ProjectsOf != "":
		text += "IN (SELECT id FROM projects WHERE domain_name = ?))"
		args = append(args, v.ProjectsOf)
	default:
		text += "IN (SELECT project_id FROM project_members WHERE user_id = ?))"
		args = append(args, v.UserID)
	}
	return text, args
}

// FolderQuery selects folders. Aliases: f (vfolders), u (their users), g (their
// projects).
type FolderQuery struct {
	Viewer     *Viewer // only what this user sees
	IDs        []string
	Name       string
	UserID     string
	ProjectID  string
	DomainName string
	Statuses   []string // nil: any
	Page
}

// Folders lists folders, oldest first.
func (s *Store) Folders(ctx context.Context, f FolderQuery) ([]Folder, int, error) {
	return list(ctx, s, "list folders", f.query(), folderColumns, f.Page, scanFolder)
}

func (f FolderQuery) query() query {
	q := query{from: folderFrom, order: "f.created_at, f.id", args: []any{""}}
	if f.Viewer != nil {
		q.args[0] = f.Viewer.UserID
		text, args := f.Viewer.reach()
		q.and(text, args...)
	}
	q.in("f.id", f.IDs)
	q.in("f.status", f.Statuses)
	q.equal("f.name", f.Name)
	q.equal("f.user_id", f.UserID)
	q.equal("f.project_id", f.ProjectID)
	q.equal("f.domain_name", f.DomainName)
	return q
}

// Folder finds a folder by id.
func (s *Store) Folder(ctx context.Context, id string) (Folder, error) {
	return one(ctx, s.read, "find folder", "SELECT "+folderColumns+" FROM "+folderFrom+" WHERE f.id = ?",
		[]any{"", id}, scanFolder)
}

// nameFree refuses with ErrNameTaken if another live folder that the viewer sees
// has the name.
func nameFree(ctx context.Context, tx *sql.Tx, v Viewer, id, name string) error {
	text, args := v.reach()
	taken, err := exists(ctx, tx, "SELECT 1 FROM vfolders f WHERE f.name = ? AND f.live AND f.id <> ? AND "+text,
		append([]any{name, id}, args...)...)
	if err == nil && taken {
		return ErrNameTaken
	}
	return err
}

// AddFolder adds a folder for a viewer, to whom no other of the name may be
// visible ([ErrNameTaken]). The owner may have limit folders at most, those in
// the trash included ([ErrFolderLimit]); 0 is no limit.
func (s *Store) AddFolder(ctx context.Context, f Folder, v Viewer, limit int) error {
	return s.tx(ctx, "add folder", func(tx *sql.Tx) error {
		if limit > 0 {
			var have int
			err := tx.QueryRowContext(ctx, `SELECT count(*) FROM vfolders WHERE coalesce(user_id, project_id) = ?
				AND status NOT IN ('delete-ongoing', 'delete-complete', 'delete-error')`, f.UserID+f.ProjectID).Scan(&have)
			if err != nil {
				return err
			}
			if have >= limit {
				return ErrFolderLimit
			}
		}
		if err := nameFree(ctx, tx, v, f.ID, f.Name); err != nil {
			return err
		}
		return folderCells(f).insert(ctx, tx, "vfolders")
	})
}

// ChangeFolder changes a folder. With a viewer, a new name (or the old one of a
// folder that comes out of the trash) must be free for that user.
func (s *Store) ChangeFolder(ctx context.Context, id string, v *Viewer, edit func(*Folder) error) (Folder, error) {
	return change(ctx, s, "change folder", folderTable(), id, edit, func(tx *sql.Tx, before, after Folder) error {
		if v == nil || !after.Live() || before.Live() && before.Name == after.Name {
			return nil
		}
		return nameFree(ctx, tx, *v, id, after.Name)
	})
}

func folderTable() table[Folder] {
	return table[Folder]{"vfolders", "SELECT " + strings.Replace(folderColumns, "s.permission", "NULL", 1) + ` FROM vfolders f
		LEFT JOIN users u ON u.uuid = f.user_id LEFT JOIN projects g ON g.id = f.project_id WHERE f.id = ?`,
		"id = ?", scanFolder, folderCells}
}

// TrashFolder puts a folder in the trash: edit sets its status or refuses; what
// was granted is taken back and invitations are cancelled. A folder that a
// session which is not over has mounted stays: [ErrInUse].
func (s *Store) TrashFolder(ctx context.Context, id string, now time.Time, edit func(*Folder) error) (Folder, error) {
	return change(ctx, s, "trash folder", folderTable(), id, edit, func(tx *sql.Tx, _, _ Folder) error {
		used, err := exists(ctx, tx, `SELECT 1 FROM sessions WHERE NOT dead AND (instr(vfolder_mounts, ?1) OR instr(vfolder_mounts, ?2)
			OR instr(mount_points, ?1) OR instr(mount_points, ?2))`, id, strings.ReplaceAll(id, "-", ""))
		if err != nil {
			return err
		}
		if used {
			return ErrInUse
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM vfolder_permissions WHERE vfolder_id = ?", id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE vfolder_invitations SET state = 'canceled', modified_at = ? WHERE vfolder_id = ? AND state = 'pending'",
			Micros(now), id)
		return err
	})
}

// RemoveFolder removes the row of a folder with all that refers to it.
func (s *Store) RemoveFolder(ctx context.Context, id string) error {
	return s.remove(ctx, "remove folder", "vfolders", "id = ?", id)
}
