package apps

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCommandsForPrograms(t *testing.T) {
	list := tunnelCommands("http://127.0.0.1:8091", "1b2c", "sshd")
	assert.Equal(t, "baiui tunnel --endpoint http://127.0.0.1:8091 --port 2222 1b2c sshd", list[0].text)
	assert.True(t, strings.HasPrefix(list[1].text, "ssh -p 2222 -i id_container "), list[1].text)
	assert.True(t, strings.HasSuffix(list[1].text, " work@127.0.0.1"), list[1].text)
	assert.True(t, strings.HasPrefix(list[2].text, "sftp -P 2222 "), list[2].text)

	list = tunnelCommands("https://m.example.org/base", "my session", "vnc")
	assert.Equal(t, "baiui tunnel --endpoint https://m.example.org/base --port 10250 'my session' vnc", list[0].text)
	assert.Equal(t, command{"address", "127.0.0.1:10250"}, list[1])

	list = gatewayCommands("tcp://proxy.example.org:10301", "sshd")
	assert.Equal(t, command{"address", "proxy.example.org:10301"}, list[0])
	assert.Contains(t, list[1].text, "ssh -p 10301 ")
	assert.Nil(t, gatewayCommands("tcp://proxy.example.org", "sshd"))
	assert.Nil(t, gatewayCommands("::", "sshd"))
}

func TestWordsForAShell(t *testing.T) {
	for word, want := range map[string]string{
		"a-b_c.d": "a-b_c.d", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "-x": "'-x'", "a;b": "'a;b'", "a\nb": "'a\nb'",
	} {
		assert.Equal(t, want, shell(word))
	}
}

func TestPrivateKey(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n"
	for name, file := range map[string]string{
		"as it is":                 key,
		"without a last line feed": strings.TrimSpace(key),
		"in an archive":            "id_container\x00\x00ustar" + key + "\x00\x00\x00",
	} {
		assert.Equal(t, key, privateKey([]byte(file)), name)
	}
	for _, file := range []string{"", "no key", "-----BEGIN RSA PRIVATE KEY-----\nabc"} {
		assert.Empty(t, privateKey([]byte(file)), file)
	}
}

func TestPortsToPrefer(t *testing.T) {
	for text, want := range map[string]int{"": 0, "10250": 10250, "1024": 0, "1025": 1025, "65534": 65534, "65535": 0, "x": 0, "-1": 0} {
		assert.Equal(t, want, hostPort(text), text)
	}
}
