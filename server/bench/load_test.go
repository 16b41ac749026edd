package main

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadAnswerReadsTheWholeAnswer(t *testing.T) {
	tests := []struct{ name, answer string }{
		{"with a length", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc"},
		{"in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"},
		{"without a body", "HTTP/1.1 200 OK\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(test.answer + "next"))
			require.NoError(t, readAnswer(r))
			rest, err := r.Peek(4)
			require.NoError(t, err)
			assert.Equal(t, "next", string(rest))
		})
	}
	for _, bad := range []string{"", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"} {
		assert.Error(t, readAnswer(bufio.NewReader(strings.NewReader(bad))), bad)
	}
}

func TestQuantile(t *testing.T) {
	list := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	assert.Equal(t, time.Duration(6), quantile(list, 0.5))
	assert.Equal(t, time.Duration(10), quantile(list, 0.99))
	assert.Zero(t, quantile(nil, 0.5))
	assert.Equal(t, 3, median([]int{5, 1, 3}))
}
