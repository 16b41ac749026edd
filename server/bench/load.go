package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// shot is one request to send over and over.
type shot struct {
	address string // host:port
	raw     []byte // the whole request as it goes over the wire
}

// newShot returns a POST of a JSON body.
func newShot(target, body string, header ...string) (shot, error) {
	u, err := url.Parse(target)
	if err != nil {
		return shot{}, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", u.RequestURI(), u.Host, len(body))
	for _, line := range header {
		fmt.Fprintf(&b, "%s\r\n", line)
	}
	fmt.Fprintf(&b, "\r\n%s", body)
	return shot{address: u.Host, raw: b.Bytes()}, nil
}

// outcome is what a load measured.
type outcome struct {
	PerSecond float64
	P50, P99  time.Duration
}

// load sends a request from a number of connections, one at a time on each, for
// a time, and measures. It speaks HTTP/1.1 itself, because a full client would
// take more of the two cores than what it measures. Any answer that is not 200
// is an error.
func load(ctx context.Context, s shot, connections int, duration time.Duration) (outcome, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		times []time.Duration
		errs  error
	)
	began := time.Now()
	end := began.Add(duration)
	for range connections {
		wg.Go(func() {
			mine, err := fire(ctx, s, end)
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
			if err != nil {
				errs = errors.Join(errs, err)
				cancel()
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(began)
	if errs != nil {
		return outcome{}, errs
	}
	slices.Sort(times)
	return outcome{
		PerSecond: float64(len(times)) / elapsed.Seconds(),
		P50:       quantile(times, 0.5),
		P99:       quantile(times, 0.99),
	}, nil
}

// fire is one connection of a load.
func fire(ctx context.Context, s shot, end time.Time) ([]time.Duration, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(end.Add(10 * time.Second)); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(conn, 16<<10)
	var times []time.Duration
	for now := time.Now(); now.Before(end) && ctx.Err() == nil; {
		if _, err := conn.Write(s.raw); err != nil {
			return times, err
		}
		if err := readAnswer(r); err != nil {
			return times, err
		}
		then := time.Now()
		times = append(times, then.Sub(now))
		now = then
	}
	return times, nil
}

// readAnswer reads one answer and throws it away.
func readAnswer(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answered %q", bytes.TrimSpace(status))
	}
	length, chunked := int64(0), false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64); err != nil {
				return err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		}
	}
	if !chunked {
		_, err := io.CopyN(io.Discard, r, length)
		return err
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, r, size+2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}
