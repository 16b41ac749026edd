package app

import (
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// managerChanged lets every part of the page look anew at what the manager can
// do, after it came back as another version, and says so.
func (s *Shell) managerChanged(ctx goapp.Context, before, now client.Version) {
	if s.signin.phase != phaseConnected || s.signin.client.Version() != now {
		return
	}
	s.connection = new(page.Connection)
	s.connection.Connected(s.signin.client)
	toast := ui.Toast{
		Tone: ui.Info, Key: "app.manager.changed", Args: []any{"before", before.Manager, "now", now.Manager}, Stays: true,
	}
	if lost := lost(before, now); len(lost) > 0 {
		names := make([]string, len(lost))
		for i, f := range lost {
			names[i] = s.texts.T("app.manager.lost." + string(f))
		}
		toast.Tone, toast.Detail = ui.Warning, s.texts.T("app.manager.lost", "what", strings.Join(names, ", "))
	}
	ui.ShowToast(ctx, toast)
}

// lost lists what a person had on the page before that is not there now.
func lost(before, now client.Version) []client.Feature {
	var list []client.Feature
	for _, f := range [...]client.Feature{
		client.FeatureBatchTimeout, client.FeatureAgentSelect, client.FeatureDryRun,
		client.FeaturePerKernelLogs, client.FeatureRestart, client.FeatureCommittedImage,
	} {
		if before.Supports(f) && !now.Supports(f) {
			list = append(list, f)
		}
	}
	return list
}
