package signing_test

import (
	"fmt"
	"time"

	"github.com/baiui/baiui/client/signing"
)

// Signing a request, and verifying it as a manager does.
func Example() {
	pair := signing.KeyPair{AccessKey: "AKIATESTKEY234567ABC", SecretKey: "wJalr0123456789abcdefghijklmnopqrstuvwxy"}
	now := time.Date(2024, 1, 2, 3, 4, 5, 678e6, time.UTC)
	request := signing.Request{
		Method: "POST", Target: "/admin/gql", Host: "api.example.test:8443",
		Date: signing.FormatDate(now), ContentType: "application/json", Version: "v8.20240915",
	}
	header, err := pair.Authorization(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(header[:76], "…")

	if err := signing.CheckDate(request.Date, now.Add(time.Minute)); err != nil {
		fmt.Println(err)
	}
	credential, err := signing.ParseAuthorization(header)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(credential.AccessKey, credential.Verify(pair.SecretKey, request), credential.Verify("other", request))
	// Output:
	// BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY234567ABC:8296589c80 …
	// AKIATESTKEY234567ABC <nil> signing: signature mismatch
}
