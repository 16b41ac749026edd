// Package environments finds what can be run on this machine and describes it
// as images: one for each Python, Node.js, Go and bash that is installed. A
// session of such an image runs on the machine's own programs; the image says
// which of them was meant.
package environments
