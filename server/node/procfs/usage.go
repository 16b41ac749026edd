//go:build linux

package procfs

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// Tick is the unit of processor time in /proc; Linux fixes it for programs.
const Tick = 10 * time.Millisecond

// IO gives the bytes a process and the children it has waited for have read from
// and written to disks. Zero if it has ended or may not be looked at.
func IO(pid int) (read, written int64) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, 0
	}
	defer file.Close()
	return parseIO(file)
}

func parseIO(from io.Reader) (read, written int64) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		number, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "read_bytes":
			read = number
		case "write_bytes":
			written = number
		}
	}
	return read, written
}

// Net gives the bytes received and sent on all interfaces but loopback in the
// network namespace of a process.
func Net(pid int) (received, sent int64, err error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/net/dev", pid))
	if err != nil {
		return 0, 0, err
	}
	defer file.Close()
	received, sent = parseNet(file)
	return received, sent, nil
}

func parseNet(from io.Reader) (received, sent int64) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		name, values, found := strings.Cut(lines.Text(), ":")
		fields := strings.Fields(values)
		if !found || strings.TrimSpace(name) == "lo" || len(fields) < 9 {
			continue
		}
		in, errIn := strconv.ParseInt(fields[0], 10, 64)
		out, errOut := strconv.ParseInt(fields[8], 10, 64)
		if errIn == nil && errOut == nil {
			received, sent = received+in, sent+out
		}
	}
	return received, sent
}
