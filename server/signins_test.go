package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// mutate sends a GraphQL mutation.
func (p person) mutate(text string) {
	p.t.Helper()
	var answer struct{ Result struct{ Ok bool } }
	p.call(http.MethodPost, "/admin/gql", fmt.Sprintf(`{"query": %q}`, "mutation { Result: "+text+" { ok msg } }"), &answer)
}

// ended asks for something with the sign-in: 401 says that it is over, and why.
func (p person) ended() (status int, body string) {
	response, body := request(p.t, http.DefaultClient, http.MethodGet, p.ui+"/func/folders", "", http.Header{"Cookie": {p.cookie}})
	return response.StatusCode, body
}

func TestSignInsEndWithThePasswordAndTheAccount(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--data", data)
	admin := r.as(data, "superadmin")
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	user := kept[len(kept)-1]
	require.Equal(t, "user", string(user.Role))
	twoSignIns := func() (one, other person) { return r.as(data, "user"), r.as(data, "user") }
	check := func(what string, p person, code string) {
		status, body := p.ended()
		assert.Equal(t, http.StatusUnauthorized, status, what)
		assert.Contains(t, body, `"error_code": "`+code+`"`, what)
	}

	one, other := twoSignIns()
	one.call(http.MethodPost, "/auth/update-password", fmt.Sprintf(`{"old_password": %q, "new_password": "Another1!", "new_password2": "Another1!"}`, user.Password), nil)
	status, _ := one.ended()
	assert.Equal(t, http.StatusOK, status, "who changes the password stays")
	check("the person's own change", other, client.CodePasswordChanged)

	admin.mutate(fmt.Sprintf(`modify_user(email: %q, props: {password: %q})`, user.Email, user.Password))
	check("an admin's change", one, client.CodePasswordChanged)

	one, _ = twoSignIns()
	admin.mutate(fmt.Sprintf(`modify_user(email: %q, props: {full_name: "Other"})`, user.Email))
	status, _ = one.ended()
	assert.Equal(t, http.StatusOK, status, "another name ends nothing")
	admin.mutate(fmt.Sprintf(`modify_user(email: %q, props: {status: "inactive"})`, user.Email))
	check("an inactive user", one, client.CodeAccountClosed)

	admin.mutate(fmt.Sprintf(`modify_user(email: %q, props: {status: "active"})`, user.Email))
	one, _ = twoSignIns()
	admin.mutate(fmt.Sprintf(`modify_keypair(access_key: %q, props: {is_active: false})`, user.AccessKey))
	check("an inactive key pair", one, client.CodeAccountClosed)

	admin.mutate(fmt.Sprintf(`modify_keypair(access_key: %q, props: {is_active: true})`, user.AccessKey))
	one, _ = twoSignIns()
	admin.mutate(fmt.Sprintf(`delete_user(email: %q)`, user.Email))
	check("a deleted user", one, client.CodeAccountClosed)
	status, _ = admin.ended()
	assert.Equal(t, http.StatusOK, status, "the admin")
}
