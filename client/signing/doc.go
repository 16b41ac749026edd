// Package signing is the request signature of the Backend.AI manager: the
// canonical text, the key derivation, the Authorization header, and the checks a
// manager makes. A client, a proxy that signs for its users and a manager that
// verifies share this one implementation, so they cannot disagree.
//
// To sign, fill a [Request] with exactly what goes out and ask the [KeyPair]:
//
//	header, err := pair.Authorization(signing.Request{
//		Method: "POST", Target: "/admin/gql", Host: "manager.example:8081",
//		Date: signing.FormatDate(time.Now()), ContentType: "application/json",
//		Version: "v8.20240915",
//	})
//
// To verify, take the request as it was received with [FromHTTP], check its date
// with [CheckDate] first, as the manager does, then [ParseAuthorization] and
// [Credential.Verify].
//
// What the signature does not cover: the body (for every API version from
// v4.20181215 on), all other headers, and repetition. A captured request can be
// sent again until its date leaves the allowed window, so a manager belongs
// behind TLS. The package imports only the standard library.
package signing
