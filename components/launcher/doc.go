// Package launcher is the form from which a session is started: five steps that
// are one form, and a review that says what will happen.
//
// The layers are those of every place of the page:
//
//   - [Form] is what a person has filled in. The rules about it are pure
//     functions, one file for each part: names.go, batch.go, variables.go,
//     environments.go, resources.go, presets.go, mounts.go, ports.go. They quote
//     the user guide on compute sessions; where they follow the original client
//     instead, because the guide is silent, the function says so.
//   - [Check] finds everything that is wrong, [Foresee] what the manager would do
//     with it, [Requests] spells it for the manager.
//   - urlstate.go and history.go keep a form in the URL and in the browser,
//     without secrets.
//   - [View] is the go-app component.
package launcher
