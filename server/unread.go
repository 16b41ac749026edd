package main

import (
	"bufio"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
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

// rest is for the time between pieces: over HTTP/2 a deadline that passes ends an
// answer even if nobody is writing.
func (w *pacedWriter) rest() {
	if !w.taken {
		_ = w.control.SetWriteDeadline(time.Time{})
	}
}

// Write implements io.Writer.
func (w *pacedWriter) Write(p []byte) (n int, err error) {
	defer w.rest()
	for {
		piece := p[n:min(len(p), n+writtenPiece)]
		w.extend()
		wrote, err := w.ResponseWriter.Write(piece)
		if n += wrote; err != nil || n == len(p) {
			return n, err
		}
	}
}

// ReadFrom implements io.ReaderFrom, so that files are sent by the system. What
// else there is to read may keep the answer waiting, which is not its reader's
// fault: it is written as it comes.
func (w *pacedWriter) ReadFrom(from io.Reader) (n int64, err error) {
	source, left := from, int64(math.MaxInt64)
	limited, _ := from.(*io.LimitedReader) // behind two limits the system does not find a file
	if limited != nil {
		source, left = limited.R, limited.N
	}
	file, is := source.(*os.File)
	if !is {
		return io.Copy(struct{ io.Writer }{w}, from)
	}
	defer w.rest()
	for left > 0 {
		w.extend()
		got, err := io.CopyN(w.ResponseWriter, file, min(left, filePiece))
		n += got
		left -= got
		if limited != nil {
			limited.N = left
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// FlushError is what http.ResponseController looks for.
func (w *pacedWriter) FlushError() error {
	w.extend()
	defer w.rest()
	return w.control.Flush()
}

// Hijack implements http.Hijacker.
func (w *pacedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.taken = true
	return w.control.Hijack()
}

// Unwrap lets http.ResponseController reach what the wrapper hides.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
