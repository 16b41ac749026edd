package model

// ConnectionMode says who signs the requests to the manager.
type ConnectionMode string

// The two connection modes, spelled as the original client spells them.
const (
	// ModeAPI: this program holds a key pair and signs each request itself.
	ModeAPI ConnectionMode = "API"
	// ModeSession: a web server holds the key pair; this program has a cookie.
	ModeSession ConnectionMode = "SESSION"
)

// Role is what a user may do. The manager decides it; the page only chooses
// what to offer.
type Role string

// The roles of a manager's users.
const (
	RoleUser       Role = "user"
	RoleAdmin      Role = "admin" // administers one domain
	RoleSuperadmin Role = "superadmin"
	RoleMonitor    Role = "monitor" // may not use the page
)

// IsAdmin reports whether the role administers at least a domain.
func (r Role) IsAdmin() bool { return r == RoleAdmin || r == RoleSuperadmin }

// IsSuperadmin reports whether the role administers the whole cluster.
func (r Role) IsSuperadmin() bool { return r == RoleSuperadmin }

// Project is a user group; sessions and folders belong to one.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Account is who is signed in, as the manager reports it.
type Account struct {
	UUID       string    `json:"uuid"`
	Email      string    `json:"email"`
	Username   string    `json:"username"`
	FullName   string    `json:"full_name"`
	Role       Role      `json:"role"`
	DomainName string    `json:"domain_name"`
	AccessKey  string    `json:"access_key"` // of the key pair in use
	Projects   []Project `json:"groups"`     // those the user is a member of, sorted by name
}
