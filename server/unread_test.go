package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const longAnswer = 3*filePiece + 1

// answered serves one connection that nobody reads from yet.
func answered(t *testing.T, handler http.HandlerFunc) (client net.Conn) {
	client = served(t, handler, (*http.Server).Serve)
	_, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	require.NoError(t, err)
	return client
}

// longAnswers are the ways to write longAnswer bytes.
func longAnswers(t *testing.T) map[string]func(http.ResponseWriter) error {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, make([]byte, longAnswer), 0o600))
	return map[string]func(http.ResponseWriter) error{
		"at once": func(w http.ResponseWriter) error {
			_, err := w.Write(make([]byte, longAnswer))
			return err
		},
		"from a reader": func(w http.ResponseWriter) error {
			_, err := io.Copy(w, strings.NewReader(strings.Repeat("x", longAnswer)))
			return err
		},
		"from a part of a file": func(w http.ResponseWriter) error {
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			_, err = io.CopyN(w, file, longAnswer)
			return err
		},
		"as events": func(w http.ResponseWriter) error {
			for range longAnswer {
				if _, err := w.Write([]byte("x")); err != nil {
					return err
				}
				if err := http.NewResponseController(w).Flush(); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func TestWhoStopsReadingAnAnswerIsCut(t *testing.T) {
	for name, write := range longAnswers(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				failed := make(chan error, 1)
				began := time.Now()
				client := answered(t, func(w http.ResponseWriter, _ *http.Request) { failed <- write(w) })
				_, err := client.Read(make([]byte, 1))
				require.NoError(t, err)
				assert.ErrorIs(t, <-failed, os.ErrDeadlineExceeded)
				assert.Equal(t, stallTimeout, time.Since(began))
			})
		})
	}
}

func TestWhoReadsSlowlyGetsAll(t *testing.T) {
	for name, write := range longAnswers(t) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := answered(t, func(w http.ResponseWriter, _ *http.Request) {
					if err := write(w); err != nil {
						panic(http.ErrAbortHandler)
					}
				})
				response, err := http.ReadResponse(bufio.NewReader(&slowly{client, 4 << 10}), nil)
				require.NoError(t, err)
				n, err := io.Copy(io.Discard, response.Body)
				assert.NoError(t, err)
				assert.EqualValues(t, longAnswer, n)
			})
		})
	}
}

// slowly reads a little at a time, so many bytes at most.
type slowly struct {
	from io.Reader
	most int
}

func (s *slowly) Read(p []byte) (int, error) {
	time.Sleep(stallTimeout / 128)
	return s.from.Read(p[:min(len(p), s.most)])
}

func TestAnAnswerMayComeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := answered(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				time.Sleep(10 * stallTimeout)
			}
			w.WriteHeader(http.StatusNoContent)
		})
		reader := bufio.NewReader(client)
		for _, method := range []string{"POST", "GET"} { // on the same connection, behind the one of answered
			response, err := http.ReadResponse(reader, nil)
			require.NoError(t, err)
			assert.Equal(t, http.StatusNoContent, response.StatusCode)
			time.Sleep(stallTimeout + time.Second)
			_, err = io.WriteString(client, method+" / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
			require.NoError(t, err)
		}
		response, err := http.ReadResponse(reader, nil)
		require.NoError(t, err)
		assert.Equal(t, http.StatusNoContent, response.StatusCode)
	})
}

func TestAnAnswerMayBeCopiedFromWhatComesSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := answered(t, func(w http.ResponseWriter, _ *http.Request) {
			_, err := io.Copy(w, &slowly{io.LimitReader(rand.Reader, longAnswer), 1 << 10})
			assert.NoError(t, err)
		})
		response, err := http.ReadResponse(bufio.NewReader(client), nil)
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, response.Body)
		assert.NoError(t, err)
		assert.EqualValues(t, longAnswer, n)
	})
}

func TestAConnectionThatIsTakenOverHasNoDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := answered(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if !assert.NoError(t, err) {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				time.Sleep(2 * stallTimeout)
				_, _ = io.WriteString(conn, "late")
			}()
		})
		text, err := io.ReadAll(client)
		require.NoError(t, err)
		assert.Equal(t, "late", string(text))
	})
}

func TestEventsMayBeRareAlsoOverHTTP2(t *testing.T) {
	certFile, keyFile, _ := certificate(t)
	synctest.Test(t, func(t *testing.T) {
		events := func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = io.WriteString(w, "event\n")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(2 * stallTimeout)
			}
		}
		client := served(t, events, func(s *http.Server, l net.Listener) error { return s.ServeTLS(l, certFile, keyFile) })
		transport := &http.Transport{
			ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // its clock is that of the bubble
			DialContext: func(context.Context, string, string) (net.Conn, error) { return client, nil },
		}
		defer transport.CloseIdleConnections()
		response, err := (&http.Client{Transport: transport}).Get("https://x")
		require.NoError(t, err)
		assert.Equal(t, 2, response.ProtoMajor)
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		assert.Equal(t, "event\nevent\nevent\n", string(text))
	})
}
