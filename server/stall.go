package main

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// unstalled ends requests whose clients stop sending in the middle of a body. Each
// would hold a connection for as long as it likes, and nobody needs to be signed in
// for that.
func unstalled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		body := &pushedBody{ReadCloser: r.Body, giveUp: func() {
			_ = control.SetReadDeadline(time.Unix(1, 0)) // wakes the read that waits
		}}
		r.Body = body
		// What is not read here the server reads itself, to find the next request.
		defer func() {
			if !body.over.Load() {
				_ = control.SetReadDeadline(time.Now().Add(stallTimeout))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// pushedBody is a body of which each piece must come in stallTimeout, counted while
// somebody waits for it. It leaves the deadlines of handlers alone, which may be
// shorter.
//
// At its end it stays there, even when net/http has closed it because the answer
// has begun. A proxy sends a body on, and then looks whether it really was all of
// it; if the answer overtakes that, a body that is closed would be an error of the
// request, for which net/http cuts the answer off.
type pushedBody struct {
	io.ReadCloser
	giveUp func()
	over   atomic.Bool // read to its end, or as far as it came
	ended  atomic.Bool // read to its end
}

func (b *pushedBody) Read(p []byte) (int, error) {
	if b.ended.Load() {
		return 0, io.EOF
	}
	stalled := time.AfterFunc(stallTimeout, b.giveUp)
	n, err := b.ReadCloser.Read(p)
	stalled.Stop()
	if err != nil {
		b.ended.Store(err == io.EOF)
		b.over.Store(true)
	}
	return n, err
}
