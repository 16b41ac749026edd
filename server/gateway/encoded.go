package gateway

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
)

// errEncoded says that a body marked X-BackendAI-Encoded cannot be read.
var errEncoded = errors.New("gateway: the encoded body cannot be read")

// ivLength is the length of the initialisation vector in front of the body; the
// vector is ASCII letters and digits, used as they are.
const ivLength = aes.BlockSize

// decodeBody undoes the payload encoding of Backend.AI clients: AES-256-CBC whose
// key is made of the endpoint that the client talks to and of the vector in front
// of the body, hence of nothing secret. It hides a password from a log, not from
// an attacker.
func decodeBody(endpoint string, body []byte) ([]byte, error) {
	iv, text, found := bytes.Cut(body, []byte(":"))
	if !found || len(iv) != ivLength {
		return nil, errEncoded
	}
	sealed, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil || len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errEncoded
	}
	key := base64.StdEncoding.AppendEncode(nil, []byte(endpoint))
	key = append(append(key, iv...), iv...)
	block, err := aes.NewCipher(key[:keySize])
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(sealed, sealed)
	padding := int(sealed[len(sealed)-1])
	if padding == 0 || padding > aes.BlockSize {
		return nil, errEncoded
	}
	plain := sealed[:len(sealed)-padding]
	for _, b := range sealed[len(plain):] {
		if int(b) != padding {
			return nil, errEncoded
		}
	}
	return plain, nil
}
