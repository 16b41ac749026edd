package apps

import (
	"context"

	"github.com/baiui/baiui/client"
)

// Stage is how far the opening of an app is.
type Stage int

// The stages, each with a message of its own.
const (
	StageFind  Stage = iota // is there such an app, and which way leads to it
	StageStart              // the program behind it
	StageReach              // does it listen; has the App Proxy a place for it
	StageOpen               // its first byte
	StageDone
)

// String is the name of the stage's texts: apps.stage.<name>.
func (s Stage) String() string {
	return [...]string{"find", "start", "reach", "open", "done"}[s]
}

// stages are those that are shown.
func stages() []Stage { return []Stage{StageFind, StageStart, StageReach, StageOpen} }

// Opener does what the stages need; [client.AppOpener] does.
type Opener interface {
	Find(context.Context, client.AppOrder) (client.FoundApp, error)
	Start(ctx context.Context, id string) error
	Reach(ctx context.Context, id string) error
	Open(ctx context.Context, id string) (client.OpenedApp, error)
}

// Opening is one app on its way to a tab.
type Opening struct {
	App   string // what it is called
	Order client.AppOrder

	Stage  Stage
	Failed error // why it does not go on; nil while it does
	Route  string
	Opened client.OpenedApp

	number int
	id     string
}

// step does the present stage and returns the opening as it is afterwards. It
// changes nothing, so that it may run beside the page.
func (o Opening) step(ctx context.Context, opener Opener, sign func(context.Context, *client.AppOrder) error) Opening {
	o.Failed = nil
	var err error
	switch o.Stage {
	case StageFind:
		order := o.Order // the signatures are for this attempt
		if err = sign(ctx, &order); err == nil {
			var found client.FoundApp
			found, err = opener.Find(ctx, order)
			o.id, o.Route = found.ID, found.Route
		}
	case StageStart:
		err = opener.Start(ctx, o.id)
	case StageReach:
		err = opener.Reach(ctx, o.id)
	case StageOpen:
		o.Opened, err = opener.Open(ctx, o.id)
	}
	if err != nil {
		o.Failed = err
		return o
	}
	o.Stage = min(o.Stage+1, StageDone)
	if o.Order.Protocol == protocolTCP && o.Route == client.RouteTunnel {
		o.Stage = StageDone // a program on the person's machine does the rest
	}
	return o
}

// again is the opening before another attempt: from the stage that failed, or
// from the first one where the server does not know it any more.
func (o Opening) again() Opening {
	if o.lost() {
		o.Stage, o.id = StageFind, ""
	}
	o.Failed = nil
	return o
}

// lost reports whether the server has forgotten the opening.
func (o Opening) lost() bool {
	switch problemOf(o.Failed) {
	case "app-not-found", "app-ended":
		return o.Stage != StageFind
	}
	return false
}

// problemOf is the kind of a failure in the words of the web server, "" if it is
// none of its own.
func problemOf(err error) string {
	if e, ok := err.(*client.Error); ok {
		return e.Type
	}
	return ""
}

// failure is the key of the sentence that says why it failed; the rest is in
// error.<kind>.
func (o Opening) failure() string {
	switch problem := problemOf(o.Failed); problem {
	case "app-not-found", "app-not-listening", "app-silent", "app-not-started", "app-ended",
		"app-proxy-failed", "app-proxy-full", "session-not-found", "no-host-for-apps":
		return "apps.failure." + problem
	}
	return "error." + client.KindOf(o.Failed).String()
}
