package inside

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// The kinds of frames.
const (
	frameMessage = 'm' // JSON
	frameData    = 'd'
	frameEnd     = '.'
	frameError   = 'e' // instead of the end; its text
)

const (
	// maxFrame is the most data in one frame.
	maxFrame = 64 << 10
	// maxMessage bounds the JSON of a message, which may take several frames; the
	// largest is the list of a directory.
	maxMessage = 8 << 20
	// maxText bounds the text of an error.
	maxText = 4 << 10
)

// frames reads and writes frames.
type frames struct {
	from *bufio.Reader
	to   *bufio.Writer
	left int   // of the data frame being read
	over error // what ended the data, io.EOF in the end
}

func newFrames(connection io.ReadWriter) *frames {
	return &frames{from: bufio.NewReaderSize(connection, maxFrame), to: bufio.NewWriterSize(connection, maxFrame)}
}

func (f *frames) put(kind byte, data []byte) error {
	header := [5]byte{0: kind}
	binary.BigEndian.PutUint32(header[1:], uint32(len(data)))
	if _, err := f.to.Write(header[:]); err != nil {
		return err
	}
	_, err := f.to.Write(data)
	return err
}

// Write sends data.
func (f *frames) Write(data []byte) (int, error) {
	sent := 0
	for len(data) > 0 {
		n := min(len(data), maxFrame)
		if err := f.put(frameData, data[:n]); err != nil {
			return sent, err
		}
		sent += n
		data = data[n:]
	}
	return sent, nil
}

// end says that all data was sent, or why not.
func (f *frames) end(reason error) error {
	var err error
	if reason == nil {
		err = f.put(frameEnd, nil)
	} else {
		text := reason.Error()
		err = f.put(frameError, []byte(text[:min(len(text), maxText)]))
	}
	if err != nil {
		return err
	}
	return f.to.Flush()
}

// send sends a message: data frames like any, with an end.
func (f *frames) send(message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	for len(text) > maxFrame {
		if err := f.put(frameData, text[:maxFrame]); err != nil {
			return err
		}
		text = text[maxFrame:]
	}
	if err := f.put(frameMessage, text); err != nil {
		return err
	}
	return f.to.Flush()
}

// receive reads a message.
func (f *frames) receive(message any) error {
	var text []byte
	for {
		kind, size, err := f.header()
		if err != nil {
			return err
		}
		if kind != frameData && kind != frameMessage {
			return f.finish(kind, size)
		}
		if len(text)+size > maxMessage {
			return errors.New("a message of the helper is too long")
		}
		piece := make([]byte, size)
		if _, err := io.ReadFull(f.from, piece); err != nil {
			return unexpected(err)
		}
		text = append(text, piece...)
		if kind == frameMessage {
			return json.Unmarshal(text, message)
		}
	}
}

// header reads the beginning of a frame.
func (f *frames) header() (kind byte, size int, err error) {
	var header [5]byte
	if _, err := io.ReadFull(f.from, header[:]); err != nil {
		return 0, 0, unexpected(err)
	}
	size = int(binary.BigEndian.Uint32(header[1:]))
	if size > maxFrame {
		return 0, 0, fmt.Errorf("a frame of %d bytes", size)
	}
	return header[0], size, nil
}

// finish gives the error that a last frame stands for, io.EOF for the good end.
func (f *frames) finish(kind byte, size int) error {
	switch kind {
	case frameEnd:
		return io.EOF
	case frameError:
		text := make([]byte, min(size, maxText))
		if _, err := io.ReadFull(f.from, text); err != nil {
			return unexpected(err)
		}
		return errors.New(string(text))
	}
	return fmt.Errorf("a frame of kind %q", kind)
}

// Read gives data up to the end the other side has put.
func (f *frames) Read(into []byte) (int, error) {
	for f.over == nil && f.left == 0 {
		kind, size, err := f.header()
		switch {
		case err != nil:
			f.over = err
		case kind == frameData:
			f.left = size
		default:
			f.over = f.finish(kind, size)
		}
	}
	if f.over != nil {
		return 0, f.over
	}
	n, err := f.from.Read(into[:min(len(into), f.left)])
	f.left -= n
	if err != nil {
		f.over = unexpected(err)
		return n, f.over
	}
	return n, nil
}

// unexpected turns the end of a connection into an error.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
