//go:build !js

package session

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// Outside of a browser there is no document; each function does nothing.

func (h *Host) listen(app.Context) (stop func()) { return func() {} }

func focusID(string) {}

func plainKey(app.Event, bool) bool { return true }

func batchNumber(app.Context) int { return 0 }
