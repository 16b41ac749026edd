package login

import (
	"errors"
	"math"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// Reason is why signing in failed; "login.failure."+Reason is the key of the
// sentence that says it, and the same with ".do" of the one that says what to
// do. The first five are also what the server puts into the address (?signin=)
// after the form was posted without the program.
type Reason string

// The reasons.
const (
	ReasonMismatch    Reason = "mismatch"    // wrong user name or password
	ReasonMissing     Reason = "missing"     // an empty field
	ReasonBlocked     Reason = "blocked"     // too many attempts
	ReasonUnreachable Reason = "unreachable" // the manager does not answer
	ReasonExpired     Reason = "expired"     // an earlier sign-in is over

	ReasonChangedPassword Reason = "changed_password" // another sign-in, or an admin, has changed it
	ReasonClosedAccount   Reason = "closed_account"   // user or key pair are not active any more

	ReasonMissingKeys      Reason = "missing_keys"
	ReasonMissingEndpoint  Reason = "missing_endpoint"
	ReasonBadEndpoint      Reason = "bad_endpoint"
	ReasonRefusedEndpoint  Reason = "refused_endpoint"
	ReasonMismatchKeys     Reason = "mismatch_keys"
	ReasonPasswordExpired  Reason = "password_expired"
	ReasonSecondFactor     Reason = "second_factor"
	ReasonMismatchCode     Reason = "mismatch_code" // password or one-time password
	ReasonFactorSetup      Reason = "second_factor_setup"
	ReasonNewPassword      Reason = "new_password" // the manager does not accept it
	ReasonShortPassword    Reason = "short_password"
	ReasonSamePassword     Reason = "same_password"
	ReasonUnequalPasswords Reason = "unequal_passwords"
	ReasonForbidden        Reason = "forbidden"
	ReasonMonitor          Reason = "monitor" // a role that may not use the page
	ReasonClock            Reason = "clock"
	ReasonServerClock      Reason = "server_clock"
	ReasonVersion          Reason = "version"
	ReasonNotManager       Reason = "not_manager"
	ReasonOffline          Reason = "offline"
	ReasonTimeout          Reason = "timeout"
	ReasonServer           Reason = "server" // anything else
)

// ServerReasons lists those that a posted form can come back with.
func ServerReasons() []Reason {
	return []Reason{ReasonMismatch, ReasonMissing, ReasonBlocked, ReasonUnreachable, ReasonExpired}
}

// ReasonEnded is why a sign-in is over: code is that of the web server's answer.
func ReasonEnded(code string) Reason {
	switch code {
	case client.CodePasswordChanged:
		return ReasonChangedPassword
	case client.CodeAccountClosed:
		return ReasonClosedAccount
	}
	return ReasonExpired
}

// Failure is why signing in failed, for the form to say.
type Failure struct {
	Reason Reason
	Args   []any  // placeholders of the sentences
	Field  string // the name of the input it is about, "" for none
	Detail string // the manager's or the client's own words, "" for none
	// Changed is whether the password had been changed before this failed.
	Changed bool
}

// ErrMonitor refuses accounts of the role monitor, as the original does.
var ErrMonitor = errors.New("login: accounts of the role monitor cannot use the page")

// FailureOf turns the error of a sign-in into what the form says.
func FailureOf(err error, mode model.ConnectionMode) *Failure {
	if errors.Is(err, ErrMonitor) {
		return &Failure{Reason: ReasonMonitor}
	}
	failure := &Failure{Reason: reasonOf(client.KindOf(err), mode), Changed: changed(err)}
	var e *client.Error
	if !errors.As(err, &e) {
		failure.Detail = err.Error()
		return failure
	}
	switch {
	case e.Type == "require-totp-registration":
		failure.Reason = ReasonFactorSetup
	case e.Path == client.ChangePasswordPath && e.Kind == client.KindInvalid:
		failure.Reason, failure.Field = ReasonNewPassword, "new_password"
	}
	switch failure.Reason {
	case ReasonSecondFactor:
		failure.Field = "otp"
	case ReasonPasswordExpired:
		failure.Field = "new_password"
	case ReasonMismatch:
		failure.Field = "password"
	case ReasonMismatchKeys:
		failure.Field = "secret_key"
	case ReasonBlocked:
		failure.Args = []any{"minutes", minutes(e.RetryAfter)}
	case ReasonClock, ReasonServerClock:
		failure.Args = []any{"minutes", minutes(max(e.ClockSkew.Abs(), signing.MaxSkew))}
	case ReasonServer, ReasonForbidden, ReasonVersion, ReasonNotManager, ReasonUnreachable, ReasonNewPassword:
		failure.Detail = detail(e)
	}
	return failure
}

func reasonOf(kind client.Kind, mode model.ConnectionMode) Reason {
	switch kind {
	case client.KindCredentials, client.KindAuth:
		if mode == model.ModeAPI {
			return ReasonMismatchKeys
		}
		return ReasonMismatch
	case client.KindRateLimit:
		return ReasonBlocked
	case client.KindUnreachable, client.KindUnavailable:
		return ReasonUnreachable
	case client.KindOffline:
		return ReasonOffline
	case client.KindTimeout:
		return ReasonTimeout
	case client.KindPasswordExpired:
		return ReasonPasswordExpired
	case client.KindSecondFactor:
		return ReasonSecondFactor
	case client.KindForbidden:
		return ReasonForbidden
	case client.KindClock:
		return ReasonClock
	case client.KindServerClock:
		return ReasonServerClock
	case client.KindVersion:
		return ReasonVersion
	case client.KindNotManager:
		return ReasonNotManager
	}
	return ReasonServer
}

// detail is the most telling of the words an error brought along.
func detail(e *client.Error) string {
	if e.Message != "" {
		return e.Message
	}
	return e.Title
}

// minutes rounds up, to at least one.
func minutes(d time.Duration) int { return max(1, int(math.Ceil(d.Minutes()))) }
