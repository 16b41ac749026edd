package node

import "regexp"

// identifiers are what may be the name of a directory and a control group.
var identifiers = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// hostnames follow RFC 1123.
var hostnames = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
