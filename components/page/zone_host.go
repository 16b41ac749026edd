//go:build !js

package page

import "time"

// Zone is the time zone of this system.
func Zone() *time.Location { return time.Local }
