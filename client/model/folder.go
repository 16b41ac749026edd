package model

import "strings"

// Folder is a storage folder (vfolder) as the folder list reports it.
type Folder struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Host       string `json:"host"` // of the storage, proxy:volume
	Status     string `json:"status"`
	UsageMode  string `json:"usage_mode"` // general, model, data
	Permission string `json:"permission"` // ro, rw, wd: what the caller may do
	Ownership  string `json:"ownership_type"`
	Project    string `json:"group_name"` // of project folders
	Owner      string `json:"user_email"`
	IsOwner    bool   `json:"is_owner"`
	Cloneable  bool   `json:"cloneable"`
	CreatedAt  Time   `json:"created_at"`
}

// Automatic reports whether every new session of the owner gets the folder by
// itself: its name begins with a dot.
func (f Folder) Automatic() bool { return strings.HasPrefix(f.Name, ".") }

// Ready reports whether the folder can be mounted. Managers before 23.09 have no
// status.
func (f Folder) Ready() bool { return f.Status == "" || f.Status == "ready" }
