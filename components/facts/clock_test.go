package facts_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
)

func TestClockText(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"this device is ahead", &client.Error{Kind: client.KindClock, ClockSkew: 20*time.Minute + time.Second}, "It is 20 min ahead of the manager's."},
		{"this device is behind", &client.Error{Kind: client.KindClock, ClockSkew: -1200 * time.Minute}, "It is 1,200 min behind the manager's."},
		{"the server is ahead", &client.Error{Kind: client.KindServerClock, ClockSkew: time.Hour}, "The server's is 60 min ahead of the manager's."},
		{"the server is behind", &client.Error{Kind: client.KindServerClock, ClockSkew: -time.Hour}, "The server's is 60 min behind the manager's."},
		{"nobody measured", &client.Error{Kind: client.KindClock}, ""},
		{"another error", errors.New("x"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, facts.ClockText(i18n.Load("en"), tt.err))
		})
	}
}
