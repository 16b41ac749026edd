package storage

import (
	"context"
	"fmt"
	"path"
	"sync"
	"time"
)

// Quota is what a folder may hold; 0 stands for no limit.
type Quota struct {
	Bytes int64 // in the folder
	Files int64 // entries in the folder
	Owner int64 // bytes in all folders of its owner
}

// ledgerLife is how long a count is trusted: sessions write without telling.
const ledgerLife = 10 * time.Second

// ledger counts what folders and owners take while they are written.
type ledger struct {
	mu       sync.Mutex
	accounts map[string]*account
}

// account is the count of one folder or of one owner.
type account struct {
	measuring sync.Mutex // held while counted is being made true
	counted   bool
	measured  time.Time
	used      Usage
	holders   int
}

// forget makes the next writer of a folder measure anew.
func (l *ledger) forget(id FolderID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range []string{id.String(), id.Owner.String()} {
		if a := l.accounts[key]; a != nil {
			a.measured = time.Time{}
		}
	}
}

// hold gives the account of a key, measuring it if nobody did lately. While
// somebody holds it, it lives on what its holders report.
func (l *ledger) hold(key string, now time.Time, measure func() (Usage, error)) (*account, error) {
	l.mu.Lock()
	for name, a := range l.accounts {
		if a.holders == 0 && now.Sub(a.measured) >= ledgerLife {
			delete(l.accounts, name)
		}
	}
	a := l.accounts[key]
	if a == nil {
		a = &account{}
		if l.accounts == nil {
			l.accounts = map[string]*account{}
		}
		l.accounts[key] = a
	}
	a.holders++
	l.mu.Unlock()

	a.measuring.Lock() // others of this account wait for the one who measures
	defer a.measuring.Unlock()
	if a.counted {
		return a, nil
	}
	used, err := measure()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		a.holders--
		return nil, err
	}
	a.used, a.measured, a.counted = used, now, true
	return a, nil
}

// meter is one writer's view of the quota of the folder it writes. The zero
// value, for folders without a quota, allows everything.
type meter struct {
	ledger *ledger
	gauge  *gauge
	id     FolderID
	quota  Quota
	folder *account
	owner  *account
}

// meter prepares writing into a folder. The caller closes it.
func (v *Volume) meter(ctx context.Context, id FolderID) (*meter, error) {
	m := &meter{ledger: &v.ledger, gauge: &v.gauge, id: id}
	if v.Quota == nil {
		return m, nil
	}
	var err error
	if m.quota, err = v.Quota(ctx, id); err != nil {
		return nil, err
	}
	measureAt := func(places ...string) func() (Usage, error) {
		return func() (u Usage, err error) {
			release, err := v.guard(ctx)
			if err != nil {
				return u, err
			}
			defer release()
			for _, at := range places {
				if err := v.weigh(ctx, at, &u); err != nil {
					return u, err
				}
			}
			return u, nil
		}
	}
	now := v.Now()
	if m.quota.Bytes > 0 || m.quota.Files > 0 {
		if m.folder, err = v.ledger.hold(id.String(), now, measureAt(path.Join(id.place(), dataName), path.Join(id.place(), uploadName))); err != nil {
			return nil, wrap("measure", id.String(), err)
		}
	}
	if m.quota.Owner > 0 {
		if m.owner, err = v.ledger.hold(id.Owner.String(), now, measureAt(hexOf(id.Owner.ID))); err != nil {
			m.close()
			return nil, wrap("measure", id.String(), err)
		}
	}
	return m, nil
}

// weigh adds what lies below a directory to u: the bytes of files, and the
// number of files and directories.
func (v *Volume) weigh(ctx context.Context, at string, u *Usage) error {
	root, err := v.root.OpenRoot(at)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	return walk(ctx, root, func(p place) error {
		u.add(p.holds())
		return nil
	})
}

// take reserves room, or refuses with KindQuota.
func (m *meter) take(u Usage) error {
	m.ledger.mu.Lock()
	defer m.ledger.mu.Unlock()
	refuse := func(what string, most int64) error {
		return &Error{Kind: KindQuota, Cause: fmt.Errorf("%s may hold %d at most", what, most)}
	}
	if a := m.folder; a != nil {
		if m.quota.Bytes > 0 && u.Bytes > 0 && a.used.Bytes+u.Bytes > m.quota.Bytes {
			return refuse("bytes: the folder", m.quota.Bytes)
		}
		if m.quota.Files > 0 && u.Files > 0 && a.used.Files+u.Files > m.quota.Files {
			return refuse("files: the folder", m.quota.Files)
		}
	}
	if a := m.owner; a != nil && u.Bytes > 0 && a.used.Bytes+u.Bytes > m.quota.Owner {
		return refuse("bytes: the owner's folders", m.quota.Owner)
	}
	m.add(u)
	return nil
}

// give returns room.
func (m *meter) give(u Usage) {
	m.ledger.mu.Lock()
	defer m.ledger.mu.Unlock()
	m.add(Usage{-u.Bytes, -u.Files})
}

func (m *meter) add(u Usage) {
	for _, a := range []*account{m.folder, m.owner} {
		if a != nil {
			a.used.add(u)
		}
	}
}

// close lets go of the accounts.
func (m *meter) close() {
	m.gauge.changed(m.id)
	m.ledger.mu.Lock()
	defer m.ledger.mu.Unlock()
	for _, a := range []*account{m.folder, m.owner} {
		if a != nil {
			a.holders--
		}
	}
}
