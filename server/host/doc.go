// Package host serves the page: prerendered documents, the few files that go-app
// wants at fixed addresses, and the bundle under /web/ with hashed names.
//
// A document depends on an [app.Variant] and on nothing else, so each one is
// rendered and compressed once and then served from memory. Files of the bundle
// were compressed when it was built. Every answer has a strong ETag, is chosen by
// Accept-Encoding, and carries the headers of [Policy].
package host
