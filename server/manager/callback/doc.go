// Package callback tells the URLs that sessions were made with what becomes of
// them: a POST for each step of a session's life, as manager 24.09 words it
//
//	{"type": "session_lifecycle", "event": "started", "session_id": "…", "when": "…"}
//
// A URL is somebody's wish, and the server has a place in its network that the
// somebody may not have. So only public addresses are spoken to: the address is
// looked at when the connection is made, after the name was resolved, and no
// redirect is followed. The setting [SettingInternal] lifts that for a cluster
// whose users may reach what the server reaches.
//
// Nothing waits for a callback. They are sent by few workers, those of one session
// in their order, each tried three times, and dropped, with a line in the log, when
// too many wait. What was not sent when the server ends is lost.
package callback
