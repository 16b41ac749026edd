package notices

// Permission is what the browser says about notifications on the desktop.
type Permission string

// The permissions, as browsers spell them, and one for those that have none:
// old ones, and those of pages that are not secure.
const (
	permissionDefault Permission = "default" // the person was not asked yet
	permissionGranted Permission = "granted"
	permissionDenied  Permission = "denied"
	permissionMissing Permission = ""
)

// ActionDesktop says whether the person wants to be told on the desktop; its
// value is a bool. The bell posts it at its start and whenever that changes, and
// the shell then listens even while nobody sees the page.
const ActionDesktop = "notices.desktop"

// keyDesktop is where this browser keeps that the person wants it.
const keyDesktop = "baiui.desktop-notifications"
