package slots

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		kind Kind
		in   any
		want string // empty: refused
	}{
		"gibibytes":                 {Bytes, "4g", "4294967296"},
		"mebibytes":                 {Bytes, "512m", "536870912"},
		"a fraction of a suffix":    {Bytes, "1.5g", "1610612736"},
		"the long suffix":           {Bytes, "4GiB", "4294967296"},
		"the word":                  {Bytes, "100 bytes", "100"},
		"a plain number":            {Bytes, json.Number("1073741824"), "1073741824"},
		"underscores":               {Bytes, "1_000", "1000"},
		"unlimited":                 {Bytes, "inf", "Infinity"},
		"rounded to three decimals": {Count, "0.12345", "0.123"},
		"trailing zeros go":         {Count, "2.500", "2.5"},
		"half to even, down":        {Count, "0.0005", "0"},
		"half to even, up":          {Count, "0.0015", "0.002"},
		"a number":                  {Count, json.Number("1"), "1"},
		"an exponent":               {Count, json.Number("1e2"), "100"},
		"b alone":                   {Bytes, "100b", ""},
		"half a byte":               {Bytes, "1.5", ""},
		"an unknown suffix":         {Bytes, "4x", ""},
		"a suffix for a count":      {Count, "4g", ""},
		"a negative number":         {Count, "-1", ""},
		"a fraction":                {Count, "1/3", ""},
		"a huge exponent":           {Count, "1e999999999", ""},
		"more than there can be":    {Bytes, "9999y", ""},
		"nothing":                   {Count, "", ""},
		"only a suffix":             {Bytes, "g", ""},
		"a flag":                    {Count, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(test.kind, test.in)
			if test.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got.String())
		})
	}
}

func TestArithmetic(t *testing.T) {
	a, err := FromModel(model.ResourceSlots{"cpu": "1.5", "mem": "1024"})
	require.NoError(t, err)
	b, err := FromJSON(`{"cpu": "0.5", "cuda.shares": "Infinity"}`)
	require.NoError(t, err)
	assert.Equal(t, model.ResourceSlots{"cpu": "2", "mem": "1024", "cuda.shares": "Infinity"}, a.Add(b).Model())
	assert.Equal(t, model.ResourceSlots{"cpu": "1", "mem": "1024"}, a.Sub(Slots{"cpu": 500}).Model())
	assert.Equal(t, "-0.25", Amount(-250).String())
	assert.Equal(t, model.ResourceSlots{"cpu": "1"}, Slots(nil).Add(Slots{"cpu": 1000}).Model())
	assert.Equal(t, Infinite, Whole(1<<62))
	assert.Equal(t, Infinite, (Infinite - 1).plus(2))

	assert.True(t, a.Fits(Slots{"cpu": 1500, "mem": Infinite}))
	assert.Equal(t, []string{"cpu", "mem"}, a.Exceeds(Slots{"cpu": 1499}))
	assert.Empty(t, Slots{"cuda.device": 0}.Exceeds(nil), "nothing asked of a slot that is not there")
	assert.InDelta(t, 1.5, a["cpu"].Float(), 0)
	assert.Equal(t, int64(1024), a["mem"].Int())

	_, err = FromJSON(`{"cpu": "x"}`)
	require.Error(t, err)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"4g", "1.5gib", "0.12345", "inf", "1e10", "+.5", "_1_"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Kind{Count, Bytes} {
			a, err := Parse(kind, text)
			if err != nil {
				continue
			}
			if a < 0 {
				t.Fatalf("%q became %d", text, a)
			}
			again, err := Parse(Count, a.String())
			if err != nil || again != a {
				t.Fatalf("%q became %s, which reads as %v (%v)", text, a, again, err)
			}
		}
	})
}
