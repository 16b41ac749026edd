package node

import "sync"

// queue hands events to one reader without ever making the sender wait.
type queue struct {
	out  chan Event
	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex
	pending []Event
}

func newQueue() *queue {
	q := &queue{
		out: make(chan Event), wake: make(chan struct{}, 1),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	go q.deliver()
	return q
}

func (q *queue) add(event Event) {
	q.mu.Lock()
	q.pending = append(q.pending, event)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *queue) take() (Event, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.pending) == 0 {
		return Event{}, false
	}
	event := q.pending[0]
	q.pending = q.pending[1:]
	return event, true
}

func (q *queue) deliver() {
	defer close(q.done)
	defer close(q.out)
	for {
		event, some := q.take()
		if !some {
			select {
			case <-q.wake:
				continue
			case <-q.quit:
				return
			}
		}
		select {
		case q.out <- event:
		case <-q.quit:
			return
		}
	}
}

// close ends the delivery; events that nobody has read are dropped.
func (q *queue) close() {
	close(q.quit)
	<-q.done
}
