package idle

import (
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// parts is in how many pieces a window is averaged.
const parts = 240

// window is the average of a value over the last while.
type window struct {
	width time.Duration // of one piece
	first int64         // number of the oldest piece, counted from 1970
	sums  []piece
}

type piece struct {
	sum   float64
	count int
}

// add adds a sample and forgets what has left the window.
func (w *window) add(now time.Time, length time.Duration, value float64) {
	width := max(length/parts, time.Second)
	number := now.UnixNano() / int64(width)
	if w.width != width || len(w.sums) == 0 { // the settings have changed
		*w = window{width: width, first: number, sums: []piece{{}}}
	}
	for w.first+int64(len(w.sums)) <= number {
		w.sums = append(w.sums, piece{})
		if len(w.sums) > parts {
			over := len(w.sums) - parts
			w.sums, w.first = w.sums[over:], w.first+int64(over)
		}
	}
	if at := number - w.first; at >= 0 {
		w.sums[at].sum += value
		w.sums[at].count++
	}
}

func (w *window) average() float64 {
	sum, count := 0.0, 0
	for _, p := range w.sums {
		sum, count = sum+p.sum, count+p.count
	}
	if count == 0 {
		return 0
	}
	return sum / float64(count)
}

// inMemory reports whether a metric is an amount of memory, compared in bytes;
// others are compared in percent.
func inMemory(metric string) bool { return strings.Contains(metric, "mem") }

// sample is a metric of a session now: of its kernels the mean in percent, or
// the sum of bytes. ok is false if no kernel has it, as one of a slot that the
// session does not hold.
func sample(metric string, kernels []model.Metrics) (value float64, ok bool) {
	n := 0
	for _, m := range kernels {
		one, there := m[metric]
		if !there {
			continue
		}
		text := one.Pct
		if inMemory(metric) {
			text = one.Current
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			continue
		}
		value += v
		n++
	}
	if n > 0 && !inMemory(metric) {
		value /= float64(n)
	}
	return value, n > 0
}
