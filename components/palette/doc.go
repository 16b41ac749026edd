// Package palette is the command palette: one field, opened with Ctrl+K or Cmd+K
// anywhere in the page, in which a person types where to go or what to do. It
// offers the places of the page, the tabs of the session list, the projects,
// sessions by name (asked of the manager), and what can be done with the
// selection of the list.
//
// [View] is the component; the shell mounts one and tells it what there is:
//
//	&palette.View{Texts: texts, Places: places, Connection: connection, Account: account, Project: project}
//
// What is chosen is a link that is followed, or an action that is posted. entries.go
// is plain Go: which entries there are and which match; the view draws them as a
// combobox with a list box, as the ARIA practices have it.
package palette
