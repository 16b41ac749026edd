package machine

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc/stat: USER_HZ, which is 100 on every
// system that Go runs on.
const tick = 10 * time.Millisecond

// cpuTimes is how long the processors worked since the start of the machine.
type cpuTimes struct {
	busy  time.Duration // of all together
	cores int
}

// parseStat reads /proc/stat; false if it does not tell. Waiting (idle, iowait)
// is not work; the time of guests is part of that of users.
func parseStat(text string) (t cpuTimes, ok bool) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 5 || !strings.HasPrefix(fields[0], "cpu") {
			continue
		}
		if fields[0] != "cpu" {
			t.cores++
			continue
		}
		for i, field := range fields[1:min(len(fields), 9)] {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil || n < 0 || n > math.MaxInt64/int64(tick)/16 {
				return cpuTimes{}, false
			}
			if i != 3 && i != 4 {
				t.busy += time.Duration(n) * tick
			}
		}
		ok = true
	}
	return t, ok && t.cores > 0
}

// memory is that of the machine, in bytes.
type memory struct{ total, available int64 }

func (m memory) used() int64 { return max(m.total-m.available, 0) }

// parseMeminfo reads /proc/meminfo; what is not there is 0.
func parseMeminfo(text string) (m memory) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64>>10 {
			continue
		}
		switch fields[0] {
		case "MemTotal:":
			m.total = n << 10
		case "MemAvailable:":
			m.available = n << 10
		}
	}
	return m
}

// parseNetDev adds up what all interfaces but the loopback one received and
// sent, from /proc/net/dev.
func parseNetDev(text string) (rx, tx int64) {
	for line := range strings.Lines(text) {
		name, rest, found := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if !found || strings.TrimSpace(name) == "lo" || len(fields) < 9 {
			continue
		}
		received, err1 := strconv.ParseInt(fields[0], 10, 64)
		sent, err2 := strconv.ParseInt(fields[8], 10, 64)
		if err1 == nil && err2 == nil && received >= 0 && sent >= 0 && received < math.MaxInt64/2-rx && sent < math.MaxInt64/2-tx {
			rx, tx = rx+received, tx+sent
		}
	}
	return rx, tx
}
