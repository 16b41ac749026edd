package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// How much of an answer is written at a time. A client must read each piece in
// stallTimeout, which is a kilobyte in a second; what is sent from a file goes in
// larger ones, since each is one call of the system.
const (
	writtenPiece = 64 << 10
	filePiece    = 256 << 10
)

// unread ends answers whose clients stop reading them. Each would hold its memory,
// up to a whole list or log, for as long as the client likes. An answer may take as
// long as it is being read; between its pieces there is no limit, for events may be
// rare. Connections that are taken over, by websockets, are left to who takes them.
func unread(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := &pacedWriter{ResponseWriter: w, control: http.NewResponseController(w)}
		// What a request before this one on the connection has left.
		_ = p.control.SetWriteDeadline(time.Time{}) // not every writer has one
		next.ServeHTTP(p, r)
		p.extend() // for what the server itself still writes
	})
}

// pacedWriter gives each piece of an answer its time.
type pacedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	taken   bool // somebody has taken the connection over
}

func (w *pacedWriter) extend() {
	if !w.taken {
		_ = w.control.SetWriteDeadline(time.Now().Add(stallTimeout)) // not every writer has one
	}
}

// Write implements io.Writer.
func (w *pacedWriter) Write(p []byte) (n int, err error) {
	for {
		piece := p[n:min(len(p), n+writtenPiece)]
		w.extend()
		wrote, err := w.ResponseWriter.Write(piece)
		if n += wrote; err != nil || n == len(p) {
			return n, err
		}
	}
}

// ReadFrom implements io.ReaderFrom, so that files are sent by the system.
func (w *pacedWriter) ReadFrom(from io.Reader) (n int64, err error) {
	limited, _ := from.(*io.LimitedReader) // behind two limits the system does not find a file
	for {
		source, most := from, int64(filePiece)
		if limited != nil {
			source, most = limited.R, min(most, limited.N)
		}
		w.extend()
		got, err := io.CopyN(w.ResponseWriter, source, most)
		n += got
		if limited != nil {
			limited.N -= got
		}
		if errors.Is(err, io.EOF) || most == 0 {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// FlushError is what http.ResponseController looks for.
func (w *pacedWriter) FlushError() error {
	w.extend()
	return w.control.Flush()
}

// Hijack implements http.Hijacker.
func (w *pacedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.taken = true
	return w.control.Hijack()
}

// Unwrap lets http.ResponseController reach what the wrapper hides.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
