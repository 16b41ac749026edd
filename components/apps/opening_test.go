package apps

import (
	"cmp"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// fakeOpener fails at a stage, once.
type fakeOpener struct {
	calls []string
	route string // a tunnel, if empty
	fail  map[string]error
}

func (f *fakeOpener) do(call string) error {
	f.calls = append(f.calls, call)
	err := f.fail[call]
	delete(f.fail, call)
	return err
}

func (f *fakeOpener) Find(_ context.Context, o client.AppOrder) (client.FoundApp, error) {
	if len(o.Signed) == 0 {
		return client.FoundApp{}, errors.New("not signed")
	}
	return client.FoundApp{ID: "id", Route: cmp.Or(f.route, client.RouteTunnel)}, f.do("find")
}
func (f *fakeOpener) Start(_ context.Context, id string) error { return f.do("start " + id) }
func (f *fakeOpener) Reach(_ context.Context, id string) error { return f.do("reach " + id) }
func (f *fakeOpener) Open(_ context.Context, id string) (client.OpenedApp, error) {
	return client.OpenedApp{URL: "http://app.localhost/"}, f.do("open " + id)
}

func sign(_ context.Context, o *client.AppOrder) error {
	o.Signed = map[string][]client.Signed{"GET /": {{}}}
	return nil
}

// through does the stages until the opening is done or has failed.
func through(t *testing.T, o Opening, opener Opener) Opening {
	t.Helper()
	for o.Stage != StageDone {
		if o = o.step(t.Context(), opener, sign); o.Failed != nil {
			return o
		}
	}
	return o
}

func TestAnOpeningGoesThroughItsStages(t *testing.T) {
	opener := &fakeOpener{}
	o := through(t, Opening{App: "x"}, opener)
	require.NoError(t, o.Failed)
	assert.Equal(t, []string{"find", "start id", "reach id", "open id"}, opener.calls)
	assert.Equal(t, "http://app.localhost/", o.Opened.URL)
	assert.Equal(t, client.RouteTunnel, o.Route)
	assert.Empty(t, o.Order.Signed, "signatures are not kept")
}

func TestWhatIsNoneForBrowsersIsOpenedByAnAppProxyOnly(t *testing.T) {
	for route, calls := range map[string][]string{
		client.RouteTunnel: {"find"}, // a program on the person's machine does the rest
		client.RouteProxy:  {"find", "start id", "reach id", "open id"},
	} {
		opener := &fakeOpener{route: route}
		o := through(t, Opening{App: "SSH", Order: client.AppOrder{Protocol: "tcp"}}, opener)
		require.NoError(t, o.Failed)
		assert.Equal(t, calls, opener.calls, route)
	}
}

func TestAnotherAttemptGoesOnWhereItFailed(t *testing.T) {
	problem := func(slug string) error { return &client.Error{Type: slug, Kind: client.KindUnavailable} }
	for name, test := range map[string]struct {
		call, slug string
		stage      Stage
		failure    string
		after      []string
	}{
		"nothing listens":           {"reach id", "app-not-listening", StageReach, "apps.failure.app-not-listening", []string{"reach id", "open id"}},
		"the program did not start": {"start id", "app-not-started", StageStart, "apps.failure.app-not-started", []string{"start id", "reach id", "open id"}},
		"the server forgot it":      {"open id", "app-not-found", StageOpen, "apps.failure.app-not-found", []string{"find", "start id", "reach id", "open id"}},
		"the session ended":         {"find", "session-not-found", StageFind, "apps.failure.session-not-found", []string{"find", "start id", "reach id", "open id"}},
		"the manager is away":       {"find", "bad-gateway", StageFind, "error.unavailable", []string{"find", "start id", "reach id", "open id"}},
	} {
		t.Run(name, func(t *testing.T) {
			opener := &fakeOpener{fail: map[string]error{test.call: problem(test.slug)}}
			o := through(t, Opening{}, opener)
			require.Error(t, o.Failed)
			assert.Equal(t, test.stage, o.Stage)
			assert.Equal(t, test.failure, o.failure())
			opener.calls = nil
			o = through(t, o.again(), opener)
			require.NoError(t, o.Failed)
			assert.Equal(t, test.after, opener.calls)
		})
	}
}
