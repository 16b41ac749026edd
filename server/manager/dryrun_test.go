package manager_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The machine of these tests has 63 cores.
func TestADryRunSaysWhatWouldHappenAndDoesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		ask := func(query string, cores any) answer {
			return w.as("user", "POST", "/session/_/dry-run"+query, request(w, object{"config": object{"resources": object{"cpu": cores, "mem": "1g"}}}))
		}
		got := ask("", 1)
		assert.Equal(w.T, 200, got.status, "%s", got.body)
		assert.JSONEq(w.T, `{"outcome": "starts", "now": 1, "ahead": 0}`, string(got.body))

		got = ask("?count=2", 40)
		assert.JSONEq(w.T, `{"outcome": "waits", "now": 1, "ahead": 0,
			"shortages": [{"slot": "cpu", "whose": "agent", "wanted": "40", "have": "23"}]}`, string(got.body))

		got = ask("", 64)
		assert.JSONEq(w.T, `{"outcome": "never", "now": 0, "ahead": 0,
			"shortages": [{"slot": "cpu", "whose": "agent", "wanted": "64", "have": "63"}]}`, string(got.body))

		for what, refused := range map[string]answer{
			"an amount that is none":            ask("", "many"),
			"a count that is none":              ask("?count=x", 1),
			"more than are made at once":        ask("?count=101", 1),
			"an image that there is not":        w.as("user", "POST", "/session/_/dry-run", request(w, object{"image": "no/such:1"})),
			"a resource group that is closed":   w.as("user", "POST", "/session/_/dry-run", request(w, object{"config": object{"scaling_group": "other"}})),
			"somebody else's key without right": w.as("user", "POST", "/session/_/dry-run", request(w, object{"owner_access_key": "AKIAOTHER"})),
		} {
			assert.GreaterOrEqual(w.T, refused.status, 400, what)
			assert.Less(w.T, refused.status, 500, what)
		}
		n, err := w.store.CountLive(w.Context())
		assert.NoError(w.T, err)
		assert.Zero(w.T, n, "nothing was made")
	})
}
