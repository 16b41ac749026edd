package palette

import (
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/sessions"
)

// Place is somewhere to go.
type Place struct {
	Path string
	Text string
	Icon string
}

// Entry is one line of the palette. It has a URL to go to, or an action to post.
type Entry struct {
	Icon   string
	Text   string
	Detail string // behind the text, in less colour
	Group  string // what the entry is: a place, a project …
	URL    string
	Action string
	Value  any
}

// input is what the entries are made of.
type input struct {
	texts    *i18n.Texts
	places   []Place
	account  *model.Account
	onList   bool // the session list is shown
	selected int  // sessions that are selected there
	typed    string
	found    []*model.Session
}

// entries lists what there is, what matches best first. Without a text, what is
// most likely wanted is first: the selection, then places.
func (in input) entries() []Entry {
	t := in.texts
	var all []Entry
	do := func(what, icon string, args ...any) {
		all = append(all, Entry{
			Icon: icon, Text: t.T("palette.do."+what, args...), Group: t.T("palette.group.do"),
			Action: sessions.ActionDo, Value: what,
		})
	}
	if in.onList && in.selected > 0 {
		do(sessions.DoTerminate, "trash-2", "count", in.selected)
		do(sessions.DoForceTerminate, "octagon-x", "count", in.selected)
		do(sessions.DoCopyIDs, "copy", "count", in.selected)
		do(sessions.DoClear, "x", "count", in.selected)
	}
	for _, s := range in.found {
		all = append(all, Entry{
			Icon: "circle-play", Text: s.Name, Detail: statusText(t, s.Status), Group: t.T("palette.group.session"),
			URL: sessions.Query{Tab: sessions.Running}.WithSession(s.ID).URL(),
		})
	}
	for _, p := range in.places {
		all = append(all, Entry{Icon: p.Icon, Text: p.Text, Group: t.T("palette.group.place"), URL: p.Path})
	}
	for _, c := range sessions.AllConditions() {
		all = append(all, Entry{
			Icon: "list", Text: t.T("sessions.tab." + string(c)), Detail: t.T("sessions.title"), Group: t.T("palette.group.tab"),
			URL: sessions.Query{Tab: c}.URL(),
		})
	}
	if in.onList {
		do(sessions.DoRefresh, "refresh-cw")
		do(sessions.DoColumns, "columns-3")
		if in.account != nil && in.account.Role.IsAdmin() {
			do(sessions.DoExport, "download")
		}
		do(sessions.DoHelp, "keyboard")
	}
	if in.account != nil {
		for _, p := range in.account.Projects {
			all = append(all, Entry{
				Icon: "folder", Text: p.Name, Group: t.T("palette.group.project"),
				URL: sessions.Query{Tab: sessions.Running, Project: p.Name}.URL(),
			})
		}
	}
	return matching(all, in.typed)
}

func statusText(t *i18n.Texts, s model.Status) string {
	if key := "status." + string(s); t.Has(key) {
		return t.T(key)
	}
	return string(s)
}

// mostShown bounds the list.
const mostShown = 12

// matching keeps the entries that hold every word of the text, those that begin
// with it first.
func matching(all []Entry, text string) []Entry {
	words := strings.Fields(strings.ToLower(text))
	var begin, rest []Entry
	for _, e := range all {
		hay := strings.ToLower(e.Text + " " + e.Detail + " " + e.Group)
		fits := true
		for _, word := range words {
			fits = fits && strings.Contains(hay, word)
		}
		switch {
		case !fits:
		case len(words) > 0 && strings.HasPrefix(strings.ToLower(e.Text), words[0]):
			begin = append(begin, e)
		default:
			rest = append(rest, e)
		}
	}
	list := append(begin, rest...)
	return list[:min(len(list), mostShown)]
}
