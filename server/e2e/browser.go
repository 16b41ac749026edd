package e2e

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
)

// ChromiumVariable names the environment variable that holds the path of the
// Chromium to use; without it, the first of the usual names on the path is taken.
const ChromiumVariable = "CHROMIUM"

// Browser is one running Chromium.
type Browser struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// chromium returns the path of the browser.
func chromium() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if path := os.Getenv(ChromiumVariable); path != "" {
		names = []string{path}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("e2e: no Chromium found: run `make tools`, or set " + ChromiumVariable)
}

// StartBrowser starts a headless Chromium with an empty profile.
func StartBrowser(ctx context.Context) (*Browser, error) {
	path, err := chromium()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.WindowSize(1280, 800),
		// Nothing but the page may use the network.
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("accept-lang", "en-US,en"),
		chromedp.Flag("lang", "en-US"),
		chromedp.Env("LANG=en_US.UTF-8", "LANGUAGE=en_US"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // it refuses to start as root otherwise
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	// chromedp reports events newer than itself as errors; they are none.
	browserCtx, cancelBrowser := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b := &Browser{ctx: browserCtx, cancel: func() { cancelBrowser(); cancelAllocator() }}
	if err := chromedp.Run(browserCtx); err != nil {
		b.cancel()
		return nil, err
	}
	return b, nil
}

// run does something with the browser as a whole rather than with a tab.
func (b *Browser) run(do func(context.Context) error) error {
	return chromedp.Run(b.ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		return do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
	}))
}

// Close ends the browser.
func (b *Browser) Close() { b.cancel() }
