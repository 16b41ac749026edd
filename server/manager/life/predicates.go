package life

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// verdict is what a predicate says; an empty message is a pass.
type verdict struct {
	Name string `json:"name"`
	Msg  string `json:"msg,omitempty"`
}

// world is what predicates are judged by. It is read once for each pass of the
// scheduler and kept up while sessions are placed.
type world struct {
	store    *store.Store
	now      time.Time
	held     store.Occupancy
	agents   []store.Agent
	policies map[string]store.KeyPairPolicy // by access key
	mains    map[string]store.KeyPairPolicy // by user id: the policy of the main key pair
	projects map[string]slots.Slots         // limits, by project id
	domains  map[string]slots.Slots         // limits, by name
}

func (e *Engine) look(ctx context.Context) (*world, error) {
	held, err := e.store.Occupancy(ctx)
	if err != nil {
		return nil, err
	}
	agents, _, err := e.store.Agents(ctx, store.AgentQuery{Status: store.AgentAlive})
	if err != nil {
		return nil, err
	}
	return &world{store: e.store, now: e.instant(), held: held, agents: agents,
		policies: map[string]store.KeyPairPolicy{}, mains: map[string]store.KeyPairPolicy{},
		projects: map[string]slots.Slots{}, domains: map[string]slots.Slots{}}, nil
}

// judge checks a waiting session against all limits. The names and their order
// are those of manager 24.09; clients show them.
func (w *world) judge(ctx context.Context, s *store.Session, wanted slots.Slots) (failed, passed []verdict, err error) {
	policy, err := w.policy(ctx, s.AccessKey)
	if err != nil {
		return nil, nil, err
	}
	bounds, err := w.bounds(ctx, s, policy, wanted)
	if err != nil {
		return nil, nil, err
	}
	var needs []store.Dependency
	if len(s.DependsOn) > 0 {
		if needs, err = w.store.Dependencies(ctx, s.ID); err != nil {
			return nil, nil, err
		}
	}
	key := w.held.KeyPairs[s.AccessKey]
	checks := []verdict{
		{"reserved_time", w.reservedTime(s)},
		{"dependencies", unmet(needs)},
		{"concurrency", concurrency(key.Sessions, policy.MaxConcurrentSessions)},
		{"pending_session_resource_limit", pendingSlots(key.PendingSlots, policy.MaxPendingSlots)},
		{"pending_session_count_limit", pendingCount(key.Pending, policy.MaxPendingSessions)},
	}
	for _, b := range bounds {
		checks = append(checks, verdict{b.check, overLimit(b.called, b.held.Add(wanted), b.limit)})
	}
	failed, passed = []verdict{}, []verdict{}
	for _, c := range checks {
		if c.Msg == "" {
			passed = append(passed, c)
		} else {
			failed = append(failed, c)
		}
	}
	return failed, passed, nil
}

// bound is one limit on resources, with what is held of it.
type bound struct {
	check       string // the predicate's name
	called      string // in the predicate's message
	whose       string // in a forecast
	limit, held slots.Slots
}

// bounds are the limits on resources that a session is judged by.
func (w *world) bounds(ctx context.Context, s *store.Session, policy store.KeyPairPolicy, wanted slots.Slots) ([]bound, error) {
	keyLimit, err := policyLimit(policy, wanted)
	if err != nil {
		return nil, err
	}
	main, err := w.mainPolicy(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	userLimit, err := policyLimit(main, wanted)
	if err != nil {
		return nil, err
	}
	project, err := w.projectLimit(ctx, s.ProjectID)
	if err != nil {
		return nil, err
	}
	domain, err := w.domainLimit(ctx, s.DomainName)
	if err != nil {
		return nil, err
	}
	return []bound{
		{"keypair_resource_limit", "keypair", model.WhoseKeyPair, keyLimit, w.held.KeyPairs[s.AccessKey].Slots},
		{"user_resource_limit", "main-keypair", model.WhoseUser, userLimit, w.held.Users[s.UserID]},
		{"user_group_resource_limit", "group", model.WhoseProject, unlimited(project, wanted), w.held.Projects[s.ProjectID]},
		{"domain_resource_limit", "domain", model.WhoseDomain, unlimited(domain, wanted), w.held.Domains[s.DomainName]},
	}, nil
}

func (w *world) reservedTime(s *store.Session) string {
	if s.StartsAt.After(w.now) {
		return "Before start time"
	}
	return ""
}

// unmet names the sessions that have not ended well. One that never will keeps
// those behind it waiting until somebody cancels them, as in manager 24.09.
func unmet(needs []store.Dependency) string {
	var open []string
	for _, d := range needs {
		if d.Result != resultSuccess {
			open = append(open, d.Name+" ("+d.SessionID+")")
		}
	}
	if open == nil {
		return ""
	}
	return "Waiting dependency sessions to finish as success. (" + strings.Join(open, ", ") + ")"
}

func concurrency(sessions, limit int) string {
	if sessions < limit {
		return ""
	}
	return fmt.Sprintf("You cannot run more than %d concurrent sessions", limit)
}

func pendingCount(pending int, limit *int) string {
	if limit == nil || pending <= *limit {
		return ""
	}
	return fmt.Sprintf("You cannot create more than %d pending session(s).", *limit)
}

func pendingSlots(pending slots.Slots, limit store.JSON) string {
	bounds, err := slots.FromJSON(string(limit))
	if err != nil || len(bounds) == 0 {
		return ""
	}
	return overLimit("pending", pending, unlimited(bounds, pending))
}

// overLimit is empty as long as total stays within the limit.
func overLimit(whose string, total, limit slots.Slots) string {
	names := total.Exceeds(limit)
	if len(names) == 0 {
		return ""
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = name + "=" + limit[name].String()
	}
	return fmt.Sprintf("Your %s resource quota is exceeded. (%s)", whose, strings.Join(parts, " "))
}

// unlimited fills in the slots that a limit does not name.
func unlimited(limit, wanted slots.Slots) slots.Slots {
	out := slots.Slots{}.Add(limit)
	for name := range wanted {
		if _, ok := limit[name]; !ok {
			out[name] = slots.Infinite
		}
	}
	return out
}

// policyLimit is a key pair policy's limit; what it does not name is free or
// not at all to be had, as the policy says.
func policyLimit(p store.KeyPairPolicy, wanted slots.Slots) (slots.Slots, error) {
	limit, err := slots.FromJSON(string(p.TotalResourceSlots))
	if err != nil || p.DefaultForUnspecified == "LIMITED" {
		return limit, err
	}
	return unlimited(limit, wanted), nil
}

// policy is the resource policy of a key pair.
func (w *world) policy(ctx context.Context, accessKey string) (store.KeyPairPolicy, error) {
	if p, ok := w.policies[accessKey]; ok {
		return p, nil
	}
	pair, err := w.store.KeyPair(ctx, accessKey)
	if err != nil {
		return store.KeyPairPolicy{}, err
	}
	p, err := w.store.KeyPairPolicy(ctx, pair.ResourcePolicy)
	if err == nil {
		w.policies[accessKey] = p
	}
	return p, err
}

// mainPolicy is the resource policy of a user's main key pair; a user without
// one is not limited by it.
func (w *world) mainPolicy(ctx context.Context, userID string) (store.KeyPairPolicy, error) {
	if p, ok := w.mains[userID]; ok {
		return p, nil
	}
	user, err := w.store.User(ctx, userID)
	if err != nil {
		return store.KeyPairPolicy{}, err
	}
	var p store.KeyPairPolicy
	if user.MainAccessKey != "" {
		if p, err = w.policy(ctx, user.MainAccessKey); err != nil {
			return p, err
		}
	}
	w.mains[userID] = p
	return p, nil
}

func (w *world) projectLimit(ctx context.Context, id string) (slots.Slots, error) {
	if l, ok := w.projects[id]; ok {
		return l, nil
	}
	p, err := w.store.Project(ctx, id)
	if err != nil {
		return nil, err
	}
	l, err := slots.FromJSON(string(p.TotalResourceSlots))
	w.projects[id] = l
	return l, err
}

func (w *world) domainLimit(ctx context.Context, name string) (slots.Slots, error) {
	if l, ok := w.domains[name]; ok {
		return l, nil
	}
	d, err := w.store.Domain(ctx, name)
	if err != nil {
		return nil, err
	}
	l, err := slots.FromJSON(string(d.TotalResourceSlots))
	w.domains[name] = l
	return l, err
}
