package login

import (
	"errors"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// further is what a sign-in with an account asked for besides user name and
// password. It is asked for from then on, so that a mistyped code can be
// corrected.
type further struct {
	code     bool // a one-time password
	password bool // a new password: the present one has expired
}

// MinNewPassword is the least number of characters of a new password, as in the
// original; the manager may ask for more.
const MinNewPassword = 8

// Changed is the error of a sign-in that failed after the password had been
// changed: the new one is the right one from now on.
type Changed struct{ Err error }

// Error says what failed.
func (c *Changed) Error() string { return "the password was changed: " + c.Err.Error() }

// Unwrap returns what failed.
func (c *Changed) Unwrap() error { return c.Err }

// after is what the form asks for once an attempt has failed.
func (a further) after(failure *Failure) further {
	switch failure.Reason {
	case ReasonSecondFactor:
		a.code = true
	case ReasonPasswordExpired:
		a.password = true
	}
	if failure.Changed {
		a.password = false
	}
	return a
}

// explain makes a failure say what it may be about, now that there is more than
// a password.
func (a further) explain(failure *Failure) *Failure {
	if !a.code || failure == nil || failure.Reason != ReasonMismatch {
		return failure
	}
	explained := *failure
	explained.Reason, explained.Field = ReasonMismatchCode, "otp"
	return &explained
}

// check reports what is visibly wrong with what was asked for.
func (a further) check(in Input) *Failure {
	switch {
	case in.Mode != model.ModeSession:
		return nil
	case a.password && len([]rune(in.NewPassword)) < MinNewPassword:
		return &Failure{Reason: ReasonShortPassword, Field: "new_password", Args: []any{"count", MinNewPassword}}
	case a.password && in.NewPassword == in.Password:
		return &Failure{Reason: ReasonSamePassword, Field: "new_password"}
	case a.password && in.NewPassword != in.again:
		return &Failure{Reason: ReasonUnequalPasswords, Field: "new_password_again"}
	case a.code && in.OTP == "":
		return &Failure{Reason: ReasonSecondFactor, Field: "otp"}
	}
	return nil
}

// furtherFields draws them. Each has a place of its own that stays, as elements
// are matched by position.
func (f *Form) furtherFields() []app.UI {
	return []app.UI{
		app.Div().Class("further").Body(app.If(f.further.password, func() app.UI {
			return ui.Field("signin-new_password", f.Texts.T("login.new_password"),
				f.Texts.T("login.new_password.hint", "count", MinNewPassword), f.secret("new_password", "new-password"))
		})),
		app.Div().Class("further").Body(app.If(f.further.password, func() app.UI {
			return ui.Field("signin-new_password_again", f.Texts.T("login.new_password_again"), "",
				f.secret("new_password_again", "new-password"))
		})),
		app.Div().Class("further").Body(app.If(f.further.code, func() app.UI {
			return ui.Field("signin-otp", f.Texts.T("login.otp"), "",
				f.input("otp").Type("text").Attr("inputmode", "numeric").Attr("autocomplete", "one-time-code").MaxLength(MaxOTP))
		})),
	}
}

// changed reports whether the password was changed before an attempt failed.
func changed(err error) bool {
	var c *Changed
	return errors.As(err, &c)
}
