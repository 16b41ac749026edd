package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkListDecode takes whole requests without a network: signing, reading,
// decoding.
func BenchmarkListDecode(b *testing.B) {
	var recording struct {
		Data struct {
			List struct {
				Items []json.RawMessage `json:"items"`
			} `json:"compute_session_list"`
		} `json:"data"`
	}
	require.NoError(b, json.Unmarshal([]byte(recordedBody(b, old, "compute_session_list-super-alive")), &recording))
	recordedRows := recording.Data.List.Items
	for _, rows := range []int{100, 1000} {
		items := make([]json.RawMessage, rows)
		for i := range items {
			items[i] = recordedRows[i%len(recordedRows)]
		}
		body, err := json.Marshal(map[string]any{"data": map[string]any{
			"compute_session_list": map[string]any{"items": items, "total_count": rows}}})
		require.NoError(b, err)
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			c := newClient(b, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
				return answer(200, "application/json", string(body)), nil
			})))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				page, err := c.Sessions().List(context.Background(), ListRequest{})
				if err != nil || len(page.Items) != rows {
					b.Fatal(len(page.Items), err)
				}
			}
		})
	}
}
