package apps

import (
	"net/url"
	"strconv"
	"strings"
)

// command is something to run on the person's own machine.
type command struct {
	key  string // of its title: apps.tcp.<key>
	text string
}

// The local ports that are suggested; the person may take any other.
const (
	sshPort   = 2222
	otherPort = 10250
)

// isSSH reports whether an app speaks SSH.
func isSSH(name string) bool { return name == "sshd" || name == "sftp" || name == "vscode-desktop" }

// keyFile is the private key for the session, as it is named in the session's
// home and in the commands.
const keyFile = "id_container"

// tunnelCommands are those for an app that is reached through the manager:
// a local port first, then what uses it.
func tunnelCommands(endpoint, session, app string) []command {
	port := otherPort
	if isSSH(app) {
		port = sshPort
	}
	tunnel := "baiui tunnel"
	if endpoint != "" { // else it is that of the environment
		tunnel += " --endpoint " + shell(endpoint)
	}
	tunnel += " --port " + strconv.Itoa(port) + " " + shell(session) + " " + shell(app)
	list := []command{{"tunnel", tunnel}}
	return append(list, clientCommands("127.0.0.1", port, app)...)
}

// gatewayCommands are those for an app at the port of an App Proxy.
func gatewayCommands(gateway, app string) []command {
	u, err := url.Parse(gateway)
	if err != nil {
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil
	}
	return append([]command{{"address", u.Host}}, clientCommands(u.Hostname(), port, app)...)
}

// clientCommands are those of the programs that speak the app's protocol.
func clientCommands(host string, port int, app string) []command {
	number := strconv.Itoa(port)
	if !isSSH(app) {
		return []command{{"address", host + ":" + number}}
	}
	// The host key is that of this one session: it shall not replace another's under
	// the same address.
	options := "-i " + keyFile + " -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=known_hosts_" + number
	return []command{
		{"ssh", "ssh -p " + number + " " + options + " work@" + shell(host)},
		{"sftp", "sftp -P " + number + " " + options + " work@" + shell(host)},
	}
}

// shell quotes a word for a shell, where it needs it.
func shell(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 && word[0] != '-' {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// privateKey is the key in a file: what stands before its mark is not part of it,
// as managers up to 23.09 put an archive's head there. "" if there is none.
func privateKey(file []byte) string {
	text := string(file)
	begin := strings.Index(text, "-----BEGIN ")
	if begin < 0 {
		return ""
	}
	text = text[begin:]
	end := strings.Index(text, "-----END ")
	if end < 0 {
		return ""
	}
	line := strings.IndexAny(text[end:], "\r\n\x00")
	if line < 0 {
		return text + "\n"
	}
	return text[:end+line] + "\n"
}
