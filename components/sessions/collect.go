package sessions

import (
	"context"
	"errors"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// job is something that takes many requests.
type job struct {
	key         string // of the text, with {done} and {total}
	done, total int
	cancel      context.CancelFunc
}

// collect asks for a whole list, page by page.
type collect struct {
	source  Source
	request client.ListRequest
	each    func([]*model.Session) // called for each page, in order
}

// collectTimeout is the deadline of one page.
const collectTimeout = 30 * time.Second

// run asks for all pages and tells after each how far it is. It ends at the
// first failure.
func (c collect) run(ctx context.Context, progress func(done, total int)) error {
	request := c.request
	request.Limit, request.Offset, request.Timeout = maxAsked, 0, collectTimeout
	for {
		page, err := ask(ctx, c.source, request)
		if err != nil {
			return err
		}
		c.each(page.Items)
		request.Offset += len(page.Items)
		progress(min(request.Offset, page.Total), page.Total)
		if len(page.Items) == 0 || request.Offset >= page.Total {
			return nil
		}
	}
}

// run collects a list beside the page, shows how far it is, and calls done if it
// was not cancelled. There is one such job at a time; another takes its place.
func (v *View) run(key string, what collect, done func(app.Context)) {
	ctx := v.ctx
	if v.job != nil {
		v.job.cancel()
	}
	c, cancel := context.WithCancel(context.Background())
	mine := &job{key: key, cancel: cancel}
	v.job = mine
	ui.Go(ctx, func() {
		defer cancel()
		err := what.run(c, func(done, total int) {
			ctx.Dispatch(func(app.Context) { mine.done, mine.total = done, total })
		})
		ctx.Dispatch(func(ctx app.Context) {
			if v.job != mine {
				return // cancelled
			}
			v.job = nil
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				ctx.NewActionWithValue(page.EventFailed, err)
				ui.ShowToast(ctx, ui.Toast{
					Tone: ui.Danger, Key: "sessions.job_failed", Detail: v.Texts.T("error." + client.KindOf(err).String()),
				})
			default:
				done(ctx)
			}
		})
	})
}
