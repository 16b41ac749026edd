package main

import (
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/gateway"
)

// newLog makes the log of the server.
func newLog(w io.Writer, c config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel, ReplaceAttr: redact}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// redact hides the value of everything whose name says that it is secret. It is
// the last line of defence: nothing secret is meant to be logged.
func redact(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindGroup && isSecretName(a.Key) {
		a.Value = slog.StringValue("(redacted)")
	}
	return a
}

func isSecretName(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	for _, part := range []string{"password", "passwd", "secret", "token", "cookie", "authorization", "signature", "signinkey", "privatekey", "credential"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// guard is around everything that is served: it turns a panic into an answer and
// an entry of the log, and writes an access log if the level is debug.
func guard(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause) // how a handler cuts an answer that cannot be finished
			}
			log.Error("panic", "cause", cause, "method", r.Method, "path", r.URL.Path, "stack", string(debug.Stack()))
			gateway.WriteProblem(w, http.StatusInternalServerError, "internal-server-error", "Internal server error", "")
		}()
		if !log.Enabled(r.Context(), slog.LevelDebug) {
			next.ServeHTTP(w, r)
			return
		}
		began := time.Now()
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		// Neither query nor headers: both hold what is nobody's business.
		log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", seen.status, "took", time.Since(began))
	})
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach what the wrapper hides.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
