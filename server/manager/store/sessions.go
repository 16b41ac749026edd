package store

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Session is one compute session with its kernels.
type Session struct {
	Seq             int64 // order of arrival, given by the store
	ID              string
	Name            string
	Type            model.SessionType
	Priority        int
	Tag             *string
	DomainName      string
	ProjectID       string
	ProjectName     string // of ProjectID; read only
	UserID          string
	UserEmail       string // of UserID; read only
	FullName        string // of UserID; read only
	AccessKey       string
	ScalingGroup    string
	Image           string // full reference
	Registry        string
	Architecture    string
	ClusterMode     string // single-node, multi-node
	ClusterSize     int
	Status          model.Status
	StatusInfo      *string // nil before the scheduler looked at it
	StatusData      JSON    // empty: null
	StatusHistory   JSON    // object: status name to ISO time
	StatusChanged   time.Time
	Result          string // UNDEFINED, SUCCESS, FAILURE
	CreatedAt       time.Time
	ScheduledAt     time.Time
	StartsAt        time.Time
	TerminatedAt    time.Time
	StartupCommand  *string
	BootstrapScript string
	Environ         map[string]string
	ResourceOpts    JSON // keyed by kernel host name
	RequestedSlots  JSON
	OccupyingSlots  JSON
	Mounts          []string
	VFolderMounts   []string
	CallbackURL     string
	NumQueries      int
	TimeLimit       time.Duration // of a batch session; 0: none
	MountPoints     JSON          // list of how folders are shown, see the manager's life package
	DependsOn       []string      // ids of the sessions it waits for; read with the kernels
	Kernels         []Kernel      // the main one first; filled where the method says so
}

// Main is the kernel with the role main; nil when kernels were not read.
func (s *Session) Main() *Kernel {
	for i := range s.Kernels {
		if s.Kernels[i].ClusterRole == "main" {
			return &s.Kernels[i]
		}
	}
	return nil
}

// Agents names the agents of the kernels, each once; nil before scheduling.
func (s *Session) Agents() []string {
	var out []string
	seen := map[string]bool{}
	for _, k := range s.Kernels {
		if k.Agent != "" && !seen[k.Agent] {
			seen[k.Agent] = true
			out = append(out, k.Agent)
		}
	}
	return out
}

// Dead reports whether the session is over for good.
func (s *Session) Dead() bool { return s.Status.Ended() }

const sessionColumns = `s.seq, s.id, s.name, s.type, s.priority, s.tag, s.domain_name, s.project_id, g.name, s.user_id,
	u.email, u.full_name, s.access_key, s.scaling_group, s.image, s.registry, s.architecture, s.cluster_mode,
	s.cluster_size, s.status, s.status_info, s.status_data, s.status_history, s.status_changed, s.result, s.created_at,
	s.scheduled_at, s.starts_at, s.terminated_at, s.startup_command, s.bootstrap_script, s.environ, s.resource_opts,
	s.requested_slots, s.occupying_slots, s.mounts, s.vfolder_mounts, s.callback_url, s.num_queries,
	coalesce(s.batch_timeout, 0), s.mount_points`

const sessionFrom = `sessions s LEFT JOIN users u ON u.uuid = s.user_id LEFT JOIN projects g ON g.id = s.project_id`

// sessionFromFor leaves out the joins that a page does not ask for: counting
// would look up every row's user and project all the same.
func sessionFromFor(p Page) string {
	if text := p.Where.SQL + " " + p.Order.SQL; strings.Contains(text, "u.") || strings.Contains(text, "g.") {
		return sessionFrom
	}
	return "sessions s"
}

func scanSession(r scanner) (*Session, error) {
	var s Session
	var environ JSON
	var limit int64
	err := r.Scan(&s.Seq, &s.ID, &s.Name, &s.Type, &s.Priority, &s.Tag, &s.DomainName, &s.ProjectID,
		textColumn{&s.ProjectName}, &s.UserID, textColumn{&s.UserEmail}, textColumn{&s.FullName}, &s.AccessKey,
		&s.ScalingGroup, &s.Image, &s.Registry, &s.Architecture, &s.ClusterMode, &s.ClusterSize, &s.Status,
		&s.StatusInfo, &s.StatusData, &s.StatusHistory, timeColumn{&s.StatusChanged}, &s.Result,
		timeColumn{&s.CreatedAt}, timeColumn{&s.ScheduledAt}, timeColumn{&s.StartsAt}, timeColumn{&s.TerminatedAt},
		&s.StartupCommand, textColumn{&s.BootstrapScript}, &environ, &s.ResourceOpts, &s.RequestedSlots,
		&s.OccupyingSlots, listColumn{&s.Mounts}, listColumn{&s.VFolderMounts}, textColumn{&s.CallbackURL}, &s.NumQueries,
		&limit, &s.MountPoints)
	if err != nil {
		return nil, err
	}
	s.TimeLimit = time.Duration(limit) * time.Microsecond
	return &s, environ.Decode(&s.Environ)
}

// SessionQuery selects sessions. Aliases: s (sessions), u (their users), g
// (their projects); kernels are reached by a subquery on k.session_id = s.id.
type SessionQuery struct {
	IDs        []string // nil: any
	Name       string
	DomainName string
	ProjectID  string
	UserID     string
	AccessKey  string
	Statuses   []model.Status // nil: any
	Types      []model.SessionType
	// WithKernels reads the kernels of the page too, in one further query.
	WithKernels bool
	Page

	backwards bool // in the opposite of the own order
}

// Sessions lists sessions, those with the latest change of life first: the
// later of creation and end.
func (s *Store) Sessions(ctx context.Context, f SessionQuery) (items []*Session, total int, err error) {
	err = s.view(ctx, func(tx *sql.Tx) error {
		var seqs []int64
		if seqs, total, err = f.page(ctx, tx); err != nil {
			return err
		}
		if items, err = sessionsBySeq(ctx, tx, seqs); err != nil || !f.WithKernels {
			return err
		}
		return readKernels(ctx, tx, items)
	})
	return items, total, wrap("list sessions", err)
}

// page reads the numbers of the page's rows and the number of all. A page of the
// second half is looked up from the end, which is nearer.
func (f SessionQuery) page(ctx context.Context, db querier) (seqs []int64, total int, err error) {
	if f.Offset == 0 || f.Limit == 0 || f.Order.SQL != "" {
		if seqs, err = f.numbers(ctx, db); err != nil {
			return nil, 0, err
		}
		if f.Offset == 0 && (f.Limit == 0 || len(seqs) < f.Limit) {
			return seqs, len(seqs), nil
		}
		total, err = f.count(ctx, db)
		return seqs, total, err
	}
	if total, err = f.count(ctx, db); err != nil || f.Offset >= total {
		return nil, total, err
	}
	if f.Offset > total/2 {
		end := min(f.Offset+f.Limit, total)
		f.Limit, f.Offset, f.backwards = end-f.Offset, total-end, true
	}
	if seqs, err = f.numbers(ctx, db); f.backwards {
		slices.Reverse(seqs)
	}
	return seqs, total, err
}

// query has the conditions and the order.
func (f SessionQuery) query() query {
	q := query{from: sessionFromFor(f.Page), order: "s.activity DESC, s.seq DESC", ties: "s.seq"}
	if f.backwards {
		q.order = "s.activity, s.seq"
	}
	wider := ""
	if f.AccessKey != "" {
		wider = "+" // SQLite's "not by its index": a key pair has the fewest rows
	}
	q.in("s.id", f.IDs)
	q.equal("s.name", f.Name)
	q.equal("s.access_key", f.AccessKey)
	q.equal(wider+"s.user_id", f.UserID)
	q.equal(wider+"s.domain_name", f.DomainName)
	q.equal(wider+"s.project_id", f.ProjectID)
	q.statuses("s", f.Statuses)
	if f.Types != nil {
		q.in("s.type", texts(f.Types))
	}
	q.page(f.Page)
	return q
}

// numbers reads only the numbers of the page's rows: skipping to an offset then
// walks an index instead of reading whole rows.
func (f SessionQuery) numbers(ctx context.Context, db querier) ([]int64, error) {
	q := f.query()
	text, args := q.selects("s.seq", f.Page)
	return rows(ctx, db, text, args, func(r scanner) (n int64, err error) { return n, r.Scan(&n) })
}

// count is the number of matching sessions. Where the conditions are on columns
// that sessions are counted by, the counts are added up, so that it does not take
// longer as sessions become more.
func (f SessionQuery) count(ctx context.Context, db querier) (int, error) {
	q := f.query()
	if f.IDs != nil || f.Name != "" || !countedColumns(f.Where.SQL) {
		return q.count(ctx, db)
	}
	var n int
	err := db.QueryRowContext(ctx, "SELECT coalesce(sum(s.n), 0) FROM session_counts s"+q.condition(), q.args...).Scan(&n)
	return n, err
}

// countedColumns reports whether a condition is about nothing but columns of
// session_counts. Each column stands with its alias in it, and no value does.
func countedColumns(condition string) bool {
	for _, name := range regexp.MustCompile(`[a-z]+\.[a-z_]+`).FindAllString(condition, -1) {
		switch name {
		case "s.dead", "s.status", "s.type", "s.domain_name", "s.project_id", "s.user_id", "s.access_key":
		default:
			return false
		}
	}
	return true
}

// sessionsBySeq reads rows in the order of their numbers in seqs.
func sessionsBySeq(ctx context.Context, db querier, seqs []int64) ([]*Session, error) {
	if len(seqs) == 0 {
		return nil, nil
	}
	byseq := make(map[int64]*Session, len(seqs))
	for start := 0; start < len(seqs); start += maxVariables {
		part := seqs[start:min(start+maxVariables, len(seqs))]
		args := make([]any, len(part))
		for i, n := range part {
			args[i] = n
		}
		found, err := rows(ctx, db, "SELECT "+sessionColumns+" FROM "+sessionFrom+" WHERE s.seq IN ("+marks(len(part))+")",
			args, scanSession)
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			byseq[row.Seq] = row
		}
	}
	items := make([]*Session, 0, len(seqs))
	for _, n := range seqs {
		if row := byseq[n]; row != nil { // deleted between the two reads
			items = append(items, row)
		}
	}
	return items, nil
}

// maxVariables is how many values one statement gets; SQLite allows 32,766.
const maxVariables = 1000

// LiveStatuses are those of sessions that are not over.
func LiveStatuses() []model.Status {
	return []model.Status{model.StatusPending, model.StatusScheduled, model.StatusPulling, model.StatusPreparing,
		model.StatusRunning, model.StatusRestarting, model.StatusRunningDegraded, model.StatusTerminating, model.StatusError}
}

func deadStatuses() []model.Status {
	return []model.Status{model.StatusTerminated, model.StatusCancelled}
}

// statuses adds the condition on statuses such that the indexes that start with
// "dead" can serve it, and leaves out what that already says.
func (q *query) statuses(alias string, wanted []model.Status) {
	if wanted == nil {
		return
	}
	if len(wanted) == 0 {
		q.and("0")
		return
	}
	set := make(map[model.Status]bool, len(wanted))
	dead := 0
	for _, status := range wanted {
		if !set[status] && status.Ended() {
			dead++
		}
		set[status] = true
	}
	switch {
	case dead == 0:
		q.and(alias + ".dead = 0")
		if containsAll(set, LiveStatuses()) {
			return
		}
	case dead == len(set):
		q.and(alias + ".dead = 1")
		if containsAll(set, deadStatuses()) {
			return
		}
	}
	names := make([]string, 0, len(set))
	for status := range set {
		names = append(names, string(status))
	}
	q.in(alias+".status", names)
}

func containsAll(set map[model.Status]bool, all []model.Status) bool {
	for _, status := range all {
		if !set[status] {
			return false
		}
	}
	return true
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}

// Session finds a session by id, with its kernels.
func (s *Store) Session(ctx context.Context, id string) (*Session, error) {
	return session(ctx, s.read, id)
}

func session(ctx context.Context, db querier, id string) (*Session, error) {
	row, err := one(ctx, db, "find session", "SELECT "+sessionColumns+" FROM "+sessionFrom+" WHERE s.id = ?", []any{id}, scanSession)
	if err != nil {
		return nil, err
	}
	return row, wrap("find session", readKernels(ctx, db, []*Session{row}))
}

// Queue lists the sessions that wait, with their kernels, in the order in which
// the scheduler looks at them: by resource group, higher priority first, then
// by arrival.
func (s *Store) Queue(ctx context.Context) ([]*Session, error) {
	items, err := rows(ctx, s.read, "SELECT "+sessionColumns+" FROM "+sessionFrom+
		" WHERE s.status = 'PENDING' ORDER BY s.scaling_group, s.priority DESC, s.seq", nil, scanSession)
	if err == nil {
		err = readKernels(ctx, s.read, items)
	}
	return items, wrap("read queue", err)
}

// Live lists all sessions that are not over, with their kernels, by arrival.
func (s *Store) Live(ctx context.Context) ([]*Session, error) {
	items, err := rows(ctx, s.read, "SELECT "+sessionColumns+" FROM "+sessionFrom+" WHERE s.dead = 0 ORDER BY s.seq",
		nil, scanSession)
	if err == nil {
		err = readKernels(ctx, s.read, items)
	}
	return items, wrap("read live sessions", err)
}

// CountLive is the number of sessions that are not over.
func (s *Store) CountLive(ctx context.Context) (int, error) {
	n, err := SessionQuery{Statuses: LiveStatuses()}.count(ctx, s.read)
	return n, wrap("count sessions", err)
}
