// Package app is the page as a whole: its routes, the shell around the places
// (header, menu, messages, sign-in), and the start of the program in the
// browser. package main in app/wasm runs it there.
//
// The server imports the same package to prerender: [NewPages] renders every
// route into a complete HTML document before any WebAssembly has arrived, and
// [Variant] says which of the few forms of it (language, theme, signed in or
// not). A document holds no user data, so one rendering serves everybody. The
// browser's first rendering starts from the same Variant, read back from the
// document, and is therefore the same markup.
//
//	app.Routes()
//	pages := app.NewPages(app.Assets{Version: ..., Path: assets.Path, Sprite: sprite})
//	html, err := pages.Render(app.Variant{Path: "/sessions", Lang: "ko", SignedIn: true})
package app
