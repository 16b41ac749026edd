package folders

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// noFolder: there is none that the caller may know of.
func noFolder(name string) *problem.Problem {
	p := problem.NotFound("virtual folder", "")
	p.Data = name
	return p
}

// tooMany: several folders have the name.
func tooMany(found []folder) *problem.Problem {
	type match struct {
		ID     string  `json:"id"`
		Host   string  `json:"host"`
		User   *string `json:"user"`
		UserID *string `json:"user_id"`
		Group  *string `json:"group"`
		GID    *string `json:"group_id"`
	}
	matches := make([]match, len(found))
	for i, f := range found {
		matches[i] = match{f.hexID(), f.Host, orNil(f.UserEmail), orNil(f.UserID), orNil(f.ProjectName), orNil(f.ProjectID)}
	}
	return &problem.Problem{Status: http.StatusNotFound, Type: "too-many-vfolders",
		Title: "There are two or more matching vfolders.", Data: map[string]any{"matches": matches}}
}

// nameExists: 24.09's title is compared by clients.
func nameExists(name string) *problem.Problem {
	return &problem.Problem{Status: http.StatusBadRequest, Type: "vfolder-already-exists",
		Title: "The virtual folder already exists with the same name.", Data: name}
}

// wrongStatus: not in its present status.
func wrongStatus(f folder) *problem.Problem {
	return &problem.Problem{Status: http.StatusBadRequest, Type: "vfolder-filter-status-failed",
		Title: "Virtual folder status is not available.", Msg: fmt.Sprintf("The status of the folder is %s.", f.Status)}
}

// failed: the storage could not do it.
func failed(data any, msg string, cause error) *problem.Problem {
	return &problem.Problem{Status: http.StatusBadRequest, Type: "vfolder-operation-failed",
		Title: "Virtual folder operation has failed.", Msg: msg, Data: data, Cause: cause}
}

func creationFailed(cause error) *problem.Problem {
	return &problem.Problem{Status: http.StatusBadRequest, Type: "vfolder-creation-failed",
		Title: "Virtual folder creation has failed.", Cause: cause}
}

func noPrivilege(msg string) *problem.Problem {
	return &problem.Problem{Status: http.StatusForbidden, Type: "insufficient-privilege", Title: "Insufficient privilege.", Msg: msg}
}

// ofStorage turns an error of the storage into what clients are told. Only what
// is known to be harmless is said in words.
func ofStorage(err error) error {
	var e *storage.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case storage.KindInvalid, storage.KindIsDirectory, storage.KindUnsupported, storage.KindTooLarge:
		p := problem.InvalidParams(e.Cause.Error())
		p.Cause = err
		return p
	case storage.KindNotFound:
		return failed(nil, "No such file or directory: "+e.Path, err)
	case storage.KindExists:
		return failed(nil, "There is a file or directory of that name already.", err)
	case storage.KindDenied:
		return failed(nil, "The mode of the file or directory does not allow it.", err)
	case storage.KindQuota:
		return problem.QuotaExceeded("The quota is used up: " + e.Cause.Error() + ".")
	case storage.KindFull:
		return problem.Unavailable("There is no space left on the disk. Nothing was changed.", err)
	}
	return err
}

// ofName turns a refused name into what clients are told.
func ofName(err error, name string) error {
	if store.NameTaken(err) {
		return nameExists(name)
	}
	return err
}

func orNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
