package store

// What a policy, a project or a domain may allow on a storage host.
const (
	HostCreate   = "create-vfolder"
	HostModify   = "modify-vfolder"
	HostDelete   = "delete-vfolder"
	HostMount    = "mount-in-session"
	HostUpload   = "upload-file"
	HostDownload = "download-file"
	HostInvite   = "invite-others"
	HostShare    = "set-user-specific-permission"
)

// FolderHost is the name of this machine's volume: storage proxy and volume.
const FolderHost = "local:volume1"

// HostPermissions are all of them.
func HostPermissions() []string {
	return []string{HostCreate, HostModify, HostDelete, HostMount, HostUpload, HostDownload, HostInvite, HostShare}
}

// AllHostAccess allows everything on this machine's volume: what new domains and
// policies begin with.
func AllHostAccess() JSON { return ToJSON(map[string][]string{FolderHost: HostPermissions()}) }
