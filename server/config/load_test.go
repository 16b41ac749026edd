package config

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// load reads settings with one possible file, named baiui.toml.
func load(t *testing.T, file string, environ, args []string) (Loaded, error) {
	t.Helper()
	return Load(args, environ, func(path string) ([]byte, error) {
		if path != "baiui.toml" {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return []byte(file), nil
	})
}

func (l Loaded) value(t *testing.T, name string) Value {
	t.Helper()
	for _, value := range l.Values {
		if value.Key.Name == name {
			return value
		}
	}
	require.Fail(t, "no value", name)
	return Value{}
}

func TestFlagsBeatEnvironmentBeatsFileBeatsDefaults(t *testing.T) {
	file := "listen = \"127.0.0.1:1\"\ndomain = \"of-file\"\nlog-level = \"debug\"\n"
	environ := []string{"HOME=/home/someone", "BAIUI_LISTEN=127.0.0.1:2", "BAIUI_DOMAIN=of-env", "BAIUI_CONFIG=baiui.toml"}
	loaded, err := load(t, file, environ, []string{"--listen", "127.0.0.1:3"})
	require.NoError(t, err)

	assert.Equal(t, "127.0.0.1:3", loaded.Config.Listen)
	assert.Equal(t, "of-env", loaded.Config.Domain)
	assert.Equal(t, "DEBUG", loaded.Config.LogLevel.String())
	assert.Equal(t, "/home/someone/.local/share/baiui", loaded.Config.Data)

	assert.Equal(t, OriginFlag, loaded.value(t, "listen").Origin)
	assert.Equal(t, "BAIUI_DOMAIN", loaded.value(t, "domain").Origin)
	assert.Equal(t, "baiui.toml", loaded.value(t, "log-level").Origin)
	assert.Equal(t, OriginDefault, loaded.value(t, "data").Origin)
}

func TestEverySourceSpellsEveryKind(t *testing.T) {
	tests := map[string]struct {
		file    string
		environ []string
		args    []string
	}{
		"file": {file: `demo = true
allow-endpoint = ["http://a.test", "http://b.test"]
signin-idle = "90m"
max-body = "2MiB"
`},
		"file with plain number of bytes": {file: `demo = true
allow-endpoint = ["http://a.test", "http://b.test"]
signin-idle = "90m"
max-body = 2097152
`},
		"environment": {environ: []string{"BAIUI_DEMO=true", "BAIUI_ALLOW_ENDPOINT=http://a.test, http://b.test", "BAIUI_SIGNIN_IDLE=90m", "BAIUI_MAX_BODY=2MiB"}},
		"flags":       {args: []string{"--demo", "--allow-endpoint", "http://a.test", "--allow-endpoint=http://b.test", "--signin-idle", "90m", "--max-body=2097152"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			loaded, err := load(t, test.file, append(test.environ, "BAIUI_CONFIG=baiui.toml"), test.args)
			require.NoError(t, err)
			assert.True(t, loaded.Config.Demo)
			assert.Equal(t, []string{"http://a.test", "http://b.test"}, loaded.Config.AllowEndpoints)
			assert.Equal(t, 90*time.Minute, loaded.Config.SigninIdle)
			assert.EqualValues(t, 2<<20, loaded.Config.MaxBody)
		})
	}
}

func TestAStrongerListReplacesTheWeakerOne(t *testing.T) {
	loaded, err := load(t, `allow-endpoint = ["http://a.test"]`, nil, []string{"--config", "baiui.toml", "--allow-endpoint", "http://b.test"})
	require.NoError(t, err)
	assert.Equal(t, []string{"http://b.test"}, loaded.Config.AllowEndpoints)
}

func TestMistakesAreNamed(t *testing.T) {
	tests := map[string]struct {
		file    string
		environ []string
		args    []string
		want    string
	}{
		"unknown flag near a known one":     {args: []string{"--lisen", "x"}, want: `unknown flag "--lisen"; did you mean "--listen"?`},
		"unknown flag near nothing":         {args: []string{"--zzzzzzzzzz"}, want: `unknown flag "--zzzzzzzzzz"`},
		"unknown variable":                  {environ: []string{"BAIUI_MANGER=http://m.test"}, want: `unknown environment variable "BAIUI_MANGER"; did you mean "BAIUI_MANAGER"?`},
		"unknown key":                       {file: `trusted-proxies = ["10.0.0.0/8"]`, want: `baiui.toml: unknown key "trusted-proxies"; did you mean "trusted-proxy"?`},
		"unknown table":                     {file: "[manager-listn]\nport = 1", want: `did you mean "manager-listen"?`},
		"underscores for dashes":            {file: `manager_listen = "127.0.0.1:1"`, want: `did you mean "manager-listen"?`},
		"secret on the command line":        {args: []string{"--signin-key", "x"}, want: `signin-key has no flag, because others can read command lines: set BAIUI_SIGNIN_KEY`},
		"number where a text is wanted":     {file: `listen = 8090`, want: "listen: is a text in quotes"},
		"text where a switch is wanted":     {file: `demo = "yes"`, want: "demo: is true or false"},
		"list of numbers":                   {file: `allow-endpoint = [1]`, want: "allow-endpoint: is a list of texts"},
		"broken TOML":                       {file: "demo = true\nlisten = \"", want: "baiui.toml: line 2"},
		"same key twice":                    {file: "demo = true\ndemo = true", want: "baiui.toml"},
		"no such file":                      {args: []string{"--config", "else.toml"}, want: "configuration file: open else.toml"},
		"switch that is not one":            {environ: []string{"BAIUI_DEMO=perhaps"}, want: `demo (from BAIUI_DEMO): "perhaps" is neither true nor false`},
		"duration without unit":             {args: []string{"--signin-idle", "90"}, want: `signin-idle (from command line): "90" is not a duration`},
		"size with a wrong unit":            {args: []string{"--max-body", "3MB"}, want: `"3MB" is not a size`},
		"size beyond all bounds":            {args: []string{"--max-body", "9999999999TiB"}, want: `is not a size`},
		"level that does not exist":         {args: []string{"--log-level", "loud"}, want: `"loud" is not debug, info, warn or error`},
		"extra argument":                    {args: []string{"now"}, want: `unexpected argument "now"`},
		"address without port":              {args: []string{"--listen", "127.0.0.1"}, want: `listen (from command line): "127.0.0.1" is not an address`},
		"port out of range":                 {args: []string{"--listen", "127.0.0.1:70000"}, want: "no port between 0 and 65535"},
		"both on one address":               {args: []string{"--listen", ":1", "--manager-listen", ":1"}, want: "choose another port"},
		"manager without scheme":            {environ: []string{"BAIUI_MANAGER=m.test:8081"}, want: `manager (from BAIUI_MANAGER): "m.test:8081" is not a URL`},
		"manager with a password":           {args: []string{"--manager", "http://u:p@m.test"}, want: "must not hold a user or password"},
		"manager with a query":              {args: []string{"--manager", "http://m.test/?a=b"}, want: "without ? and #"},
		"manager with a name outside ASCII": {args: []string{"--manager", "http://매니저.test"}, want: "ASCII"},
		"endpoint that would break headers": {args: []string{"--allow-endpoint", "http://m.test;script-src"}, want: "allow-endpoint"},
		"demo against a real cluster":       {args: []string{"--demo", "--manager", "http://m.test"}, want: "only works with the embedded manager"},
		"certificate without key":           {args: []string{"--tls-cert", "c.pem"}, want: "belong together"},
		"proxy that is no address":          {args: []string{"--trusted-proxy", "everybody"}, want: "neither an address nor a block"},
		"lifetime shorter than idle":        {args: []string{"--signin-lifetime", "1h"}, want: "must not be shorter"},
		"key of the wrong length":           {environ: []string{"BAIUI_SIGNIN_KEY=c2hvcnQ="}, want: "is not 32 bytes in base64"},
		"unknown log format":                {args: []string{"--log-format", "xml"}, want: "neither text nor json"},
		"no domain":                         {args: []string{"--domain", ""}, want: "name a Backend.AI domain"},
		"no data folder":                    {args: []string{"--data", ""}, want: "name a folder"},
		"certificates for no manager":       {args: []string{"--manager-ca", "ca.pem"}, want: "together with manager"},
		"bodies of no size":                 {args: []string{"--max-body", "0"}, want: "larger than 0"},
		"idle limit of nothing":             {args: []string{"--signin-idle", "0s"}, want: "longer than 0s"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			environ := test.environ
			if test.file != "" {
				environ = append(environ, "BAIUI_CONFIG=baiui.toml")
			}
			_, err := load(t, test.file, environ, test.args)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "c2hvcnQ=", "an error must not quote a secret")
		})
	}
}

func TestHelpIsAnErrorOfItsOwn(t *testing.T) {
	_, err := load(t, "", nil, []string{"--help"})
	assert.True(t, errors.Is(err, ErrHelp))
}

func TestPrintedValuesReadBackAndHideSecrets(t *testing.T) {
	const secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	loaded, err := load(t, "", []string{"BAIUI_SIGNIN_KEY=" + secret}, []string{"--demo", "--max-body", "3MiB", "--allow-endpoint", "http://a.test,http://b.test", "--data", "C:\\d\"q"})
	require.NoError(t, err)
	var out strings.Builder
	WriteValues(&out, loaded.Values)
	assert.NotContains(t, out.String(), secret)
	assert.Contains(t, out.String(), "# BAIUI_SIGNIN_KEY")

	again, err := load(t, strings.ReplaceAll(out.String(), "(secret)", secret), []string{"BAIUI_CONFIG=baiui.toml"}, nil)
	require.NoError(t, err)
	again.Config.File = ""
	assert.Equal(t, loaded.Config, again.Config)
}

func TestHelpNamesEverySetting(t *testing.T) {
	var out strings.Builder
	WriteHelp(&out, Defaults("/home/someone"))
	for _, key := range Keys() {
		if key.Secret {
			assert.Contains(t, out.String(), key.Env())
			continue
		}
		assert.Contains(t, out.String(), "--"+key.Name)
	}
	assert.Contains(t, out.String(), "127.0.0.1:8090")
}

func TestEndpointsLoseTheirLastSlash(t *testing.T) {
	for text, want := range map[string]string{
		"http://M.test:8081/":          "http://m.test:8081",
		"https://m.test/base/":         "https://m.test/base",
		"http://[::1]:8081":            "http://[::1]:8081",
		"https://xn--jj0bj2hvyz.test/": "https://xn--jj0bj2hvyz.test",
	} {
		u, err := ParseEndpoint(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, u.String())
	}
}

func TestPrefixes(t *testing.T) {
	prefixes, err := ParsePrefixes([]string{"10.1.2.3", "::ffff:10.1.2.3", "192.168.7.9/16", "fd00::/8"})
	require.NoError(t, err)
	var texts []string
	for _, prefix := range prefixes {
		texts = append(texts, prefix.String())
	}
	assert.Equal(t, []string{"10.1.2.3/32", "10.1.2.3/32", "192.168.0.0/16", "fd00::/8"}, texts)
}

func TestNearest(t *testing.T) {
	known := []string{"listen", "manager-listen", "demo"}
	assert.Equal(t, "listen", nearest("lsten", known))
	assert.Equal(t, "demo", nearest("demos", known))
	assert.Equal(t, "", nearest("frobnicate", known))
}

func FuzzReadTOML(f *testing.F) {
	f.Add([]byte("listen = \"127.0.0.1:0\"\ndemo = true\nallow-endpoint = [\"http://a.test\"]\nmax-body = 1\n"))
	f.Add([]byte("[listen]\na = 1979-05-27"))
	f.Add([]byte("demo = [[["))
	f.Add([]byte("signin-idle = \"\\u0000\"\nlog-level = \"INFO+4\""))
	f.Fuzz(func(t *testing.T, data []byte) {
		texts, err := ReadTOML(data)
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		assert.LessOrEqual(t, len(texts), len(Keys()))
		// What becomes a configuration can be printed and read back.
		read := func(data []byte) (Loaded, error) {
			return Load([]string{"--config", "f"}, nil, func(string) ([]byte, error) { return data, nil })
		}
		loaded, err := read(data)
		if err != nil || loaded.Config.SigninKey != "" {
			return
		}
		var printed bytes.Buffer
		WriteValues(&printed, loaded.Values)
		again, err := read(printed.Bytes())
		require.NoError(t, err, printed.String())
		assert.Equal(t, loaded.Config, again.Config)
	})
}

func TestDurationsAreWrittenAsPeopleWriteThem(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"24h": 24 * time.Hour, "10m": 10 * time.Minute, "1h10m": 70 * time.Minute, "1h0m5s": time.Hour + 5*time.Second,
		"30s": 30 * time.Second, "0s": 0, "10h": 10 * time.Hour, "20m30s": 20*time.Minute + 30*time.Second,
	} {
		assert.Equal(t, want, formatDuration(d))
	}
}
