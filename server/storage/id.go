package storage

import (
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"github.com/google/uuid"
)

// The kinds of owners.
const (
	OwnerUser    = "user"
	OwnerProject = "project"
)

// Owner is whose quota a folder counts towards; the wire calls it a quota scope.
type Owner struct {
	Kind string // user or project
	ID   uuid.UUID
}

// String spells the owner as "user:<uuid>".
func (o Owner) String() string { return o.Kind + ":" + o.ID.String() }

// ParseOwner reads what [Owner.String] writes.
func ParseOwner(text string) (Owner, error) {
	kind, id, _ := strings.Cut(text, ":")
	if kind != OwnerUser && kind != OwnerProject {
		return Owner{}, fmt.Errorf("quota scope %q: want user:<uuid> or project:<uuid>", text)
	}
	u, err := uuid.Parse(id)
	if err != nil || len(id) != 36 {
		return Owner{}, fmt.Errorf("quota scope %q: want user:<uuid> or project:<uuid>", text)
	}
	return Owner{kind, u}, nil
}

// FolderID names a folder of a volume.
type FolderID struct {
	Owner Owner
	ID    uuid.UUID
}

// String spells it as the wire's vfid: "user:<uuid>/<32 hex digits>".
func (f FolderID) String() string { return f.Owner.String() + "/" + hexOf(f.ID) }

// ParseFolderID reads what [FolderID.String] writes.
func ParseFolderID(text string) (FolderID, error) {
	scope, id, _ := strings.Cut(text, "/")
	owner, err := ParseOwner(scope)
	if err != nil {
		return FolderID{}, err
	}
	u, err := uuid.Parse(id)
	if err != nil || len(id) != 32 {
		return FolderID{}, fmt.Errorf("folder %q: want 32 hex digits after the quota scope", text)
	}
	return FolderID{owner, u}, nil
}

// place is where the folder lies below the volume's directory.
func (f FolderID) place() string {
	h := hexOf(f.ID)
	return path.Join(hexOf(f.Owner.ID), h[:2], h[2:4], h[4:])
}

func hexOf(id uuid.UUID) string { return hex.EncodeToString(id[:]) }
