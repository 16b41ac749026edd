package login

import (
	"errors"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

func TestWhatIsAskedForAfterAFailure(t *testing.T) {
	tests := []struct {
		name    string
		before  further
		failure Failure
		want    further
	}{
		{"a wrong password asks for nothing more", further{}, Failure{Reason: ReasonMismatch}, further{}},
		{"a second factor asks for its code", further{}, Failure{Reason: ReasonSecondFactor}, further{code: true}},
		{"a wrong code is asked for again", further{code: true}, Failure{Reason: ReasonMismatch}, further{code: true}},
		{"an expired password asks for a new one", further{}, Failure{Reason: ReasonPasswordExpired}, further{password: true}},
		{"a new one that is refused is asked for again", further{password: true}, Failure{Reason: ReasonNewPassword}, further{password: true}},
		{"a second factor after the change", further{password: true}, Failure{Reason: ReasonSecondFactor, Changed: true}, further{code: true}},
		{"a factor that is not set up cannot be asked for", further{}, Failure{Reason: ReasonFactorSetup}, further{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, test.before.after(&test.failure))
		})
	}
}

func TestAWrongCodeIsToldFromAWrongPassword(t *testing.T) {
	mismatch := &Failure{Reason: ReasonMismatch, Field: "password"}
	assert.Same(t, mismatch, further{}.explain(mismatch))
	assert.Nil(t, further{code: true}.explain(nil))
	assert.Equal(t, &Failure{Reason: ReasonMismatchCode, Field: "otp"}, further{code: true}.explain(mismatch))
	assert.Equal(t, ReasonMismatch, mismatch.Reason, "the owner's failure is left as it is")
}

func TestCheckOfWhatIsAskedForFurther(t *testing.T) {
	change := func(next, again string) Input {
		return Input{Mode: model.ModeSession, Password: "present password", NewPassword: next, again: again}
	}
	tests := []struct {
		name   string
		asked  further
		in     Input
		reason Reason
		field  string
	}{
		{"nothing is asked for", further{}, change("", ""), "", ""},
		{"a good new password", further{password: true}, change("next password", "next password"), "", ""},
		{"too short", further{password: true}, change("next", "next"), ReasonShortPassword, "new_password"},
		{"eight characters are not eight bytes", further{password: true}, change("비밀번호", "비밀번호"), ReasonShortPassword, "new_password"},
		{"the same as before", further{password: true}, change("present password", "present password"), ReasonSamePassword, "new_password"},
		{"typed differently", further{password: true}, change("next password", "next passwort"), ReasonUnequalPasswords, "new_password_again"},
		{"no code", further{code: true}, change("", ""), ReasonSecondFactor, "otp"},
		{"a key pair needs none of it", further{code: true, password: true}, Input{Mode: model.ModeAPI}, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			failure := test.asked.check(test.in)
			if test.reason == "" {
				assert.Nil(t, failure)
				return
			}
			assert.Equal(t, test.reason, failure.Reason)
			assert.Equal(t, test.field, failure.Field)
		})
	}
	in, _ := check(Input{Mode: model.ModeSession, Username: "u", Password: "p", OTP: " 123 456 "}, nil)
	assert.Equal(t, "123456", in.OTP, "apps show codes in groups")
}

func TestFailuresOfTheFurtherSteps(t *testing.T) {
	refused := &client.Error{Kind: client.KindInvalid, Path: client.ChangePasswordPath, Message: "too simple"}
	assert.Equal(t, &Failure{Reason: ReasonNewPassword, Field: "new_password", Detail: "too simple"}, FailureOf(refused, model.ModeSession))

	setup := &client.Error{Kind: client.KindSecondFactor, Type: "require-totp-registration"}
	assert.Equal(t, ReasonFactorSetup, FailureOf(setup, model.ModeSession).Reason)

	later := FailureOf(&Changed{Err: &client.Error{Kind: client.KindSecondFactor}}, model.ModeSession)
	assert.Equal(t, &Failure{Reason: ReasonSecondFactor, Field: "otp", Changed: true}, later)
	assert.EqualError(t, &Changed{Err: errors.New("x")}, "the password was changed: x")
}

func TestTheFormShowsWhatIsAskedFor(t *testing.T) {
	plain := app.HTMLString(&Form{Texts: i18n.Load("en")})
	assert.NotContains(t, plain, "signin-otp")
	assert.NotContains(t, plain, "new_password")

	code := app.HTMLString(&Form{Texts: i18n.Load("en"), further: further{code: true}})
	assert.Contains(t, code, `autocomplete="one-time-code"`)

	change := app.HTMLString(&Form{Texts: i18n.Load("ko"), further: further{password: true}})
	assert.Contains(t, change, `name="new_password_again"`)
	assert.Contains(t, change, "비밀번호를 바꾸고 로그인")
	assert.Contains(t, change, "8자 이상 입력하세요.")
}
