// Package apps is the panel that opens the apps of a session: notebooks, the
// terminal, ports that its programs listen on.
//
// [Panel] draws what a session's service ports name, in groups, and does what a
// click asks for: an [Opening] goes through its stages at the web server
// ([client.AppOpener]) while the new tab, which must be opened in the click
// itself or the browser takes it for an advertisement, says how far it is. Apps
// that are none for browsers, such as SSH, get the commands with which a program
// on the person's own machine reaches them.
//
// In API mode the page signs beforehand what the web server needs; the key pair
// stays here. See package server/apps for the other side.
package apps
