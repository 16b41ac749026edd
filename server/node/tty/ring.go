package tty

// ring keeps the last bytes of a stream, and what modes the terminal was in
// before them.
type ring struct {
	limit  int
	kept   []byte // up to limit; then a circle whose oldest byte is at total % limit
	total  int64  // bytes ever written
	before modes  // what the dropped bytes set
}

// start is the position in the stream of the oldest byte kept.
func (r *ring) start() int64 { return r.total - int64(len(r.kept)) }

// write appends to the stream.
func (r *ring) write(data []byte) {
	if room := r.limit - len(r.kept); room > 0 {
		n := min(room, len(data))
		r.kept = append(r.kept, data[:n]...)
		r.total += int64(n)
		data = data[n:]
	}
	for len(data) > 0 {
		at := int(r.total % int64(r.limit))
		n := min(len(data), r.limit-at)
		r.before.feed(r.kept[at : at+n])
		copy(r.kept[at:], data[:n])
		r.total += int64(n)
		data = data[n:]
	}
}

// read copies bytes of the stream from a position on, which must be kept.
func (r *ring) read(position int64, into []byte) int {
	copied := 0
	for copied < len(into) && position < r.total {
		at, end := int(position%int64(r.limit)), len(r.kept)
		if at < int(r.total%int64(r.limit)) {
			end = int(r.total % int64(r.limit))
		}
		n := copy(into[copied:], r.kept[at:end])
		copied += n
		position += int64(n)
	}
	return copied
}

// seekLine bounds the search for the beginning of a line.
const seekLine = 4 << 10

// replay says where to begin to show all that is kept, and what to send before:
// at the beginning of a line, because the oldest byte may be in the middle of a
// character or a command, in the modes that were set before.
func (r *ring) replay() (position int64, prefix []byte) {
	position = r.start()
	if position == 0 {
		return 0, nil
	}
	head := make([]byte, min(seekLine, len(r.kept)))
	r.read(position, head)
	set := r.before.clone()
	for i, b := range head {
		if b == '\n' {
			set.feed(head[:i+1])
			position += int64(i + 1)
			break
		}
	}
	return position, set.restore()
}
