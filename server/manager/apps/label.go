package apps

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Limits on the ports an image or a request may name, of manager 24.09.
const (
	minPort = 1025
	maxPort = 65534
)

// Reserved reports whether a port belongs to the kernel's own machinery.
func Reserved(port int) bool {
	switch port {
	case 2000, 2001, 2002, 2003, 2200, 7681:
		return true
	}
	return false
}

// element matches one service port of a label; ports are a number or a list in
// brackets.
var element = regexp.MustCompile(`^([A-Za-z0-9_-]+):([a-z]+):(?:(\d{1,5})|\[(\d{1,5}(?:,\d{1,5})*)\])$`)

// Parse reads the label LabelPorts: "jupyter:http:8091,x:tcp:[9000,9001]". An app of the
// protocol "pty" is left out: there is nothing to connect to.
func Parse(label string) ([]App, error) {
	var list []App
	seen := map[int]bool{}
	for _, text := range split(label) {
		m := element.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil {
			return nil, fmt.Errorf("service port %q: want name:protocol:port", text)
		}
		switch m[2] {
		case HTTP, TCP, Preopen:
		case "pty":
			continue
		default:
			return nil, fmt.Errorf("service port %q: unknown protocol", text)
		}
		var ports []int
		for number := range strings.SplitSeq(m[3]+m[4], ",") {
			port, err := strconv.Atoi(number)
			if err != nil || port < minPort || port > maxPort || Reserved(port) {
				return nil, fmt.Errorf("service port %q: the port %s cannot be used", text, number)
			}
			if seen[port] {
				return nil, fmt.Errorf("service port %q: the port %d is named twice", text, port)
			}
			seen[port] = true
			ports = append(ports, port)
		}
		if _, twice := Find(list, m[1]); twice {
			return nil, errors.New("service port " + m[1] + " is named twice")
		}
		list = append(list, Make(m[1], m[2], ports...))
	}
	return list, nil
}

// split cuts at the commas that are not in brackets.
func split(label string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range []byte(label) {
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, label[start:i])
				start = i + 1
			}
		}
	}
	if rest := label[start:]; strings.TrimSpace(rest) != "" || len(parts) > 0 {
		parts = append(parts, rest)
	}
	return parts
}

// Offered lists the apps of a kernel: those that the node has in every kernel,
// as far as the image has none of the same name, those of the image, and the
// ports to open in advance, named by their number.
func Offered(label string, preopen []int, intrinsic []App) ([]App, error) {
	own, err := Parse(label)
	if err != nil {
		return nil, err
	}
	var list []App
	for _, a := range intrinsic {
		if _, replaced := Find(own, a.Name); !replaced {
			list = append(list, a)
		}
	}
	list = append(list, own...)
	for _, port := range preopen {
		list = append(list, Make(strconv.Itoa(port), Preopen, port))
	}
	return list, nil
}
