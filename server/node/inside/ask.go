package inside

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// ask sends a request and reads the answer.
func (f *frames) ask(asked request) (reply, error) {
	if err := f.send(asked); err != nil {
		return reply{}, err
	}
	return f.answer()
}

func (f *frames) answer() (reply, error) {
	var answer reply
	if err := f.receive(&answer); err != nil {
		return reply{}, unexpected(err)
	}
	if answer.Missing {
		return reply{}, fmt.Errorf("%w: %s", fs.ErrNotExist, answer.Error)
	}
	if answer.Error != "" {
		return reply{}, errors.New(answer.Error)
	}
	return answer, nil
}

// List gives the files of a directory.
func List(connection io.ReadWriter, path string) (Listing, error) {
	answer, err := newFrames(connection).ask(request{Op: opList, Path: path})
	if err == nil && len(answer.Listing.Files) > MaxListed {
		err = errors.New("the helper lists too many files")
	}
	return answer.Listing, err
}

// Read gives a regular file and its content, to be read from the connection.
func Read(connection io.ReadWriter, path string) (File, io.Reader, error) {
	return stream(connection, request{Op: opRead, Path: path})
}

// Archive gives a file or a directory, and it with all below as a tar archive,
// to be read from the connection.
func Archive(connection io.ReadWriter, path string) (File, io.Reader, error) {
	return stream(connection, request{Op: opArchive, Path: path})
}

func stream(connection io.ReadWriter, asked request) (File, io.Reader, error) {
	f := newFrames(connection)
	answer, err := f.ask(asked)
	if err != nil {
		return File{}, nil, err
	}
	return answer.File, f, nil
}

// Write puts a file in place, which appears when it is complete.
func Write(connection io.ReadWriter, path string, content io.Reader) error {
	f := newFrames(connection)
	if _, err := f.ask(request{Op: opWrite, Path: path}); err != nil {
		return err
	}
	source := &watched{from: content}
	_, err := io.Copy(f, source)
	if endErr := f.end(source.err); err == nil {
		err = endErr
	}
	_, answered := f.answer()
	switch {
	case source.err != nil:
		return source.err
	case err == nil, !errors.Is(answered, io.ErrUnexpectedEOF):
		// If it could not be sent the helper says why it stopped reading.
		return answered
	}
	return err
}

// watched remembers why a source could not be read.
type watched struct {
	from io.Reader
	err  error
}

func (w *watched) Read(into []byte) (int, error) {
	n, err := w.from.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
