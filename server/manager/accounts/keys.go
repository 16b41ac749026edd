package accounts

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"strings"
)

// NewAccessKey makes an access key as the manager's look: "AKIA" and 16 letters
// of the base32 alphabet.
func NewAccessKey() string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // never fails
	return "AKIA" + base32.StdEncoding.EncodeToString(b)
}

// NewSecretKey makes a secret key: 40 characters of URL-safe base64.
func NewSecretKey() string {
	b := make([]byte, 30)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// newPassword makes a password of 100 random bits that a person can type: four
// groups of five lower-case letters and digits.
func newPassword() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	text := strings.ToLower(base32.StdEncoding.EncodeToString(b))[:20]
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:]
}
