package host

import (
	"bytes"
	"compress/gzip"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

// The codings on offer, as they are called in Content-Encoding.
const (
	identity = ""
	gzipped  = "gzip"
	brotlied = "br"
)

// accepts reads an Accept-Encoding header. A coding counts when it is named, or
// covered by *, without q=0.
func accepts(header, coding string) bool {
	star := false
	for item := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != coding && name != "*" {
			continue
		}
		wanted := quality(parameters) > 0
		if name == coding {
			return wanted
		}
		star = wanted
	}
	return star
}

// quality is the q of the parameters of an item, 1 if there is none and 0 if it
// cannot be read.
func quality(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, found := strings.Cut(parameter, "=")
		if !found || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

// choose picks the best coding that the client accepts and that is there.
func choose(header string, hasBrotli, hasGzip bool) string {
	switch {
	case hasBrotli && accepts(header, brotlied):
		return brotlied
	case hasGzip && accepts(header, gzipped):
		return gzipped
	default:
		return identity
	}
}

// brotliLevel is where a document of 20 kB takes about a millisecond.
const brotliLevel = 6

// compress returns both compressed copies of a body.
func compress(body []byte) (br, gz []byte) {
	var b, g bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotliLevel)
	w.Write(body) // a buffer does not fail
	w.Close()
	z := gzip.NewWriter(&g)
	z.Write(body)
	z.Close()
	return b.Bytes(), g.Bytes()
}
