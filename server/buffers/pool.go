package buffers

import (
	"net/http/httputil"
	"sync"
)

// Pool lends buffers of one size. It is for any number of goroutines.
type Pool struct {
	size int
	pool sync.Pool
}

var _ httputil.BufferPool = (*Pool)(nil)

// New makes a pool of buffers of so many bytes.
func New(size int) *Pool {
	p := &Pool{size: size}
	p.pool.New = func() any {
		b := make([]byte, size)
		return &b
	}
	return p
}

// Get lends a buffer.
func (p *Pool) Get() []byte { return *p.pool.Get().(*[]byte) }

// Put takes a buffer back. One that was not lent here is left to the garbage
// collector.
func (p *Pool) Put(b []byte) {
	if cap(b) == p.size {
		b = b[:p.size]
		p.pool.Put(&b)
	}
}
