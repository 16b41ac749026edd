// Package logs is the page that shows what the log store has kept: every failed
// request, and on demand every request, with what was asked and answered.
package logs
