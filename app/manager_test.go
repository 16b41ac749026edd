package app

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
)

func TestWhatAnotherManagerLacks(t *testing.T) {
	old := client.Version{API: "v7.20230615", Manager: "23.09.11"}
	recent := client.Version{API: "v8.20240915", Manager: "24.09.14"}
	latest := client.Version{API: "v9.20250722", Manager: "26.9.6"}
	tests := []struct {
		name        string
		before, now client.Version
		want        []client.Feature
	}{
		{"a later one that can do all", old, recent, nil},
		{"a later one that no longer restarts sessions", recent, latest, []client.Feature{client.FeatureRestart}},
		{"an earlier one", recent, old, []client.Feature{
			client.FeatureAgentSelect, client.FeaturePerKernelLogs, client.FeatureCommittedImage,
		}},
		{"another patch of the same", recent, client.Version{API: recent.API, Manager: "24.09.15"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, lost(tt.before, tt.now))
			for _, lang := range []string{"en", "ko"} {
				for _, f := range tt.want {
					assert.True(t, i18n.Load(lang).Has("app.manager.lost."+string(f)), f)
				}
			}
		})
	}
}
