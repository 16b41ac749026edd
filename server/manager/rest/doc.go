// Package rest is the HTTP face of the embedded manager: it speaks the protocol
// of manager 24.09 with signed requests, problem bodies and rate limits, so that
// clients written for Backend.AI do not notice.
//
// [New] gives the handler. A request passes, in this order: the recovery from
// panics, the limits on headers, CORS, the check of the API version, the
// routing, and, unless the route is open, the checks of date, signature, user
// and rate. Routes need a signature unless they say otherwise. Handlers return
// errors; what is not a problem of package problem becomes one there.
package rest
