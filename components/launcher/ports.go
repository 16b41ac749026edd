package launcher

import (
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// The range of ports that can be opened beforehand, as the guide has it, and how
// many by default.
const (
	MinPort         = 1024
	MaxPort         = 65535
	DefaultMaxPorts = 10
)

// SplitPorts splits what was typed at commas and spaces.
func SplitPorts(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == ';' })
}

// CheckPorts applies the rule of the guide: numbers from 1024 to 65535, each
// once, at most limit of them. A range, "8000:8003", stands for all its ports.
// Ports that every session or the image serves itself are not free. Nothing is
// counted beyond the limit, because anybody can have made the list.
func CheckPorts(list []string, image model.Image, limit int) Problems {
	var found Problems
	seen := map[int]bool{}
	own := image.ServicePorts()
	for row, text := range list {
		first, last, ok := portRange(text)
		switch {
		case !ok:
			found = append(found, problem(FieldPorts, "port.number", "port", text).at(row))
		case first < MinPort || last > MaxPort:
			found = append(found, problem(FieldPorts, "port.range", "port", text, "min", MinPort, "max", MaxPort).at(row))
		case first > last:
			found = append(found, problem(FieldPorts, "port.order", "port", text).at(row))
		default:
			for port := first; port <= last && len(seen) <= limit; port++ {
				if seen[port] {
					found = append(found, problem(FieldPorts, "port.twice", "port", text).at(row))
					break
				}
				seen[port] = true
				if reservedPort(port) || slices.Contains(own, port) {
					found = append(found, problem(FieldPorts, "port.reserved", "port", strconv.Itoa(port)).at(row))
					break
				}
			}
		}
	}
	if len(seen) > limit {
		found = append(found, problem(FieldPorts, "port.many", "max", limit))
	}
	return found
}

// reservedPort reports whether every session serves a port itself: the kernel's
// own machinery, its terminal and its ssh.
func reservedPort(port int) bool {
	return port >= 2000 && port <= 2003 || port == 2200 || port == 7681
}

// Ports are the numbers that a right list stands for, in its order.
func Ports(list []string) []int {
	var ports []int
	for _, text := range list {
		first, last, ok := portRange(text)
		if !ok || first < MinPort || last > MaxPort {
			continue
		}
		for port := first; port <= last; port++ {
			ports = append(ports, port)
		}
	}
	return ports
}

// portRange reads "8080" or "8080:8085".
func portRange(text string) (first, last int, ok bool) {
	from, to, many := strings.Cut(text, ":")
	first, err := portNumber(from)
	if err != nil {
		return 0, 0, false
	}
	if !many {
		return first, first, true
	}
	last, err = portNumber(to)
	return first, last, err == nil
}

// portNumber reads digits alone: strconv also takes signs.
func portNumber(text string) (int, error) {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(text)
}
