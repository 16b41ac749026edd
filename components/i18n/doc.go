// Package i18n turns keys into the sentences a person reads, and numbers and
// times into the form their language uses.
//
// A [Texts] is one language. It is made once per language by [Load], handed
// down the tree of components as a pointer, and replaced as a whole when the
// person changes the language; a component that shows texts therefore has a
// field
//
//	Texts *i18n.Texts
//
// and renders again by itself when the language changes. The nil *Texts is
// valid and answers with the keys.
//
// The texts live in web/locales. Keys are written as literals where they are
// used (Texts.T("login.password")), or as a literal prefix that ends in a dot
// and a value ("status."+status), so that a test can tell which are used.
package i18n
