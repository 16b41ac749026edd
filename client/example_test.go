package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// exampleManager stands in for a manager.
func exampleManager() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/":
			_, _ = io.WriteString(w, `{"version": "v8.20240915", "manager": "24.09.14"}`)
		case "/admin/gql":
			_, _ = io.WriteString(w, `{"data": {"compute_session_list": {"total_count": 1, "items": [
				{"name": "train-01", "status": "RUNNING", "occupied_slots": "{\"cpu\": \"2\"}"}]}}}`)
		default:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"type": "https://api.backend.ai/probs/object-not-found", "title": "No such session."}`)
		}
	}))
}

func exampleClient(endpoint string) *client.Client {
	c, err := client.New(client.Config{
		Mode:     model.ModeAPI,
		Endpoint: endpoint,
		KeyPair:  signing.KeyPair{AccessKey: "AKIATESTKEY234567ABC", SecretKey: "wJalr0123456789abcdefghijklmnopqrstuvwxy"},
		Timeout:  10 * time.Second,
	})
	if err != nil {
		panic(err)
	}
	return c
}

// Listing sessions: the manager's version decides what can be asked for.
func ExampleSessions_List() {
	server := exampleManager()
	defer server.Close()
	c := exampleClient(server.URL)

	page, err := c.Sessions().List(context.Background(), client.ListRequest{
		Statuses: []model.Status{model.StatusRunning, model.StatusPrepared}, // PREPARED is left out for 24.09
		Fields:   []string{"name", "status", "occupied_slots"},
		Limit:    50,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, session := range page.Items {
		fmt.Println(session.Name, session.Status, session.OccupiedSlots["cpu"])
	}
	fmt.Println(page.Total, c.Version().Manager, c.Supports(client.FeatureSessionNode))
	// Output:
	// train-01 RUNNING 2
	// 1 24.09.14 true
}

// Telling errors apart: one type, and a kind that decides.
func ExampleError() {
	server := exampleManager()
	defer server.Close()

	_, err := exampleClient(server.URL).Sessions().Get(context.Background(), "gone")
	var failure *client.Error
	if errors.As(err, &failure) {
		fmt.Println(failure.Kind, failure.Status, failure.Title)
	}
	switch client.KindOf(err) {
	case client.KindNotFound:
		fmt.Println("show that it is gone")
	case client.KindAuth:
		fmt.Println("sign in again")
	}
	// Output:
	// not_found 404 No such session.
	// show that it is gone
}
