// Package settings answers the manager's REST calls about what people and
// administrators set: dotfiles, bootstrap scripts and SSH keys of key pairs,
// dotfiles of projects and domains, session templates, the cluster's settings by
// key, the freeze and the announcement.
//
// [New] takes what the calls work on, [Settings.Routes] lists them. Whoever
// serves them has checked the signature before; whether the caller may is
// decided here. Refusals are problems in the words of manager 24.09.
package settings
