// Package ui holds the widgets of the page that know nothing of sessions or
// managers: icons, buttons, fields, dialogs, menus, notices, toasts, tables.
//
// Small widgets are functions that return an element; those with state of
// their own are components. All of them are drawn from native elements (dialog,
// details, select, input) and styled by class names only: the page's content
// security policy forbids style attributes.
package ui
