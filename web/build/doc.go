// Command build makes the bundle the browser receives, in web/dist:
//
//   - app.wasm: app/wasm compiled for js/wasm, with the parts of the standard
//     library and of go-app that a browser never runs left out (see overlay.go)
//   - style.css: the stylesheets of web/static/css in a fixed order, minified
//   - icons.svg: the icons named in web/static/icons.txt, from lucide, as one
//     sprite
//   - the scripts, pictures and other files of web/static, as they are
//   - assets.json: the manifest that package web reads
//
// Every file gets a hash of its content into its name, so that it may be cached
// for ever, and brotli and gzip copies where they pay.
//
// Nothing is done twice: the compiler runs only when an input of the wasm
// changed, and compressed copies are kept by content. What is kept lies in
// .build at the root of the repository and may be deleted at any time.
//
//	go run ./web/build          build web/dist
//	go run ./web/build -dev     build fast (no brotli), run the server, and
//	                            rebuild and restart it when a source changes
//	go run ./web/build -plain   leave nothing out of the wasm (to compare)
package main
