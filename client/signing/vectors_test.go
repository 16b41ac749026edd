package signing

// The key pair of the vectors is invented.
var vectorKey = KeyPair{AccessKey: "AKIATESTKEY234567ABC", SecretKey: "wJalr0123456789abcdefghijklmnopqrstuvwxy"}

// vectors are requests with their canonical text and Authorization header,
// computed with the manager's own code.
var vectors = []struct {
	name          string
	request       Request
	text          string
	authorization string
}{
	{
		name: "A: GET with no body and no Content-Type header",
		request: Request{
			Method: "GET", Target: "/auth?echo=hello", Date: "2024-01-02T03:04:05.678901+00:00",
			Host: "api.example.test", ContentType: "", Version: "v8.20240315",
		},
		text: "GET\n" +
			"/auth?echo=hello\n" +
			"2024-01-02T03:04:05.678901+00:00\n" +
			"host:api.example.test\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240315\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:86b8d171ae6a7094886feddd0b9127c6d7f74e30cfe24ca4dc2adc4395850a6d",
	},
	{
		name: "B: GET with text/plain, port in the host, percent-encoded query",
		request: Request{
			Method: "GET", Target: "/session/_/match?id=my%20job%2B1", Date: "2024-01-02T03:04:05.678901+00:00",
			Host: "127.0.0.1:8081", ContentType: "text/plain", Version: "v8.20240915",
		},
		text: "GET\n" +
			"/session/_/match?id=my%20job%2B1\n" +
			"2024-01-02T03:04:05.678901+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:text/plain\n" +
			"x-backendai-version:v8.20240915\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:9fc53509f16d895a92b5f8134bcfd7eb4539f994d629fd6d926edafa4410592c",
	},
	{
		name: "C: POST JSON GraphQL (body not part of the signature)",
		request: Request{
			Method: "POST", Target: "/admin/gql", Date: "2024-01-02T03:04:05.678Z",
			Host: "api.example.test:8443", ContentType: "application/json", Version: "v8.20240915",
		},
		text: "POST\n" +
			"/admin/gql\n" +
			"2024-01-02T03:04:05.678Z\n" +
			"host:api.example.test:8443\n" +
			"content-type:application/json\n" +
			"x-backendai-version:v8.20240915\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:8296589c8054ede4829f07271eb35adeb25a20647050742d158333fd927935d5",
	},
	{
		name: "D: multipart upload (boundary parameter dropped)",
		request: Request{
			Method: "POST", Target: "/session/train-01/upload", Date: "2024-02-29T23:59:59.000001+00:00",
			Host: "127.0.0.1:8081", ContentType: "multipart/form-data; boundary=XyZ", Version: "v6.20230315",
		},
		text: "POST\n" +
			"/session/train-01/upload\n" +
			"2024-02-29T23:59:59.000001+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:multipart/form-data\n" +
			"x-backendai-version:v6.20230315\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:c9d4d8aa021c8d8f1b86e2a70762347ba32a5400aedac61a7ba785a88b5287e9",
	},
	{
		name: "E: date with a +09:00 offset: the day is the local day of the offset",
		request: Request{
			Method: "DELETE", Target: "/session/train-01?forced=true", Date: "2024-03-01T08:30:00+09:00",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v8.20240315",
		},
		text: "DELETE\n" +
			"/session/train-01?forced=true\n" +
			"2024-03-01T08:30:00+09:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240315\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:ee514d1e664c3f353ba3a42a4329a4065802cfefc24ec804ae4cd9adc3a2538b",
	},
	{
		name: "F: pre-v4.20181215: the body is hashed",
		request: Request{
			Method: "POST", Target: "/kernel/create", Date: "2019-01-01T00:00:00Z",
			Host: "127.0.0.1:8081", ContentType: "application/json", Version: "v3.20170615",
			Body: []byte(`{"lang":"python:3.6"}`),
		},
		text: "POST\n" +
			"/kernel/create\n" +
			"2019-01-01T00:00:00Z\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/json\n" +
			"x-backendai-version:v3.20170615\n" +
			"f10d4707fcc8117d77ea705d190d602362230622af6daaeafeaf22b88ae6f3f5",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:5dad6b175a6b59e7ce37767f526a56208dd9cd2ba4eec0e1ab73491bbc4ccc0f",
	},
	{
		name: "G: legacy header family",
		request: Request{
			Method: "GET", Target: "/auth?echo=hello", Date: "2024-01-02T03:04:05+00:00",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v4.20190615",
			VersionHeader: "x-sorna-version",
		},
		text: "GET\n" +
			"/auth?echo=hello\n" +
			"2024-01-02T03:04:05+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-sorna-version:v4.20190615\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "Sorna signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:dd70a6a58b603e90a69e44a2abcf20fa386f746b5b88d780fa18a2e0ffde158b",
	},
	{
		name: "H: SHA-1 chosen by the client",
		request: Request{
			Method: "GET", Target: "/auth?echo=hello", Date: "2024-01-02T03:04:05+00:00",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v8.20240315",
		},
		text: "GET\n" +
			"/auth?echo=hello\n" +
			"2024-01-02T03:04:05+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240315\n" +
			"da39a3ee5e6b4b0d3255bfef95601890afd80709",
		authorization: "BackendAI signMethod=HMAC-SHA1, credential=AKIATESTKEY234567ABC:b81f2860463e9030bce4981200996a79b224eb78",
	},
	{
		name: "I: SHA-512 chosen by the client",
		request: Request{
			Method: "GET", Target: "/auth?echo=hello", Date: "2024-01-02T03:04:05+00:00",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v8.20240315",
		},
		text: "GET\n" +
			"/auth?echo=hello\n" +
			"2024-01-02T03:04:05+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240315\n" +
			"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
		authorization: "BackendAI signMethod=HMAC-SHA512, credential=AKIATESTKEY234567ABC:89bd226836e13e2b60b26aaef5d0665d9ade6372415b6abae934c716300b65d8dfed834388d404c2dce42080f658a5ce3d0a6e80f9a39f53d1c771080a8ad5ab",
	},
	{
		name: "J: RFC 7231 style Date",
		request: Request{
			Method: "GET", Target: "/auth?echo=hello", Date: "Tue, 02 Jan 2024 03:04:05 GMT",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v8.20240315",
		},
		text: "GET\n" +
			"/auth?echo=hello\n" +
			"Tue, 02 Jan 2024 03:04:05 GMT\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240315\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:442629b35d6c4302a0264ffe47e5cef9d59298c11d6d2894ccfd5b691a4aeb16",
	},
	{
		name: "K: WebSocket handshake (no Content-Type header)",
		request: Request{
			Method: "GET", Target: "/stream/session/train-01/tcpproxy?app=jupyter", Date: "2024-01-02T03:04:05.000006+00:00",
			Host: "127.0.0.1:8081", ContentType: "", Version: "v8.20240915",
		},
		text: "GET\n" +
			"/stream/session/train-01/tcpproxy?app=jupyter\n" +
			"2024-01-02T03:04:05.000006+00:00\n" +
			"host:127.0.0.1:8081\n" +
			"content-type:application/octet-stream\n" +
			"x-backendai-version:v8.20240915\n" +
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		authorization: "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:aab628b24be2a24f92e5702b7ea50d9191dd3c0602bf1b756182d0f1fbfa393b",
	},
}
