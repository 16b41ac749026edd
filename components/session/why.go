package session

import (
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
)

// reason is why a session waits, or why it ended, without a language.
type reason struct {
	Key  string // of the sentence, under session.why.
	Args []any
	// Said is what the manager or an agent said about it in its own words.
	Said string
	// Tries and LastTry are the scheduler's, for a session that waits.
	Tries   int
	LastTry time.Time
	// ExitCode is that of the main kernel's command, for a session that is over.
	ExitCode *int
}

// waitingUnsaid is the sentence for a session of which the manager does not say
// why it waits.
const waitingUnsaid = "waiting"

// why reads from the status, its info and its data why a session is in it; ahead
// is how many wait before it, if that is known. A session that runs needs no
// reason: ok is false.
func why(s *model.FullSession, ahead int, now time.Time) (r reason, ok bool) {
	if s == nil {
		return reason{}, false
	}
	detail := facts.DetailOf(s.StatusData)
	switch s.Status.Phase() {
	case model.PhaseWaiting:
		r = whyWaiting(s, detail, now)
		if r.Key == waitingUnsaid && ahead > 0 {
			r = reason{Key: "waiting.behind", Args: []any{"count", ahead, "group", s.ScalingGroup}, Said: r.Said}
		}
		r.Tries, r.LastTry = detail.Retries, detail.LastTry
	case model.PhasePreparing:
		r.Key = "preparing"
		if key := "preparing." + strings.ToLower(string(s.Status)); preparingKnown(s.Status) {
			r.Key = key
		}
	case model.PhaseFailed:
		r = whyFailed(s, detail)
	case model.PhaseEnding:
		r = whyEnded(s, detail)
		r.Key = "ending." + r.Key
	case model.PhaseEnded:
		r = whyEnded(s, detail)
		r.ExitCode = exitCode(s, detail)
		r.Key = "ended." + r.Key
	default:
		return reason{}, false
	}
	return r, true
}

func preparingKnown(s model.Status) bool {
	return s == model.StatusPulling || s == model.StatusRestarting
}

// whyWaiting looks at the checks of the scheduler that did not pass, in the order
// of what the person can do about them, then at the free resources and the queue.
func whyWaiting(s *model.FullSession, d facts.Detail, now time.Time) reason {
	if starts := s.StartsAt.Time; starts.After(now) {
		return reason{Key: "waiting.reserved_time", Args: []any{"time", starts}}
	}
	if len(d.Failed) > 0 {
		failed := d.Failed[0]
		r := reason{Key: "waiting.predicate", Args: []any{"name", failed.Name}, Said: failed.Message}
		switch failed.Name {
		case "dependencies":
			r.Key, r.Args = "waiting.dependencies", []any{"names", waitsFor(s.Dependencies)}
			if waitsFor(s.Dependencies) == "" {
				r.Key = "waiting.dependencies.some"
			}
		case "concurrency", "pending_session_resource_limit", "pending_session_count_limit", "keypair_resource_limit",
			"user_resource_limit", "user_group_resource_limit", "domain_resource_limit", "reserved_time":
			r.Key, r.Args = "waiting."+failed.Name, nil
			if failed.Name == "reserved_time" {
				r.Key, r.Args = "waiting.reserved_time", []any{"time", s.StartsAt.Time}
			}
		}
		return r
	}
	switch {
	case s.StatusInfo == "no-available-instances":
		return reason{Key: "waiting.no_room", Args: []any{"group", s.ScalingGroup}, Said: d.Message}
	case s.StatusInfo == "scheduler-error":
		return reason{Key: "waiting.scheduler_error", Said: d.Message}
	case s.QueuePosition > 0:
		return reason{Key: "waiting.queue", Args: []any{"count", s.QueuePosition + 1, "group", s.ScalingGroup}}
	case s.QueuePosition == 0:
		return reason{Key: "waiting.queue.first", Args: []any{"group", s.ScalingGroup}}
	}
	return reason{Key: waitingUnsaid, Said: d.Message}
}

// waitsFor names the sessions a session depends on that are not over.
func waitsFor(dependencies []model.Linked) string {
	var names []string
	for _, d := range dependencies {
		if !d.Status.Ended() {
			names = append(names, d.Name)
		}
	}
	return strings.Join(names, ", ")
}

// whyFailed is about a session that is broken and has not been ended.
func whyFailed(s *model.FullSession, d facts.Detail) reason {
	if len(d.Errors) > 0 {
		return reason{Key: "failed.error", Args: []any{"name", d.Errors[0].Name}, Said: d.Errors[0].Message}
	}
	return reason{Key: "failed", Said: s.StatusInfo}
}

// whyEnded reads the reason that managers write into status_info: of the session,
// or where it is not told there, of the main kernel.
func whyEnded(s *model.FullSession, d facts.Detail) reason {
	info := s.StatusInfo
	if main := mainKernel(s); main != nil && (info == "" || (s.Status == model.StatusCancelled && main.StatusInfo != "")) {
		info = main.StatusInfo
	}
	r := endReason(info)
	if r.Said == "" && len(d.Errors) > 0 {
		r.Said = strings.TrimSpace(d.Errors[0].Name + " " + d.Errors[0].Message)
	}
	return r
}

// WhyEnded says in a sentence why a session ended, from the reason that managers
// write into status_info and send with events; what a reason has besides follows.
func WhyEnded(t *i18n.Texts, info string) string {
	r := endReason(info)
	r.Key = "ended." + r.Key
	return strings.TrimSpace(r.text(t, time.Time{}) + " " + r.Said)
}

// endReason knows the reasons of all managers.
func endReason(info string) reason {
	switch info {
	case "":
		return reason{Key: "unsaid"}
	case "user-requested", "force-terminated", "self-terminated", "task-finished", "task-failed", "task-timeout", "task-cancelled",
		"exec-timeout", "idle-timeout", "idle-session-lifetime", "idle-utilization", "pending-timeout", "hang-timeout", "restart-timeout",
		"failed-to-start", "failed-to-create", "creation-failed", "agent-termination", "anomaly-detected", "killed-by-event",
		"out-of-memory", "too-many-processes", "out-of-disk", "lost", "service-scaled-down", "terminated-unknown-container",
		"not-found-in-manager", "container-not-found", "already-terminated", "no-available-instances", "predicate-checks-failed":
		r := reason{Key: info}
		switch info { // told in different words by different managers
		case "failed-to-create", "creation-failed":
			r.Key = "failed-to-start"
		case "not-found-in-manager", "container-not-found", "already-terminated", "terminated-unknown-container":
			r.Key = "lost"
		case "no-available-instances", "predicate-checks-failed":
			r.Key = "cancelled"
		}
		return r
	}
	for _, prefix := range []string{"operation-timeout", "agent-error", "other-error"} {
		if rest, found := strings.CutPrefix(info, prefix); found {
			return reason{Key: prefix, Said: strings.Trim(rest, " ()")}
		}
	}
	return reason{Key: "other", Args: []any{"info", info}}
}

// exitCode is that of the session, or of its main kernel. Managers write -1 where
// there is none.
func exitCode(s *model.FullSession, d facts.Detail) *int {
	code := d.ExitCode
	if main := mainKernel(s); code == nil && main != nil {
		code = facts.DetailOf(main.StatusData).ExitCode
	}
	if code == nil || *code < 0 {
		return nil
	}
	return code
}

func mainKernel(s *model.FullSession) *model.FullKernel {
	for i := range s.Kernels {
		if s.Kernels[i].ClusterRole == "main" || s.Kernels[i].Role == "main" {
			return &s.Kernels[i]
		}
	}
	if len(s.Kernels) > 0 {
		return &s.Kernels[0]
	}
	return nil
}

// text is the reason as one sentence, with what belongs to it in further ones.
func (r reason) text(t *i18n.Texts, now time.Time) string {
	args := make([]any, len(r.Args))
	copy(args, r.Args)
	for i, arg := range args {
		if at, ok := arg.(time.Time); ok {
			args[i] = t.ShortTime(now, at.Local())
		}
	}
	text := t.T("session.why."+r.Key, args...)
	if r.Tries > 0 {
		text += " " + t.T("session.why.tries", "count", t.Int(r.Tries), "time", t.Clock(r.LastTry.Local()))
	}
	if r.ExitCode != nil {
		text += " " + t.T("session.why.exit_code", "code", *r.ExitCode)
	}
	return text
}
