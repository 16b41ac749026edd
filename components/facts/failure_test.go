package facts

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
)

func TestFailureText(t *testing.T) {
	for _, test := range []struct {
		what string
		err  error
		want string
	}{
		{"the manager's words", &client.Error{Kind: client.KindQuota, Status: 412, Title: "Limit.", Message: "No more."}, "Limit. No more."},
		{"a manager without words", &client.Error{Kind: client.KindQuota, Status: 412}, "자원 정책의 한도에 도달했습니다"},
		{"no words of the browser", &client.Error{Kind: client.KindOffline, Title: "no network", Message: "Failed to fetch"}, "네트워크에 연결되어 있지 않습니다"},
		{"something else", errors.New("what"), "what"},
	} {
		t.Run(test.what, func(t *testing.T) { assert.Equal(t, test.want, FailureText(i18n.Load("ko"), test.err)) })
	}
}
