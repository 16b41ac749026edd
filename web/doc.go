// Package web holds what the browser receives: the built bundle (WebAssembly,
// stylesheet, icons, scripts) under names that carry a hash of their content.
//
// The bundle is made by `go run ./web/build` (or `make build`) into web/dist
// and embedded from there. A program compiled before the bundle exists still
// builds and runs, and [Manifest] then returns [ErrNoBundle].
//
//	assets, err := web.Manifest()
//	if err != nil { ... }
//	assets.Path("app.wasm") // "/web/app.0f3c21aa0f3c.wasm"
//
// Every file of the bundle is also there in brotli and gzip form (same name
// with .br or .gz appended) unless compressing it does not pay; see
// [File.Brotli] and [File.Gzip].
package web
