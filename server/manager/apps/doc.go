// Package apps knows the apps of a session: the service ports that an image
// names in a label, the terminal that every kernel has, ports opened in advance,
// and how those apps are started that are programs of the machine.
//
// The forms of a service port are those of manager 24.09: the stored one, which
// GraphQL shows, and the shorter one of REST answers.
package apps
