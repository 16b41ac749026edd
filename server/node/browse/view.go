package browse

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// The languages of the page.
const (
	english = "en"
	korean  = "ko"
)

// maxListed bounds the files that are shown of a folder.
const maxListed = 5000

// view is what the page is made from.
type view struct {
	Lang    string
	Style   template.CSS
	Places  []place
	Crumbs  []place
	Name    string // of the file or folder
	Self    string // link to it
	Back    string // link to where it is
	Ask     string // form to show instead of a list
	Folder  bool   // it is one
	Files   []file
	Cut     bool
	Failure string // key of the text

	texts map[string]string
}

// T gives a text in the language of the page.
func (v *view) T(key string) string { return v.texts[key] }

// place is a way to somewhere.
type place struct {
	Name, Link string
	Current    bool
}

// file is a row of a list.
type file struct {
	Name    string
	Link    string // empty for what cannot be opened
	Self    string // link for what can be done with it
	To      string // of symbolic links
	Folder  bool
	Size    string
	Changed time.Time
}

func (h *handler) view(r *http.Request, s spot) *view {
	language := languageOf(r.Header.Get("Accept-Language"))
	v := &view{Lang: language, Style: h.style, texts: h.texts[language], Name: s.name(), Self: link(s.at())}
	for _, p := range h.places {
		v.Places = append(v.Places, place{p.Name, link(p.Name), p == s.place})
	}
	if s.path == "." {
		return v // the title says as much
	}
	walked := ""
	for part := range strings.SplitSeq(s.at(), "/") {
		walked = path.Join(walked, part)
		v.Crumbs = append(v.Crumbs, place{Name: part, Link: link(walked)})
	}
	v.Crumbs[len(v.Crumbs)-1].Current = true
	return v
}

// languageOf is the first language of a browser that the page has.
func languageOf(accepted string) string {
	for part := range strings.SplitSeq(accepted, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch base, _, _ := strings.Cut(strings.ToLower(tag), "-"); base {
		case english, korean:
			return base
		}
	}
	return english
}

// list fills in the files of a folder, folders first.
func (v *view) list(dir *os.File, s spot) error {
	entries, err := dir.ReadDir(maxListed + 1)
	if err != nil && err != io.EOF {
		return err
	}
	if v.Cut = len(entries) > maxListed; v.Cut {
		entries = entries[:maxListed]
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			continue // gone meanwhile
		}
		v.Files = append(v.Files, rowOf(info, s))
	}
	slices.SortFunc(v.Files, func(a, b file) int {
		if a.Folder != b.Folder {
			if a.Folder {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return nil
}

func rowOf(info fs.FileInfo, s spot) file {
	at := path.Join(s.at(), info.Name())
	row := file{Name: info.Name(), Self: link(at), Folder: info.IsDir(), Changed: info.ModTime(), Size: sizeOf(info.Size())}
	if info.Mode()&fs.ModeSymlink != 0 {
		inside := path.Join(s.path, info.Name())
		row.To, _ = s.root.Readlink(inside)
		var err error
		if info, err = s.root.Stat(inside); err != nil {
			row.Size = ""
			return row // it leads nowhere, or elsewhere
		}
		row.Folder, row.Size = info.IsDir(), sizeOf(info.Size())
	}
	if info.IsDir() || info.Mode().IsRegular() {
		row.Link = link(at)
	}
	return row
}

// sizeOf spells a number of bytes.
func sizeOf(bytes int64) string {
	if bytes < 1024 {
		return fmt.Sprintf("%d B", bytes)
	}
	value, unit := float64(bytes), -1
	for value >= 1024 && unit < 4 {
		value /= 1024
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", value, "KMGTP"[unit])
}

// write sends the page, or nothing of it.
func (h *handler) write(w http.ResponseWriter, status int, v *view) error {
	var page bytes.Buffer
	if err := h.page.ExecuteTemplate(&page, "page.html", v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
	return nil
}
