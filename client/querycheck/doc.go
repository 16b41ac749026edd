// Package querycheck tells tests whether a manager would take a GraphQL request.
//
// A [Schema] is one that a manager printed; the recorded ones are in
// client/testdata, see [Load]. [Schema.Check] says what is wrong with a request
// on that manager. Of managers whose schema is not at hand, [Schema.CheckFor]
// tells what can be told: a schema says of most of its fields since which
// release they are there ("Added in 24.03.0."), so a request to an older manager
// may use none that came later.
package querycheck
