package sessions

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCSV(t *testing.T) {
	made := model.Time{Time: time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("KST", 9*3600))}
	file := new(csvFile)
	file.add([]*model.Session{
		{
			ID: "s1", Name: "훈련, \"1\"", Status: model.StatusRunning, UserEmail: "a@b", CreatedAt: made,
			OccupiedSlots: model.ResourceSlots{"cpu": "4", "mem": "1610612736", "cuda.shares": "0.5"},
			Containers: []model.Kernel{
				{Agent: "i-1", LiveStat: model.Metrics{"cpu_util": {Current: "1", Pct: "50"}, "io_read": {Current: "1048576"}}},
				{Agent: "i-1", LiveStat: model.Metrics{"cpu_util": {Current: "1", Pct: "25"}, "io_read": {Current: "1048576"}}},
			},
		},
		nil,
		{ID: "s2", Name: "=cmd|' /C calc'!A0", ClusterSize: 3},
	})
	file.add([]*model.Session{{ID: "s1", Name: "again, from the next page"}})
	data := file.bytes()
	require.True(t, bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")), "spreadsheet programs read it as UTF-8")
	records, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 3)
	cell := func(row int, head string) string {
		for i, name := range records[0] {
			if name == head {
				return records[row][i]
			}
		}
		return "no such column"
	}
	assert.Equal(t, `훈련, "1"`, cell(1, "name"))
	assert.Equal(t, "4", cell(1, "cpu"))
	assert.Equal(t, "1.50", cell(1, "mem_gib"))
	assert.Equal(t, "0.5", cell(1, "cuda.shares"))
	assert.Equal(t, "2026-03-01T00:30:00Z", cell(1, "created_at"))
	assert.Equal(t, "i-1", cell(1, "agents"), "each once")
	assert.Equal(t, "37.50", cell(1, "cpu_util_pct"), "the average of the containers")
	assert.Equal(t, "2.00", cell(1, "io_read_mib"))
	assert.Equal(t, "'=cmd|' /C calc'!A0", cell(2, "name"), "no formula")
	assert.Equal(t, "3", cell(2, "cluster_size"))
	assert.Empty(t, cell(2, "cpu_util_pct"))
}

func TestNoValueIsAFormula(t *testing.T) {
	for _, value := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"} {
		assert.Equal(t, "'"+value, harmless(value))
	}
	for _, value := range []string{"", "train-1", "1.5", "a=b"} {
		assert.Equal(t, value, harmless(value))
	}
	assert.Equal(t, "session_2026-03-01_09-05-07.csv", csvName(time.Date(2026, 3, 1, 9, 5, 7, 0, time.UTC)))
}

func FuzzCSV(f *testing.F) {
	f.Add("name", "status")
	f.Add("=\"\n,", "\r\n")
	f.Fuzz(func(t *testing.T, name, info string) {
		file := new(csvFile)
		file.add([]*model.Session{{ID: "s", Name: name, StatusInfo: info}})
		records, err := csv.NewReader(bytes.NewReader(file.bytes()[3:])).ReadAll()
		if err != nil || len(records) != 2 || len(records[0]) != len(records[1]) {
			t.Fatalf("%q, %q: %v", name, info, err)
		}
		if value := records[1][1]; value != "" && strings.ContainsAny(value[:1], "=+-@\t\r\n") {
			t.Fatalf("a formula: %q", value)
		}
	})
}

func TestCollect(t *testing.T) {
	collectAll := func(t *testing.T, source *fakeSource, ctx context.Context) (ids []string, progress [][2]int, err error) {
		c := collect{source: source, request: client.ListRequest{Order: "created_at"}, each: func(items []*model.Session) {
			for _, s := range items {
				ids = append(ids, s.ID)
			}
		}}
		err = c.run(ctx, func(done, total int) { progress = append(progress, [2]int{done, total}) })
		return ids, progress, err
	}
	t.Run("asks page by page and tells how far it is", func(t *testing.T) {
		source := &fakeSource{answer: long(250)}
		ids, progress, err := collectAll(t, source, t.Context())
		require.NoError(t, err)
		assert.Len(t, ids, 250)
		assert.Equal(t, [][2]int{{100, 250}, {200, 250}, {250, 250}}, progress)
		assert.Equal(t, 100, source.last().Limit)
	})
	t.Run("nothing is one question", func(t *testing.T) {
		source := &fakeSource{answer: long(0)}
		_, _, err := collectAll(t, source, t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, source.count())
	})
	t.Run("ends at the first failure", func(t *testing.T) {
		source := &fakeSource{answer: fails(client.KindServer, 0)}
		_, _, err := collectAll(t, source, t.Context())
		assert.Equal(t, client.KindServer, client.KindOf(err))
		assert.Equal(t, 1, source.count())
	})
	t.Run("ends when it is cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := collectAll(t, &fakeSource{answer: long(250), delay: time.Hour}, ctx)
		assert.Error(t, err)
	})
}
