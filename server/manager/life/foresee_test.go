package life

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// The agent of these tests has four cores.
func TestWhatIsForeseenHappens(t *testing.T) {
	for _, test := range []struct {
		what   string
		before []string // cores of sessions that are there already
		later  string   // cores of a batch session that is to begin in an hour
		cores  string
		count  int
		change func(s *store.Session)
		want   model.Forecast
	}{
		{what: "there is room", cores: "4", count: 1, want: model.Forecast{Outcome: model.OutcomeStarts, Now: 1}},
		{what: "two of three fit", cores: "1.5", count: 3, want: model.Forecast{Outcome: model.OutcomeWaits, Now: 2,
			Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseAgent, Wanted: "1.5", Have: "1"}}}},
		{what: "the agent is taken", before: []string{"3"}, cores: "2", count: 1, want: model.Forecast{Outcome: model.OutcomeWaits,
			Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseAgent, Wanted: "2", Have: "1"}}}},
		{what: "it would fit, but one that waits holds the queue", before: []string{"1", "4"}, cores: "1", count: 1,
			want: model.Forecast{Outcome: model.OutcomeWaits, Ahead: 1}},
		{what: "a higher priority goes first", before: []string{"1", "4"}, cores: "1", count: 1,
			change: func(s *store.Session) { s.Priority = 20 }, want: model.Forecast{Outcome: model.OutcomeStarts, Now: 1}},
		{what: "one that can never start holds nobody", before: []string{"64"}, cores: "1", count: 1,
			want: model.Forecast{Outcome: model.OutcomeStarts, Now: 1}},
		{what: "one whose time has not come holds nobody", before: []string{"3"}, later: "1", cores: "2", count: 1,
			want: model.Forecast{Outcome: model.OutcomeWaits,
				Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseAgent, Wanted: "2", Have: "1"}}}},
		{what: "no agent is that large", cores: "5", count: 2, want: model.Forecast{Outcome: model.OutcomeNever,
			Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseAgent, Wanted: "5", Have: "4"}}}},
	} {
		t.Run(test.what, func(t *testing.T) {
			run(t, func(b *bench) {
				for i, cores := range test.before {
					b.enqueue(b.session("before"+string(rune('0'+i)), cores, model.TypeInteractive))
				}
				if test.later != "" {
					s := b.session("later", test.later, model.TypeBatch)
					s.StartsAt = time.Now().Add(time.Hour)
					b.enqueue(s)
				}
				session := func() *store.Session {
					s := b.session("new", test.cores, model.TypeInteractive)
					if test.change != nil {
						test.change(s)
					}
					return s
				}
				got, err := b.engine.Foresee(b.Context(), session(), test.count)
				require.NoError(t, err)
				assert.Equal(t, test.want, got)

				running := 0
				for i := range test.count {
					s := session()
					s.Name += string(rune('0' + i))
					if b.enqueue(s).Status == model.StatusRunning {
						running++
					}
				}
				assert.Equal(t, got.Now, running, "as many start as were foreseen")
			})
		})
	}
}

func TestALimitIsForeseenWithWhatIsLeftOfIt(t *testing.T) {
	session := func(cores string) (*store.Session, slots.Slots) {
		wanted := model.ResourceSlots{"cpu": cores}
		amounts, err := slots.FromModel(wanted)
		require.NoError(t, err)
		return &store.Session{AccessKey: "AK", UserID: "u", ProjectID: "p", DomainName: "d", ScalingGroup: "default",
			RequestedSlots: store.ToJSON(wanted)}, amounts
	}
	forecast := func(cores string) model.Forecast {
		w := &world{
			held:     store.Occupancy{Projects: map[string]slots.Slots{"p": {"cpu": slots.Whole(2)}}},
			agents:   []store.Agent{{ID: "a", ScalingGroup: "default", Schedulable: true, AvailableSlots: model.ResourceSlots{"cpu": "8"}}},
			policies: map[string]store.KeyPairPolicy{"AK": {MaxConcurrentSessions: 5}},
			mains:    map[string]store.KeyPairPolicy{"u": {}},
			projects: map[string]slots.Slots{"p": {"cpu": slots.Whole(3)}},
			domains:  map[string]slots.Slots{"d": {}},
		}
		s, wanted := session(cores)
		decisions, err := w.decide(t.Context(), []*store.Session{s})
		require.NoError(t, err)
		got, err := w.forecast(t.Context(), s, wanted, decisions)
		require.NoError(t, err)
		return got
	}
	got := forecast("2")
	assert.Equal(t, model.OutcomeWaits, got.Outcome)
	assert.Equal(t, []model.Shortage{{Slot: "cpu", Whose: model.WhoseProject, Wanted: "2", Have: "1"}}, got.Shortages)
	assert.Equal(t, []string{"Your group resource quota is exceeded. (cpu=3)"}, got.Reasons)
	assert.Equal(t, model.Forecast{Outcome: model.OutcomeNever,
		Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseProject, Wanted: "4", Have: "3"}}}, forecast("4"))
}
