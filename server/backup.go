package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/backup"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// backupData writes a backup of the data folder, whether a server uses it or not.
func backupData(ctx context.Context, c invocation) error {
	result, err := backup.Write(ctx, c.Config.Data, c.file, backupOptions(c.err))
	if err != nil {
		return explain(ctx, fmt.Errorf("no backup was made: %w", err))
	}
	fmt.Fprintf(c.out, "%s: %d files and directories, %s\n", c.file, result.Entries, size(result.Bytes))
	if result.LeftOut > 0 {
		fmt.Fprintf(c.out, "Left out: %d sockets, pipes and devices.\n", result.LeftOut)
	}
	if result.Changed > 0 {
		fmt.Fprintf(c.out, "Became shorter while they were read: %d files.\n", result.Changed)
	}
	return nil
}

// restoreData makes a data folder of a backup.
func restoreData(ctx context.Context, c invocation) error {
	options := backupOptions(c.err)
	options.Finish = addMissingFolders
	summary, err := backup.Restore(ctx, c.file, c.Config.Data, options)
	if err != nil {
		return explain(ctx, fmt.Errorf("nothing was restored: %w", err))
	}
	fmt.Fprintf(c.out, "%s: %d files and directories, %s. `baiui serve --data %s` starts with it.\n",
		c.Config.Data, summary.Entries, size(summary.Bytes), c.Config.Data)
	return nil
}

// explain says what to do about an error.
func explain(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped; nothing was changed")
	case errors.Is(err, backup.ErrNewer), errors.Is(err, store.ErrNewerSchema):
		return fmt.Errorf("%w; use that version", err)
	}
	return err
}

func backupOptions(w io.Writer) backup.Options {
	return backup.Options{Version: buildVersion(), Progress: func(p backup.Progress) {
		of := ""
		if p.Total > 0 {
			of = " of " + size(p.Total)
		}
		fmt.Fprintf(w, "%s: %d files and directories, %s%s\n", p.Step, p.Entries, size(p.Bytes), of)
	}}
}

// size writes a number of bytes for people.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
}

// addMissingFolders makes empty directories for folders that the database of a
// backup knows and the backup does not have: they were deleted for good while it
// was being written. It also brings the schema up to date.
func addMissingFolders(ctx context.Context, dir string) (err error) {
	s, err := store.Open(ctx, filepath.Join(dir, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	known, _, err := s.Folders(ctx, store.FolderQuery{})
	if err != nil || len(known) == 0 {
		return err
	}
	volume, err := storage.Open(storage.Options{Dir: filepath.Join(dir, foldersFolder)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, volume.Close()) }()
	for _, folder := range known {
		if folder.Status == store.FolderDeleteOngoing || folder.Status == store.FolderDeleteComplete {
			continue
		}
		owner, err := storage.ParseOwner(folder.QuotaScope)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(folder.ID)
		if err != nil {
			return err
		}
		at := storage.FolderID{Owner: owner, ID: id}
		if _, err := volume.List(ctx, at, "."); storage.KindOf(err) != storage.KindNotFound {
			continue
		}
		if err := volume.Create(at); err != nil {
			return err
		}
	}
	return nil
}
