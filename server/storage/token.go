package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// The operations that tokens are for.
const (
	opDownload = "download"
	opUpload   = "upload"
	opArchive  = "archive"
)

// claims are what a token says, in the storage proxy's order. The operation is
// always written, and checked: a token is good for nothing else.
type claims struct {
	Op       string   `json:"op"`
	Volume   string   `json:"volume"`
	Folder   string   `json:"vfid,omitempty"`
	Path     string   `json:"relpath,omitempty"`
	Size     *int64   `json:"size,omitempty"`    // uploads: bytes
	Session  string   `json:"session,omitempty"` // uploads
	Archived string   `json:"virtual_folder_id,omitempty"`
	Files    []string `json:"files,omitempty"`    // archives
	Filename string   `json:"filename,omitempty"` // archives
	Bearer   string   `json:"bearer,omitempty"`   // whose right it is
	Expires  int64    `json:"exp"`                // seconds since 1970
}

var _ jwt.Claims = claims{}

// GetExpirationTime implements jwt.Claims.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(c.Expires, 0)), nil
}

// GetIssuedAt implements jwt.Claims.
func (c claims) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// GetNotBefore implements jwt.Claims.
func (c claims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer implements jwt.Claims.
func (c claims) GetIssuer() (string, error) { return "", nil }

// GetSubject implements jwt.Claims.
func (c claims) GetSubject() (string, error) { return "", nil }

// GetAudience implements jwt.Claims.
func (c claims) GetAudience() (jwt.ClaimStrings, error) { return nil, nil }

// sign makes a token.
func (v *Volume) sign(c claims, life time.Duration) (string, error) {
	c.Volume = v.Name
	c.Expires = v.Now().Add(life).Unix()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(v.secret)
}

// verify reads a token for one operation, asks whether its bearer still has the
// right, and says which folder it is for.
func (v *Volume) verify(ctx context.Context, token, op string) (claims, FolderID, error) {
	var c claims
	refuse := func(err error) (claims, FolderID, error) {
		return claims{}, FolderID{}, &Error{Kind: KindInvalid, Op: op, Cause: fmt.Errorf("token: %w", err)}
	}
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return v.secret, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(v.Now))
	if err != nil {
		return refuse(err)
	}
	if c.Op != op || c.Volume != v.Name {
		return refuse(errors.New("it is for something else"))
	}
	folder := c.Folder
	if op == opArchive {
		folder = c.Archived
	}
	id, err := ParseFolderID(folder)
	if err != nil {
		return refuse(err)
	}
	if op == opUpload {
		if _, err := uuid.Parse(c.Session); err != nil || len(c.Session) != 32 || c.Size == nil || *c.Size < 0 {
			return refuse(errors.New("it has no upload session"))
		}
	}
	if err := v.entitled(ctx, c.Bearer, id, op); err != nil {
		return claims{}, FolderID{}, err
	}
	return c, id, nil
}

// entitled refuses a bearer who has lost the right to an operation since the token
// was made.
func (v *Volume) entitled(ctx context.Context, bearer string, id FolderID, op string) error {
	if v.Entitled == nil {
		return nil
	}
	err := v.Entitled(ctx, bearer, id, op == opUpload)
	if errors.Is(err, ErrNotEntitled) {
		return &Error{Kind: KindForbidden, Op: op, Cause: err}
	}
	return wrap(op, "", err)
}

// DownloadToken lets its bearer download a file, or a directory as an archive.
// Whether the path exists is seen when it is used.
func (v *Volume) DownloadToken(bearer string, id FolderID, path string) (string, error) {
	clean, err := Clean(path)
	if err != nil {
		return "", wrap("download", path, err)
	}
	return v.sign(claims{Op: opDownload, Bearer: bearer, Folder: id.String(), Path: clean}, v.DownloadLife)
}

// maxArchived is how many paths one archive token may name: it travels in a URL.
const maxArchived = 100

// ArchiveToken lets its bearer download several files and directories as one ZIP
// archive. Without a name the archive is called after the folder.
func (v *Volume) ArchiveToken(bearer string, id FolderID, paths []string, filename string) (string, error) {
	if len(paths) == 0 || len(paths) > maxArchived {
		return "", &Error{Kind: KindInvalid, Op: opArchive, Cause: fmt.Errorf("between 1 and %d paths are needed", maxArchived)}
	}
	clean := make([]string, len(paths))
	for i, p := range paths {
		var err error
		if clean[i], err = Clean(p); err != nil {
			return "", wrap(opArchive, p, err)
		}
	}
	return v.sign(claims{Op: opArchive, Bearer: bearer, Archived: id.String(), Files: clean, Filename: filename}, v.DownloadLife)
}
