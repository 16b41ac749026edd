//go:build !js

package client

import "context"

// sendOnLeave sends a request that is to outlive the page. Outside of a browser
// there is no page that could go away.
func (c *Client) sendOnLeave(r Request) {
	r.Retries = 0
	go func() { _ = c.Do(context.Background(), r, nil) }()
}
