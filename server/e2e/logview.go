package e2e

import (
	"fmt"
	"net/url"
	"time"
)

// PanelPath is the address of a panel of a session's drawer.
func PanelPath(session, panel string) string {
	return "/sessions?" + url.Values{"session": {session}, "panel": {panel}}.Encode()
}

// logText is an expression for the lines of the log that are drawn.
const logText = `[...document.querySelectorAll(".logview-row[data-line]")].map(r => [...r.children].filter(c => !c.matches(".logview-number, .logview-cut, .logview-over")).map(c => c.textContent).join("")).join("\n")`

// WaitLog waits until the log that is drawn has a text, as the beginning or the
// whole of a line.
func (p *Page) WaitLog(text string) error {
	return p.Wait(fmt.Sprintf(`("\n" + %s + "\n").includes(%s)`, logText, quote(text)))
}

// CaptureDownloads keeps what the page hands out as files, in window.files, from
// the next Open on.
func (p *Page) CaptureDownloads() error {
	return p.Before(`window.files = []; { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.files.push(blob); return make(blob); }; }`)
}

// DownloadDigest is the number of bytes and the SHA-256 of the last file.
func (p *Page) DownloadDigest() (size int64, sum string, err error) {
	var got struct {
		Size int64
		Sum  string
	}
	err = p.Eval(`(async () => {
		const blob = window.files.at(-1);
		const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
		return {Size: blob.size, Sum: [...sum].map(b => b.toString(16).padStart(2, "0")).join("")};
	})()`, &got)
	return got.Size, got.Sum, err
}

// WatchPauses keeps the longest time in ms that the page did nothing for anybody in
// window.longest, from the next Open on: timers, keys and clicks wait alike.
func (p *Page) WatchPauses() error {
	return p.Before(`window.longest = 0; { let before = performance.now(); const tick = () => { const now = performance.now(); longest = Math.max(longest, now - before); before = now; setTimeout(tick, 5); }; tick(); }`)
}

// LongestPause is the longest such time since it was asked last.
func (p *Page) LongestPause() (time.Duration, error) {
	var ms float64
	err := p.Eval(`(() => { const was = longest; longest = 0; return was; })()`, &ms)
	return time.Duration(ms * float64(time.Millisecond)), err
}
