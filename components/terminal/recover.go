package terminal

import (
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
)

// closed is the end of the websocket, which is not always the terminal's.
func (l *link) closed(code int, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost(code, reason)
}

// lost decides what the end of a connection means; l.mu is held.
func (l *link) lost(code int, reason string) {
	l.greeted = false
	l.shown.Reason, l.shown.Detail = code, reason
	switch code {
	case client.TerminalEnded:
		l.shown.Phase = phaseEnded
		l.shown.Code = exitCode(reason)
		l.kept = nil
	case client.TerminalMissing:
		l.shown.Phase = phaseOver
	case client.TerminalSignedOut, client.TerminalForbidden, client.TerminalBad:
		l.shown.Phase = phaseRefused
	default:
		if l.shown.Phase != phaseConnecting {
			l.shown.Phase = phaseReconnecting
		}
		l.retryAt = l.now().Add(pause(l.attempt))
		l.attempt++
	}
	l.browser.Changed()
}

// exitCode reads "exit code 3".
func exitCode(reason string) int {
	code, err := strconv.Atoi(strings.TrimPrefix(reason, "exit code "))
	if err != nil {
		return 0
	}
	return code
}

// pause is how long to wait before the next attempt: none at first, then half a
// second and twice as long each time, up to 15 s.
func pause(attempt int) time.Duration {
	if attempt == 0 {
		return 0
	}
	return min(250*time.Millisecond<<min(attempt, 10), 15*time.Second)
}

// tick does what is due; it is to be called a few times a second.
func (l *link) tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	switch {
	case !l.retryAt.IsZero():
		if !now.Before(l.retryAt) {
			l.dial()
		}
	case l.begun() && l.shown.Phase <= phaseReconnecting && now.Sub(l.heard) > silence:
		l.browser.Hangup()
		l.lost(0, "")
	case l.greeted && l.unsent && now.Sub(l.resized) >= resizeEvery:
		l.sendSize()
	}
}

// hurry tries at once: the network is back, or somebody asks for it.
func (l *link) hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.retryAt.IsZero() {
		l.attempt = min(l.attempt, 1)
		l.dial()
	}
}

// cut takes the connection for dead: the network has gone.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.begun() || l.shown.Phase > phaseReconnecting || !l.retryAt.IsZero() {
		return
	}
	l.browser.Hangup()
	l.attempt = max(l.attempt, 1)
	l.lost(0, "")
}

// begun reports whether there ever was an attempt: there is none before the screen
// is loaded. l.mu is held.
func (l *link) begun() bool { return !l.heard.IsZero() }

// restart begins anew after an end or a refusal.
func (l *link) restart() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown.Phase > phaseReconnecting {
		l.again()
	}
}

// again connects anew; l.mu is held.
func (l *link) again() {
	l.shown.Phase, l.shown.Lost = phaseConnecting, false
	l.instance, l.kept, l.attempt = "", nil, 0
	l.dial()
}

// leave ends the connection for good.
func (l *link) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.retryAt = time.Time{}
	l.browser.Hangup()
	l.shown.Phase = phaseOver
}
