//go:build !js

package app

// documentVariant has no document to read on a host; the prerenderer makes the
// shell with the variant it was asked for.
func documentVariant() Variant { return Variant{} }
