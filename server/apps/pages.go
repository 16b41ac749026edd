package apps

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/server/gateway"
)

// page is something that this server shows where an app would be. It is the name
// of its texts: apps.page.<name>.title and .text.
type page string

// The pages.
const (
	pageUnknown    page = "unknown"
	pageMissing    page = "missing"
	pageMethod     page = "method"
	pageTicket     page = "ticket"
	pageStranger   page = "stranger"
	pageForeign    page = "foreign"
	pageSignedOut  page = "signed_out"
	pageClosed     page = "closed"
	pageEnded      page = "ended"
	pageWaiting    page = "waiting"
	pageNotStarted page = "not_started"
	pageBroken     page = "broken"
	pageNoManager  page = "no_manager"
)

// status is the HTTP status of a page.
func (p page) status() int {
	switch p {
	case pageUnknown:
		return http.StatusMisdirectedRequest
	case pageMissing:
		return http.StatusNotFound
	case pageMethod:
		return http.StatusMethodNotAllowed
	case pageClosed, pageEnded:
		return http.StatusGone
	case pageWaiting:
		return http.StatusServiceUnavailable
	case pageNotStarted, pageBroken, pageNoManager:
		return http.StatusBadGateway
	}
	return http.StatusForbidden
}

// retry is after how many seconds it is worth trying again, 0 for never; the
// browser does so by itself.
func (p page) retry() int {
	switch p {
	case pageWaiting:
		return 2
	case pageNoManager:
		return 5
	}
	return 0
}

// pageOfEnd is the page for an app that has ended.
func pageOfEnd(why error) page {
	switch {
	case errors.Is(why, errSessionEnded):
		return pageEnded
	case errors.Is(why, errClosed), errors.Is(why, errReplaced):
		return pageClosed
	}
	return pageSignedOut
}

// pages writes them.
type pages struct {
	template *template.Template
	policy   string
	texts    map[string]*i18n.Texts
}

// pageStyle is the look of the pages. It is within them, because under an app's
// name there is nothing else of this server; the policy names its hash.
const pageStyle = `:root{color-scheme:light dark}` +
	`body{margin:0;min-height:100vh;display:grid;place-items:center;font:15px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText;word-break:keep-all}` +
	`main{max-width:34rem;padding:2rem}h1{font-size:1.25rem;margin:0 0 .5rem}p{margin:0 0 1rem;opacity:.8}a{color:LinkText}`

const pageText = `<!DOCTYPE html><html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
	`<title>{{.Title}}</title><style>{{.Style}}</style><main data-page="{{.Name}}"><h1>{{.Title}}</h1><p>{{.Text}}</p>` +
	`{{if .UI}}<p><a href="{{.UI}}/sessions">{{.Back}}</a></p>{{end}}</main></html>
`

func newPages() *pages {
	sum := sha256.Sum256([]byte(pageStyle))
	p := &pages{
		template: template.Must(template.New("page").Parse(pageText)),
		policy:   "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
		texts:    map[string]*i18n.Texts{},
	}
	for _, language := range i18n.Languages() {
		p.texts[language.Code] = i18n.Load(language.Code)
	}
	return p
}

// write answers with a page, or with a problem where nobody would see it. o may
// be nil; who has not opened it is told nothing about it.
func (p *pages) write(w http.ResponseWriter, r *http.Request, o *app, what page) {
	header := w.Header()
	if what.retry() > 0 {
		header.Set("Retry-After", strconv.Itoa(what.retry()))
	}
	lang := i18n.Match(r.Header.Get("Accept-Language"))
	name, ui := "", ""
	if o != nil {
		order, _ := o.now()
		if i18n.Known(order.Lang) {
			lang = order.Lang
		}
		name, ui = order.App, o.ui
	}
	texts := p.texts[lang]
	title, text := texts.T("apps.page."+string(what)+".title", "app", name), texts.T("apps.page."+string(what)+".text", "app", name)
	if !wantsPage(r) {
		gateway.WriteProblem(w, what.status(), "app-"+strings.ReplaceAll(string(what), "_", "-"), title, text)
		return
	}
	if what.retry() > 0 && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		header.Set("Refresh", strconv.Itoa(what.retry()))
	}
	var body bytes.Buffer
	err := p.template.Execute(&body, map[string]any{"Lang": lang, "Title": title, "Text": text, "Name": string(what),
		"UI": ui, "Back": texts.T("apps.page.back"), "Style": template.CSS(pageStyle)})
	if err != nil {
		panic(err) // the template is part of the program
	}
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", p.policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(what.status())
	_, _ = w.Write(body.Bytes()) // the browser may be gone
}

// wantsPage reports whether a person is to see the answer.
func wantsPage(r *http.Request) bool {
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" {
		return mode == "navigate"
	}
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
