package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/manager"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/machine"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// What the embedded manager keeps in the data folder: the first accounts, the
// database, the files of folders.
const (
	accountsFile  = "accounts.json"
	databaseFile  = "manager.db"
	foldersFolder = "folders"
)

// embedded is the manager inside this program.
type embedded struct {
	listener net.Listener
	store    *store.Store
	node     *node.Local
	manager  *manager.Manager
	// made are the accounts of a first start, nil at every other.
	made []accounts.Account
}

// openEmbedded opens the embedded manager and its node; others are the listeners
// of the web interface and of apps, which lead to the sessions as well.
func openEmbedded(ctx context.Context, c config.Config, others []net.Listener, log *slog.Logger) (_ *embedded, err error) {
	e := &embedded{}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if e.listener, err = listen("manager-listen", c.ManagerListen); err != nil {
		return e, err
	}
	if e.node, err = node.Open(node.Options{Dir: filepath.Join(c.Data, "node"), Log: log}); err != nil {
		if errors.Is(err, node.ErrInUse) {
			return e, inUse(c.Data)
		}
		return e, fmt.Errorf("the node cannot be set up: %w", err)
	}
	if err = checkIsolation(c, e.node.Info(), append(others, e.listener)...); err != nil {
		return e, err
	}
	if e.store, err = store.Open(ctx, filepath.Join(c.Data, databaseFile)); err != nil {
		return e, fmt.Errorf("the manager's database: %w", err)
	}
	e.manager, err = manager.New(ctx, manager.Options{Store: e.store, Node: e.node, Log: log, Folders: filepath.Join(c.Data, foldersFolder),
		MaxHome: maxHome(c), Layers: filepath.Join(c.Data, "layers"), KeepAccounts: func(made []accounts.Account) error {
			e.made = made
			return writeAccounts(filepath.Join(c.Data, accountsFile), made)
		}})
	return e, err
}

// maxHome is how many bytes a session may hold on disk: so much that one alone
// does not fill it, unless the configuration says how much. 0, no limit, is left
// where the size of the disk is unknown.
func maxHome(c config.Config) int64 {
	if c.MaxHome > 0 {
		return c.MaxHome
	}
	_, total, _ := machine.DiskUse(c.Data)
	return total / 4
}

// checkIsolation refuses to let other machines reach sessions that are ordinary
// processes, unless that was asked for by its name.
func checkIsolation(c config.Config, info node.Info, listeners ...net.Listener) error {
	if info.Isolation != node.IsolationNone || c.AllowUnisolatedSessions {
		return nil
	}
	for _, listener := range listeners {
		if !isLoopback(listener) {
			return fmt.Errorf("sessions are not isolated on this machine (%s), so whoever signs in could do all that this server's user can; "+
				"listen on 127.0.0.1 instead of %s, or accept it with --allow-unisolated-sessions", info.Reason, listener.Addr())
		}
	}
	return nil
}

// close gives back what was opened, in the opposite order. Sessions go on running.
func (e *embedded) close() error {
	var errs []error
	if e.manager != nil {
		errs = append(errs, e.manager.Close())
	}
	if e.node != nil {
		errs = append(errs, e.node.Close())
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	if e.listener != nil {
		// The HTTP server closes it too, if it got that far.
		if err := e.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// writeAccounts keeps the first accounts where only this user can read them. The
// file takes its name when it is complete.
func writeAccounts(path string, made []accounts.Account) error {
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), accountsFile+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// readAccounts reads what writeAccounts wrote.
func readAccounts(path string) ([]accounts.Account, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var kept []accounts.Account
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return kept, nil
}

// printAccounts tells once how to sign in.
func printAccounts(w io.Writer, made []accounts.Account, path string) {
	if made == nil {
		fmt.Fprintf(w, "Sign in with an account of %s\n", path)
		return
	}
	fmt.Fprintf(w, "Sign in with one of these accounts, made just now and kept in %s:\n", path)
	for _, a := range made {
		fmt.Fprintf(w, "  %-10s  %-24s  %s\n", a.Role, a.Email, a.Password)
	}
}
