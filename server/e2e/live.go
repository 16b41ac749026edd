package e2e

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// BellButton and BellList are the bell in the header and its list.
const (
	BellButton = ".bell-button"
	BellList   = "#notices"
)

// NewTab opens another tab in the profile of a page. It is closed on its own.
func (b *Browser) NewTab(beside *Page) (*Page, error) {
	var tab target.ID
	err := chromedp.Run(beside.ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		c := chromedp.FromContext(ctx)
		info, err := target.GetTargetInfo().WithTargetID(c.Target.TargetID).Do(cdp.WithExecutor(ctx, c.Browser))
		if err != nil {
			return err
		}
		tab, err = target.CreateTarget("about:blank").WithBrowserContextID(info.BrowserContextID).WithNewWindow(true).
			Do(cdp.WithExecutor(ctx, c.Browser))
		return err
	}))
	if err != nil {
		return nil, err
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(tab))
	p := &Page{ctx: ctx, cancel: cancel, origin: beside.origin, requests: map[network.RequestID]*Request{}}
	chromedp.ListenTarget(ctx, p.note)
	if err := chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable(), chromedp.EmulateViewport(1280, 800)); err != nil {
		cancel()
		return nil, err
	}
	return p, nil
}

// Offline cuts the page's network, or restores it.
func (p *Page) Offline(cut bool) error {
	conditions := network.EmulateNetworkConditions(cut, 0, -1, -1)
	return p.Run(conditions)
}

// Delay makes the answers to the page's requests so much later.
func (p *Page) Delay(by time.Duration) error {
	return p.Run(network.EmulateNetworkConditions(false, float64(by.Milliseconds()), -1, -1))
}

// Streams returns the connections to the event stream that the page made: how
// many in all, and how many are open.
func (p *Page) Streams() (made, open int) {
	for _, r := range p.Requests() {
		if strings.Contains(r.URL, "/events/session") {
			made++
			if r.Status == 200 && r.Failed == "" && r.Encoded == 0 {
				open++
			}
		}
	}
	return made, open
}

// WaitStreaming waits until the page has made as many connections to the event
// stream, and the last one is open.
func (p *Page) WaitStreaming(made int, timeout time.Duration) error {
	deadline := time.Now().Add(timeout)
	for {
		all, open := p.Streams()
		if all >= made && open > 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("e2e: %d connections to the event stream, %d open\n%s", all, open, p.describe())
		}
		time.Sleep(waitEvery)
	}
}

// Asked returns how often the page asked for the list, and the bytes of the
// answers with their heads.
func (p *Page) Asked() (times int, bytes int64) {
	for _, r := range p.Requests() {
		if strings.HasSuffix(r.URL, "/admin/gql") {
			times++
			bytes += r.Encoded
		}
	}
	return times, bytes
}

// CreateBatch starts a batch session and returns its id without waiting.
func (d *Driver) CreateBatch(ctx context.Context, name, command string) (string, error) {
	created, err := d.Client.Sessions().Create(ctx, client.CreateRequest{
		Name: name, Image: d.image, Project: "default", Domain: "default", Type: model.TypeBatch,
		StartupCommand: command, EnqueueOnly: true,
		Config: client.CreateConfig{Resources: map[string]any{"cpu": "0.1", "mem": "128m"}, ScalingGroup: "default"},
	})
	return created.ID, err
}

// WaitStatus waits until the manager says that a session has a status.
func (d *Driver) WaitStatus(ctx context.Context, id string, status model.Status) error {
	ctx, cancel := context.WithTimeout(ctx, waitTimeout)
	defer cancel()
	for {
		s, err := d.Client.Sessions().Show(ctx, id, model.RoleUser)
		if err != nil {
			return err
		}
		if s.Status == status {
			return nil
		}
		time.Sleep(waitEvery)
	}
}

// WaitNotice waits until the list of notifications has one of a session with
// this text.
func (p *Page) WaitNotice(id, text string) error {
	return p.Wait("document.querySelector(" + quote(fmt.Sprintf(`[data-notice="session %s"][data-text=%q]`, id, text)) + ")")
}
