package signing

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// What can be wrong with a signed request. The texts are for logs; a manager
// answers with its own.
var (
	// ErrMalformed: the Authorization header cannot be read (400).
	ErrMalformed = errors.New("signing: malformed Authorization header")
	// ErrMethod: the signature method is unknown (401).
	ErrMethod = errors.New("signing: unknown signature method")
	// ErrMismatch: the signature is not that of this request (401).
	ErrMismatch = errors.New("signing: signature mismatch")
	// ErrDate: the date is missing or unreadable (400).
	ErrDate = errors.New("signing: missing or unreadable date")
	// ErrSkew: the date is too far from the verifier's clock (400).
	ErrSkew = errors.New("signing: date outside the allowed window")
	// ErrVersion: the API version header is missing (400).
	ErrVersion = errors.New("signing: missing API version")
)

// KeyPair is what a user signs with. SecretKey is never to be logged.
type KeyPair struct {
	AccessKey string
	SecretKey string
}

// DefaultMethod is the signature method that every known client uses.
const DefaultMethod = "HMAC-SHA256"

// Authorization signs r with [DefaultMethod] and returns the value of the
// Authorization header. The only possible error is [ErrDate], since the key is
// derived from the day of r.Date.
func (k KeyPair) Authorization(r Request) (string, error) {
	signature, err := sign(k.SecretKey, r, sha256.New)
	if err != nil {
		return "", err
	}
	return "BackendAI signMethod=" + DefaultMethod + ", credential=" + k.AccessKey + ":" + string(signature), nil
}

// Credential is what an Authorization header says.
type Credential struct {
	Scheme    string // BackendAI, or Sorna from clients of the first years
	Method    string // for example HMAC-SHA256
	AccessKey string
	Signature string // lower-case hexadecimal
}

// ParseAuthorization reads an Authorization header as the manager does: the
// scheme is BackendAI or Sorna, the two parameters come in any order, spaces
// around them are free, further parameters are ignored. Everything else is
// [ErrMalformed]. It says nothing about whether the signature is right.
func ParseAuthorization(header string) (Credential, error) {
	scheme, rest, found := strings.Cut(header, " ")
	if !found || (scheme != "BackendAI" && scheme != "Sorna") {
		return Credential{}, ErrMalformed
	}
	c := Credential{Scheme: scheme}
	for piece := range strings.SplitSeq(rest, ",") {
		name, value, found := strings.Cut(piece, "=")
		if !found {
			return Credential{}, ErrMalformed
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(name) {
		case "signMethod":
			c.Method = value
		case "credential":
			if c.AccessKey, c.Signature, found = strings.Cut(value, ":"); !found {
				return Credential{}, ErrMalformed
			}
		}
	}
	if c.Method == "" || c.AccessKey == "" || c.Signature == "" {
		return Credential{}, ErrMalformed
	}
	return c, nil
}

// Verify reports whether c is the signature of r made with secretKey: nil if it
// is, else [ErrMismatch], [ErrMethod] or [ErrDate]. The comparison takes the
// same time wherever the first difference is. The age of the date is not
// checked here; see [CheckDate].
func (c Credential) Verify(secretKey string, r Request) error {
	newHash, err := methodHash(c.Method)
	if err != nil {
		return err
	}
	want, err := sign(secretKey, r, newHash)
	if err != nil {
		return err
	}
	if !hmac.Equal(want, []byte(c.Signature)) {
		return ErrMismatch
	}
	return nil
}

// methodHash finds the hash of a signature method; upper and lower case are the
// same.
func methodHash(method string) (func() hash.Hash, error) {
	switch strings.ToUpper(method) {
	case "HMAC-SHA1":
		return sha1.New, nil
	case "HMAC-SHA224":
		return sha256.New224, nil
	case "HMAC-SHA256":
		return sha256.New, nil
	case "HMAC-SHA384":
		return sha512.New384, nil
	case "HMAC-SHA512":
		return sha512.New, nil
	}
	return nil, ErrMethod
}

// sign returns the signature of r in lower-case hexadecimal. The key is derived
// in two steps, by day and by host:
//
//	k1 = HMAC(secret key, YYYYMMDD)   k2 = HMAC(k1, host)   signature = HMAC(k2, string to sign)
func sign(secretKey string, r Request, newHash func() hash.Hash) ([]byte, error) {
	date, err := ParseDate(r.Date)
	if err != nil {
		return nil, err
	}
	// The buffers stay on the stack for every request of a usual length.
	var text [512]byte
	var sum [2 * sha512.Size]byte

	digest := newHash()
	digest.Write(r.signedBody())
	toSign := r.appendTo(text[:0], digest.Sum(sum[:0]))

	mac := hmac.New(newHash, []byte(secretKey))
	mac.Write(appendDay(sum[:0], date))
	key := mac.Sum(sum[:0])

	mac = hmac.New(newHash, key)
	mac.Write([]byte(r.Host))
	key = mac.Sum(sum[:0])

	mac = hmac.New(newHash, key)
	mac.Write(toSign)
	signature := mac.Sum(sum[:0])
	return hex.AppendEncode(nil, signature), nil
}
