package usage

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// MaxKernels is how many kernels a report names.
const MaxKernels = 50_000

// ErrTooMany: a report would name more than [MaxKernels].
var ErrTooMany = errors.New("the report would name too many kernels; ask for a shorter time")

// Options are what reports are made of.
type Options struct {
	Store *store.Store
	// Stats are the metrics of a kernel, null without any.
	Stats func(store.Kernel) model.Metrics
	Now   func() time.Time
}

// Reports makes reports. Its methods may be called from several goroutines.
type Reports struct {
	Options
	turns chan struct{} // a place for each report that is being made
}

// New makes it.
func New(o Options) *Reports { return &Reports{o, make(chan struct{}, 2)} }

// kernels calls each with the kernels of a query, when it is this report's turn.
func (r *Reports) kernels(ctx context.Context, q store.UsageQuery, each func(store.UsedKernel) error) error {
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	return r.Store.UsedKernels(ctx, q, each)
}

// amounts are what one kernel had, or several together.
type amounts struct {
	cpu, gpu                      float64 // allocated
	memory, shared                int64   // allocated, bytes
	cpuUsed                       float64 // milliseconds
	memoryUsed, disk, read, wrote int64   // bytes
}

func (a *amounts) add(b amounts) {
	a.cpu, a.gpu, a.cpuUsed = a.cpu+b.cpu, a.gpu+b.gpu, a.cpuUsed+b.cpuUsed
	a.memory, a.shared = a.memory+b.memory, a.shared+b.shared
	a.memoryUsed, a.disk, a.read, a.wrote = a.memoryUsed+b.memoryUsed, a.disk+b.disk, a.read+b.read, a.wrote+b.wrote
}

func (r *Reports) amountsOf(k store.UsedKernel) (amounts, error) {
	held, err := slots.FromJSON(string(k.OccupiedSlots))
	if err != nil {
		return amounts{}, err
	}
	var options struct {
		Shared int64 `json:"shmem"` // bytes
	}
	if err := k.ResourceOpts.Decode(&options); err != nil {
		return amounts{}, err
	}
	m := r.Stats(k.Kernel)
	return amounts{
		cpu: held["cpu"].Float(), memory: held["mem"].Int(), shared: options.Shared, gpu: held["cuda.device"].Float() + held["cuda.shares"].Float(),
		cpuUsed: number(m["cpu_used"].Current), memoryUsed: whole(m["mem"].Max, m["mem"].Current),
		disk: whole(m["io_scratch_size"].Max, m["io_scratch_size"].Current), read: whole(m["io_read"].Current), wrote: whole(m["io_write"].Current),
	}, nil
}

// number reads a metric's decimal text; 0 where there is none.
func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return n
}

// whole is the first of several metrics that is there.
func whole(texts ...string) int64 {
	for _, text := range texts {
		if text != "" {
			return int64(number(text))
		}
	}
	return 0
}
