package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestReadBenchmarks(t *testing.T) {
	figures := readBenchmarks(`goos: linux
pkg: github.com/baiui/baiui/client
BenchmarkListDecode/100_rows-2         	     321	   3724000 ns/op	  99.00 MB/s	 1234 B/op	      56 allocs/op
BenchmarkPlain 	 1000000	      1500.5 ns/op
PASS
ok  	github.com/baiui/baiui/client	1.2s
`)
	assert.Equal(t, []Figure{
		{Group: "code: client", Name: "ListDecode/100_rows", Value: 3724, Unit: "µs", Note: "99.00 MB/s 1234 B/op 56 allocs/op"},
		{Group: "code: client", Name: "Plain", Value: 1.5005, Unit: "µs", Note: ""},
	}, figures)
}
