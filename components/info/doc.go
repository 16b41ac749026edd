// Package info is the information page for administrators: the versions of page
// and manager, how they are connected, who is signed in, and for superadmins the
// agents with what they have and what of it is in use.
package info
