package signing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			credential, err := ParseAuthorization(v.authorization)
			require.NoError(t, err)
			assert.Equal(t, vectorKey.AccessKey, credential.AccessKey)

			newHash, err := methodHash(credential.Method)
			require.NoError(t, err)
			assert.Equal(t, v.text, v.request.StringToSign(newHash))
			assert.NoError(t, credential.Verify(vectorKey.SecretKey, v.request))

			if credential.Method == DefaultMethod && credential.Scheme == "BackendAI" {
				header, err := vectorKey.Authorization(v.request)
				require.NoError(t, err)
				assert.Equal(t, v.authorization, header)
			}
		})
	}
}

// What a manager 24.09.14 really accepted, signed by another client with the
// sample key pair of its installation.
func TestRecordedSignaturesVerify(t *testing.T) {
	const secretKey = "C8qnIo29EZvXkPK_MXcuAakYTy4NYrxwmCEyNPlf"
	tests := []struct{ name, method, target, date, signature string }{
		{"a POST with a query", "POST", "/session/s-user-030435-00/rename?name=s-user-030435-00-renamed", "2026-11-22T03:05:33.101316+00:00",
			"079f32841301cbc5e85169adbdab1f7af3571933b0a46a54d417b273a1b18e02"},
		{"a DELETE", "DELETE", "/session/s-user-030435-big", "2026-11-22T03:05:40.976351+00:00",
			"3660a5bf00c4adcd6426593eb55258b20e053e8397643f2e11f0f59e6e38c75a"},
		{"a PATCH", "PATCH", "/session/s-user-030435-01", "2026-11-22T03:05:33.128820+00:00",
			"e26bc8494bdb542ae9023ce1cdabb355db3921daf87cc4f51adc5c487f779747"},
		{"a GET", "GET", "/acl", "2026-11-22T03:05:42.186104+00:00",
			"2108b0ebaa8a1212be826a555ee5b795d56d4ce4ac8f3a4d44dde0df7520afcc"},
		{"a GET with a query", "GET", "/events/background-task?taskId=00000000-0000-0000-0000-000000000000", "2026-11-22T03:11:37.625472+00:00",
			"e338d5cd536687957ff8cdae492d37942a0735128b9aa44e95c4562d589358be"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			credential := Credential{Method: DefaultMethod, Signature: tt.signature}
			assert.NoError(t, credential.Verify(secretKey, Request{
				Method: tt.method, Target: tt.target, Date: tt.date, Host: "127.0.0.1:17081",
				ContentType: "application/json", Version: "v8.20240915",
			}))
		})
	}
}

// signText signs a canonical text as it stands, the way a client with a bug in
// its text would.
func signText(text, day, host string) string {
	key := []byte(vectorKey.SecretKey)
	for _, data := range []string{day, host, text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(data))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func TestRefusedMutations(t *testing.T) {
	base := vectors[0]
	encoded := base.request
	encoded.Target = "/auth?echo=hello%20you"
	withPort := base.request
	withPort.Host = "api.example.test:8081"
	withType := base.request
	withType.ContentType = "application/json"

	tests := []struct {
		name     string
		received Request
		old, new string // what the client's text says instead
		host     string // the host that the client derived its key from
	}{
		{"a lower-case method in the text", base.request, "GET\n", "get\n", ""},
		{"a decoded query in the text", encoded, "hello%20you", "hello you", ""},
		{"a host without its port", withPort, ":8081\n", "\n", "api.example.test"},
		{"a content type that was sent but not signed", withType, "application/json", "application/octet-stream", ""},
		{"the digest of a body that is no longer signed", base.request,
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"f10d4707fcc8117d77ea705d190d602362230622af6daaeafeaf22b88ae6f3f5", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name+" is a mismatch", func(t *testing.T) {
			text := tt.received.StringToSign(sha256.New)
			host := tt.received.Host
			right := Credential{Method: DefaultMethod, Signature: signText(text, "20240102", host)}
			require.NoError(t, right.Verify(vectorKey.SecretKey, tt.received))

			require.Contains(t, text, tt.old)
			if tt.host != "" {
				host = tt.host
			}
			wrong := Credential{Method: DefaultMethod,
				Signature: signText(strings.Replace(text, tt.old, tt.new, 1), "20240102", host)}
			assert.ErrorIs(t, wrong.Verify(vectorKey.SecretKey, tt.received), ErrMismatch)
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	v := vectors[0]
	credential, err := ParseAuthorization(v.authorization)
	require.NoError(t, err)

	t.Run("another secret key", func(t *testing.T) {
		assert.ErrorIs(t, credential.Verify("other", v.request), ErrMismatch)
	})
	t.Run("a signature in upper case", func(t *testing.T) {
		c := credential
		c.Signature = strings.ToUpper(c.Signature)
		assert.ErrorIs(t, c.Verify(vectorKey.SecretKey, v.request), ErrMismatch)
	})
	t.Run("a method nobody knows", func(t *testing.T) {
		c := credential
		c.Method = "HMAC-SHA-256"
		assert.ErrorIs(t, c.Verify(vectorKey.SecretKey, v.request), ErrMethod)
	})
	t.Run("a date that cannot be read", func(t *testing.T) {
		r := v.request
		r.Date = "yesterday"
		assert.ErrorIs(t, credential.Verify(vectorKey.SecretKey, r), ErrDate)
		_, err := vectorKey.Authorization(r)
		assert.ErrorIs(t, err, ErrDate)
	})
}

func TestParseAuthorization(t *testing.T) {
	good := Credential{Scheme: "BackendAI", Method: "HMAC-SHA256", AccessKey: "AK", Signature: "00ff"}
	tests := []struct {
		name   string
		header string
		want   Credential
		err    error
	}{
		{"the usual order", "BackendAI signMethod=HMAC-SHA256, credential=AK:00ff", good, nil},
		{"the other order, without spaces", "BackendAI credential=AK:00ff,signMethod=HMAC-SHA256", good, nil},
		{"spaces around names and values", "BackendAI  signMethod = HMAC-SHA256 , credential = AK:00ff ", good, nil},
		{"a further parameter", "BackendAI signMethod=HMAC-SHA256, credential=AK:00ff, x=y", good, nil},
		{"the first years' scheme", "Sorna signMethod=HMAC-SHA256, credential=AK:00ff",
			Credential{Scheme: "Sorna", Method: "HMAC-SHA256", AccessKey: "AK", Signature: "00ff"}, nil},
		{"empty text", "", Credential{}, ErrMalformed},
		{"no space", "BackendAI", Credential{}, ErrMalformed},
		{"another scheme", "Bearer abc", Credential{}, ErrMalformed},
		{"a scheme in lower case", "backendai signMethod=HMAC-SHA256, credential=AK:00ff", Credential{}, ErrMalformed},
		{"no credential", "BackendAI signMethod=HMAC-SHA256", Credential{}, ErrMalformed},
		{"no method", "BackendAI credential=AK:00ff", Credential{}, ErrMalformed},
		{"a piece without an equals sign", "BackendAI signMethod=HMAC-SHA256, credential", Credential{}, ErrMalformed},
		{"a credential without a colon", "BackendAI signMethod=HMAC-SHA256, credential=AK", Credential{}, ErrMalformed},
		{"an empty access key", "BackendAI signMethod=HMAC-SHA256, credential=:00ff", Credential{}, ErrMalformed},
		{"an empty signature", "BackendAI signMethod=HMAC-SHA256, credential=AK:", Credential{}, ErrMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseAuthorization(tt.header)
			assert.ErrorIs(t, err, tt.err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestParseDate(t *testing.T) {
	instant := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name, text, day string
	}{
		{"the Python client", "2024-01-02T03:04:05.000000+00:00", "20240102"},
		{"the browser client", "2024-01-02T03:04:05.000Z", "20240102"},
		{"RFC 7231", "Tue, 02 Jan 2024 03:04:05 GMT", "20240102"},
		{"RFC 850", "Tuesday, 02-Jan-24 03:04:05 GMT", "20240102"},
		{"asctime", "Tue Jan  2 03:04:05 2024", "20240102"},
		{"an offset: the day is that of the offset", "2024-01-01T22:04:05-05:00", "20240101"},
		{"an offset without a colon", "2024-01-02T12:04:05+0900", "20240102"},
		{"basic form", "20240102T030405Z", "20240102"},
		{"no zone is UTC", "2024-01-02T03:04:05", "20240102"},
		{"a space instead of the T", "2024-01-02 03:04:05+00:00", "20240102"},
		{"spaces around it", "  2024-01-02T03:04:05Z ", "20240102"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseDate(tt.text)
			require.NoError(t, err)
			assert.True(t, got.Equal(instant), "%s", got)
			assert.Equal(t, tt.day, string(appendDay(nil, got)))
		})
	}
	for _, text := range []string{"", "now", "2024-01-02", "2024-13-02T03:04:05Z", "1704164645"} {
		_, err := ParseDate(text)
		assert.ErrorIs(t, err, ErrDate, text)
	}
}

func TestCheckDate(t *testing.T) {
	now := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	tests := []struct {
		name   string
		offset time.Duration
		want   error
	}{
		{"the same instant", 0, nil},
		{"just inside, behind", -MaxSkew + time.Millisecond, nil},
		{"just inside, ahead", MaxSkew - time.Millisecond, nil},
		{"fifteen minutes behind", -MaxSkew, ErrSkew},
		{"fifteen minutes ahead", MaxSkew, ErrSkew},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.ErrorIs(t, CheckDate(FormatDate(now.Add(tt.offset)), now), tt.want)
		})
	}
	assert.ErrorIs(t, CheckDate("", now), ErrDate)
}

// A request that goes over a real connection is verified from what the server
// received: methods, encoded paths, queries, ports, dates in both headers.
func TestSignedRequestsVerifyOnTheServer(t *testing.T) {
	received := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received <- func() error {
			request, err := FromHTTP(r)
			if err != nil {
				return err
			}
			if err := CheckDate(request.Date, time.Now()); err != nil {
				return err
			}
			credential, err := ParseAuthorization(r.Header.Get("Authorization"))
			if err != nil {
				return err
			}
			return credential.Verify(vectorKey.SecretKey, request)
		}()
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")

	tests := []struct{ name, method, target, dateHeader, contentType, body string }{
		{"a plain GET", "GET", "/", "X-BackendAI-Date", "", ""},
		{"a query", "GET", "/session/_/match?id=my%20job%2B1", "Date", "", ""},
		{"a path in Korean", "GET", "/session/%ED%95%99%EC%8A%B5?x=%E2%9C%93", "X-BackendAI-Date", "application/json", ""},
		{"an encoded slash stays encoded", "DELETE", "/session/a%2Fb?forced=true", "Date", "", ""},
		{"a POST with a charset", "POST", "/admin/gql", "X-BackendAI-Date", "application/json; charset=utf-8", "{}"},
		{"the first years' date header", "PATCH", "/session/x", "X-Sorna-Date", "text/plain", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			date := FormatDate(time.Now())
			header, err := vectorKey.Authorization(Request{Method: tt.method, Target: tt.target, Date: date,
				Host: host, ContentType: tt.contentType, Version: "v8.20240915"})
			require.NoError(t, err)
			req, err := http.NewRequest(tt.method, server.URL+tt.target, strings.NewReader(tt.body))
			require.NoError(t, err)
			req.Header.Set("Authorization", header)
			req.Header.Set(tt.dateHeader, date)
			req.Header.Set("X-BackendAI-Version", "v8.20240915")
			if tt.contentType != "" {
				req.Header.Set("Content-Type", tt.contentType)
			}
			resp, err := http.DefaultClient.Do(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.NoError(t, <-received)
		})
	}
}

func TestFromHTTP(t *testing.T) {
	r := httptest.NewRequest("GET", "/auth?echo=%20", nil)
	_, err := FromHTTP(r)
	assert.ErrorIs(t, err, ErrDate)

	r.Header.Set("X-Sorna-Date", "a")
	_, err = FromHTTP(r)
	assert.ErrorIs(t, err, ErrVersion)

	r.Header.Set("X-Sorna-Version", "v4.20190615")
	got, err := FromHTTP(r)
	require.NoError(t, err)
	assert.Equal(t, Request{Method: "GET", Target: "/auth?echo=%20", Date: "a", Host: "example.com",
		Version: "v4.20190615", VersionHeader: "x-sorna-version"}, got)

	r.Header.Set("X-BackendAI-Date", "b")
	r.Header.Set("Date", "c")
	r.Header.Set("X-BackendAI-Version", "v8.20240915")
	got, err = FromHTTP(r)
	require.NoError(t, err)
	assert.Equal(t, "c", got.Date, "Date wins over X-BackendAI-Date, that over X-Sorna-Date")
	assert.Equal(t, "v8.20240915", got.Version)
	assert.Empty(t, got.VersionHeader)
}

func FuzzParseAuthorization(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.authorization)
	}
	f.Add("BackendAI a,b=c")
	f.Fuzz(func(t *testing.T, header string) {
		c, err := ParseAuthorization(header)
		if err != nil {
			assert.Equal(t, Credential{}, c)
			return
		}
		assert.NotEmpty(t, c.AccessKey)
		assert.NotEmpty(t, c.Signature)
		assert.Error(t, c.Verify("secret", vectors[0].request), "nobody signs with this key")
	})
}

func FuzzParseDate(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.request.Date)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ParseDate(text); err != nil {
			assert.ErrorIs(t, err, ErrDate)
		}
	})
}

func BenchmarkAuthorization(b *testing.B) {
	request := vectors[2].request
	b.ReportAllocs()
	for b.Loop() {
		if _, err := vectorKey.Authorization(request); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	credential, err := ParseAuthorization(vectors[2].authorization)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if err := credential.Verify(vectorKey.SecretKey, vectors[2].request); err != nil {
			b.Fatal(err)
		}
	}
}
