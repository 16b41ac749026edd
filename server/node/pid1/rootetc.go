//go:build linux

package pid1

import (
	"fmt"
	"os"
)

// shared are the files of /etc that programs need and that hold no secrets.
// Everything else of the host's /etc is invisible.
var shared = [...]string{
	"alternatives", "bash.bashrc", "bashrc", "ca-certificates", "crypto-policies", "debian_version",
	"default/locale", "fonts", "gai.conf", "host.conf", "inputrc", "java", "jupyter", "ld.so.cache",
	"ld.so.conf", "ld.so.conf.d", "locale.alias", "locale.conf", "localtime", "magic", "magic.mime",
	"mime.types", "nanorc", "os-release", "pki/ca-trust", "pki/tls/certs", "profile", "profile.d",
	"protocols", "python3", "R", "rpc", "services", "ssl/certs", "ssl/openssl.cnf", "terminfo",
	"timezone", "vim", "xdg",
}

// etc makes a minimal /etc.
func (r *root) etc(config Config) {
	r.mkdir("/etc")
	for _, name := range shared {
		path := "/etc/" + name
		// Followed on purpose: localtime and many others are links.
		if _, err := os.Stat(path); err == nil {
			r.bind(r.open(Bind{Source: path, Target: path}))
		}
	}
	for name, content := range OwnEtc(config) {
		r.write("/etc/"+name, content)
	}
}

// OwnEtc is the content of the files in /etc that are a kernel's own.
func OwnEtc(config Config) map[string]string {
	return map[string]string{
		"passwd": fmt.Sprintf(`root:x:0:0:root:/:/usr/sbin/nologin
work:x:%d:%d:work:%s:/bin/bash
nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
`, config.UID, config.GID, config.Dir),
		"group":         fmt.Sprintf("root:x:0:\nwork:x:%d:\nnogroup:x:65534:\n", config.GID),
		"hostname":      config.Hostname + "\n",
		"hosts":         hosts(config),
		"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n",
		"resolv.conf":   "",
		// The wheel scrolls back in a terminal, as people expect it to. What stands
		// in the home's own file counts more.
		"tmux.conf": "set -g mouse on\n",
	}
}
