package page_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/page"
	"github.com/stretchr/testify/assert"
)

func TestOnceConnected(t *testing.T) {
	ready := new(client.Client)

	t.Run("calls at once when a client is ready", func(t *testing.T) {
		c := new(page.Connection)
		c.Connected(ready)
		var got *client.Client
		cancel := c.OnceConnected(func(c *client.Client) { got = c })
		cancel()
		assert.Same(t, ready, got)
		assert.Same(t, ready, c.Client())
	})

	t.Run("calls everybody who waits, each once", func(t *testing.T) {
		c := new(page.Connection)
		calls := make([]int, 3)
		for i := range calls {
			c.OnceConnected(func(*client.Client) { calls[i]++ })
		}
		c.Connected(ready)
		c.Connected(ready)
		assert.Equal(t, []int{1, 1, 1}, calls)
	})

	t.Run("does not call who gave up", func(t *testing.T) {
		c := new(page.Connection)
		cancel := c.OnceConnected(func(*client.Client) { t.Error("called") })
		cancel()
		cancel()
		c.Connected(ready)
	})

	t.Run("one who waits may take another one's subscription back", func(t *testing.T) {
		c := new(page.Connection)
		var called int
		var cancels []func()
		for range 2 {
			cancels = append(cancels, c.OnceConnected(func(*client.Client) {
				called++
				for _, cancel := range cancels {
					cancel()
				}
			}))
		}
		c.Connected(ready)
		assert.Equal(t, 1, called)
	})

	t.Run("after a sign-out the next sign-in is waited for", func(t *testing.T) {
		c := new(page.Connection)
		c.Connected(ready)
		c.Disconnected()
		assert.Nil(t, c.Client())
		called := 0
		c.OnceConnected(func(*client.Client) { called++ })
		c.Disconnected()
		assert.Equal(t, 1, c.Waiting(), "a sign-out keeps those who wait")
		c.Connected(ready)
		assert.Equal(t, 1, called)
	})
}

func TestConnectionIsSafeForConcurrentUse(t *testing.T) {
	c := new(page.Connection)
	var group sync.WaitGroup
	var calls atomic.Int64
	for range 8 {
		group.Go(func() {
			for range 100 {
				c.OnceConnected(func(*client.Client) { calls.Add(1) })()
			}
		})
	}
	group.Go(func() { c.Connected(new(client.Client)) })
	group.Wait()
	assert.LessOrEqual(t, calls.Load(), int64(800))
	assert.Zero(t, c.Waiting())
}

func ExampleConnection() {
	connection := new(page.Connection)
	p := page.New(page.Hooks{
		ViewStateChanged: func(active bool) { fmt.Println("active:", active) },
		Ready:            func(*client.Client) { fmt.Println("refreshJobData") },
	})
	p.SetConnection(connection)

	p.SetActive(true)                        // the person opens the page, not signed in yet
	connection.Connected(new(client.Client)) // backend-ai-connected
	p.SetActive(false)
	// Output:
	// active: true
	// refreshJobData
	// active: false
}
