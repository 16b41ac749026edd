package sessions

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// byteOrderMark makes spreadsheet programs read the file as UTF-8.
const byteOrderMark = "\uFEFF"

// csvFields are what the columns of the file are made of.
func csvFields() []string {
	return []string{
		"id", "name", "type", "image", "cluster_mode", "cluster_size", "user_email", "status", "status_info", "result",
		"access_key", "scaling_group", "occupied_slots", "requested_slots", "created_at", "terminated_at",
		"containers {agent live_stat last_stat}",
	}
}

// csvFile is a table of sessions in the making, with the columns of the
// original's export.
type csvFile struct {
	rows  [][]string
	slots []map[string]string // of each row, but for cpu and mem
	seen  map[string]bool
}

// add adds sessions; one that is there already is left out, as when it moved to
// the next page while the pages were read.
func (f *csvFile) add(sessions []*model.Session) {
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	for _, s := range sessions {
		if s == nil || f.seen[s.ID] {
			continue
		}
		f.seen[s.ID] = true
		cpu, mem, others := csvSlots(s)
		f.rows = append(f.rows, []string{
			s.ID, s.Name, string(s.Type), s.Image, s.ClusterMode, strconv.Itoa(max(s.ClusterSize, 1)), s.UserEmail,
			string(s.Status), s.StatusInfo, s.Result, s.AccessKey, s.ScalingGroup, cpu, mem,
			csvTime(s.CreatedAt), csvTime(s.TerminatedAt), strings.Join(csvAgents(s.Containers), " "),
		})
		last := len(f.rows) - 1
		f.rows[last] = append(f.rows[last], csvUse(s.Containers)...)
		f.slots = append(f.slots, others)
	}
}

// bytes writes the file: a head, and one line for each session. The slots that
// any of them has besides cpu and mem are the last columns.
func (f *csvFile) bytes() []byte {
	names := map[string]bool{}
	for _, slots := range f.slots {
		for name := range slots {
			names[name] = true
		}
	}
	var extra []string
	for name := range names {
		extra = append(extra, name)
	}
	slices.Sort(extra)
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	write := func(record []string) {
		for i, value := range record {
			record[i] = harmless(value)
		}
		_ = w.Write(record) // a bytes.Buffer takes everything
	}
	write(append([]string{
		"id", "name", "type", "image", "cluster_mode", "cluster_size", "user_email",
		"status", "status_info", "result", "access_key", "scaling_group", "cpu", "mem_gib",
		"created_at", "terminated_at", "agents",
		"cpu_used_ms", "cpu_util_pct", "mem_util_pct", "cuda_util_pct", "cuda_mem_mib", "io_read_mib", "io_write_mib",
	}, extra...))
	for i, row := range f.rows {
		for _, name := range extra {
			row = append(row, f.slots[i][name])
		}
		write(row)
	}
	w.Flush()
	return out.Bytes()
}

// harmless keeps a spreadsheet program from taking a value for a formula, as
// OWASP advises: whoever names a session must not run anything at an admin's.
func harmless(value string) string {
	if value != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(value)[0]) {
		return "'" + value
	}
	return value
}

// csvSlots: cores, memory in GiB with two decimals, and the rest as it came.
func csvSlots(s *model.Session) (cpu, mem string, others map[string]string) {
	others = map[string]string{}
	for _, slot := range facts.Derive(s, facts.Options{}).Slots {
		switch slot.Name {
		case "cpu":
			cpu = strconv.FormatFloat(slot.Amount, 'f', -1, 64)
		case "mem":
			mem = strconv.FormatFloat(slot.Amount, 'f', 2, 64)
		default:
			others[slot.Name] = strconv.FormatFloat(slot.Amount, 'f', -1, 64)
		}
	}
	return cpu, mem, others
}

func csvTime(t model.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// csvAgents are the nodes of the kernels, each once.
func csvAgents(kernels []model.Kernel) []string {
	var names []string
	for _, k := range kernels {
		if k.Agent != "" && !slices.Contains(names, k.Agent) {
			names = append(names, k.Agent)
		}
	}
	return names
}

// csvUse: processor time in ms, utilisation as the average of the containers,
// memory of the devices and I/O in MiB as their sum.
func csvUse(kernels []model.Kernel) []string {
	sum := map[string]float64{}
	count := map[string]int{}
	for _, k := range kernels {
		stat := k.LiveStat
		if len(stat) == 0 {
			stat = k.LastStat
		}
		for name, metric := range stat {
			value, known := csvNumber(metric.Current)
			if strings.HasSuffix(name, "_util") || name == "mem" {
				value, known = csvNumber(metric.Pct)
			}
			if known {
				sum[name] += value
				count[name]++
			}
		}
	}
	average := func(name string) string {
		if count[name] == 0 {
			return ""
		}
		return strconv.FormatFloat(sum[name]/float64(count[name]), 'f', 2, 64)
	}
	total := func(name string, unit float64, digits int) string {
		if count[name] == 0 {
			return ""
		}
		return strconv.FormatFloat(sum[name]/unit, 'f', digits, 64)
	}
	return []string{
		total("cpu_used", 1, 0), average("cpu_util"), average("mem"), average("cuda_util"),
		total("cuda_mem", 1<<20, 2), total("io_read", 1<<20, 2), total("io_write", 1<<20, 2),
	}
}

func csvNumber(text string) (value float64, known bool) {
	value, err := strconv.ParseFloat(text, 64)
	return value, err == nil && !math.IsNaN(value) && !math.IsInf(value, 0)
}

// csvName is the name of the file, as the original has it.
func csvName(now time.Time) string { return "session_" + now.Format("2006-01-02_15-04-05") + ".csv" }

// onCSV exports all sessions of the project and the access key, of all states.
func (v *View) onCSV(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.export()
}

func (v *View) export() {
	request := v.list.requestFor(Query{AccessKey: v.list.query.AccessKey})
	request.Statuses, request.Filter = nil, ""
	request.Order = "created_at" // new ones come at the end, after what was read
	request.Fields = csvFields()
	file := new(csvFile)
	v.run("sessions.exporting", collect{source: v.list.asker.Source, request: request, each: file.add},
		func(ctx app.Context) { v.save(ctx, file) })
}

// onCSVSelected exports the selected sessions, as far as the list knows them.
func (v *View) onCSVSelected(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	wanted := map[string]bool{}
	v.withSelection(ctx, func(ctx app.Context, targets []*model.Session) {
		for _, s := range targets {
			wanted[s.ID] = true
		}
		request := v.list.requestFor(Query{Tab: v.list.query.Tab, AccessKey: v.list.query.AccessKey})
		request.Fields = csvFields()
		file := new(csvFile)
		each := func(items []*model.Session) {
			file.add(slices.DeleteFunc(items, func(s *model.Session) bool { return !wanted[s.ID] }))
		}
		v.run("sessions.exporting", collect{source: v.list.asker.Source, request: request, each: each},
			func(ctx app.Context) { v.save(ctx, file) })
	})
}

func (v *View) save(ctx app.Context, file *csvFile) {
	if len(file.rows) == 0 {
		ui.ShowToast(ctx, ui.Toast{Tone: ui.Info, Key: "sessions.csv_empty"})
		return
	}
	ui.Save(csvName(time.Now()), "text/csv;charset=utf-8", file.bytes())
	ui.ShowToast(ctx, ui.Toast{Tone: ui.Success, Key: "sessions.csv_done", Args: []any{"count", len(file.rows)}})
}
