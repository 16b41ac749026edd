package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/baiui/baiui/client"
)

// query is what the load asks for; the stub does not read it.
const query = `{"query":"query { compute_session_list(limit: 10, offset: 0, status: \"RUNNING\") { items { id name status occupied_slots live_stat } total_count } }","variables":{}}`

// sessionCookie is the cookie of a sign-in.
const sessionCookie = "AIOHTTP_SESSION"

// measureRelay compares a signed GraphQL request through the server with the
// same request through the standard library's proxy and without any.
func measureRelay(ctx context.Context, s *stage, o options, report *Report) error {
	stub, server, err := s.stubbed(ctx)
	if err != nil {
		return err
	}
	bare, err := s.role(ctx, "bare", "-target", stub.URL)
	if err != nil {
		return err
	}
	cookie, err := signIn(ctx, server.UI)
	if err != nil {
		return err
	}

	type way struct {
		name string
		shot shot
	}
	ways := make([]way, 3) // direct, bare, ours
	for i, w := range []struct {
		name, url string
		header    []string
	}{
		{"direct", stub.URL + "/admin/gql", nil},
		{"bare ReverseProxy", bare.URL + "/admin/gql", nil},
		{"baiui, signing", server.UI + "/func/admin/gql", []string{"Cookie: " + cookie}},
	} {
		one, err := newShot(w.url, query, w.header...)
		if err != nil {
			return err
		}
		ways[i] = way{w.name, one}
	}
	group := fmt.Sprintf("relay: POST of a GraphQL query, answer of %d bytes, %s each", answerSize, o.duration)
	for _, connections := range []int{1, 8, 32} {
		// The ways take turns, so that other work on the machine meets all of them
		// alike, and are compared within each turn.
		rounds := make([][]outcome, len(ways))
		var ofBare, ofDirect []float64
		for turn := range 4 {
			duration := o.duration
			if turn == 0 {
				duration /= 6 // warms up: connections and memory are there then
			}
			var rates []float64
			for i, w := range ways {
				out, err := load(ctx, w.shot, connections, duration)
				if err != nil {
					return fmt.Errorf("%s: %w", w.name, err)
				}
				rates = append(rates, out.PerSecond)
				if turn > 0 {
					rounds[i] = append(rounds[i], out)
				}
			}
			if turn > 0 {
				ofDirect, ofBare = append(ofDirect, rates[2]/rates[0]), append(ofBare, rates[2]/rates[1])
			}
		}
		for i, w := range ways {
			out := medianOutcome(rounds[i])
			note := fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", milliseconds(out.P50), milliseconds(out.P99))
			report.add(group, fmt.Sprintf("%s, %d connections", w.name, connections), out.PerSecond, "1/s", note)
		}
		report.add(group, fmt.Sprintf("baiui ÷ bare ReverseProxy, %d connections", connections), median(ofBare), "", "median of 3 turns")
		report.add(group, fmt.Sprintf("baiui ÷ direct, %d connections", connections), median(ofDirect), "", "median of 3 turns")
	}
	rss, err := residentMiB(server.PID())
	if err != nil {
		return err
	}
	report.add(group, "memory of the server after this load", rss, "MiB", "resident, --manager")
	return nil
}

// medianOutcome returns the outcome with the middle rate.
func medianOutcome(list []outcome) outcome {
	rates := make([]float64, len(list))
	for i, o := range list {
		rates[i] = o.PerSecond
	}
	middle := median(rates)
	for _, o := range list {
		if o.PerSecond == middle {
			return o
		}
	}
	return list[0]
}

// signIn signs in at a server and returns its session cookie as a header value.
func signIn(ctx context.Context, ui string) (string, error) {
	jar := &cookieJar{}
	result, err := client.Login(ctx, &http.Client{Transport: jar, Timeout: 30 * time.Second}, ui, "bench@baiui.local", "bench")
	if err != nil {
		return "", err
	}
	if jar.value == "" {
		return "", fmt.Errorf("signed in as %+v, but got no cookie", result)
	}
	return sessionCookie + "=" + jar.value, nil
}

// cookieJar remembers the session cookie of the last answer.
type cookieJar struct{ value string }

func (j *cookieJar) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, c := range resp.Cookies() {
		if c.Name == sessionCookie {
			j.value = c.Value
		}
	}
	return resp, nil
}

// errNoProc says that this system does not tell what a process uses.
var errNoProc = errors.New("this system has no /proc")
