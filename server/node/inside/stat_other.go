//go:build !linux

package inside

import "io/fs"

const nonBlocking = 0

func describe(info fs.FileInfo) File {
	return File{Name: info.Name(), Mode: info.Mode(), Size: info.Size(), Modified: info.ModTime(), Changed: info.ModTime()}
}
