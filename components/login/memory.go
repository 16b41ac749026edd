package login

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// The keys in the browser's storage, as in the original.
const (
	keyMode     = "backendaiwebui.connection_mode"
	keyEndpoint = "backendaiwebui.api_endpoint"
)

// KeyKeys is where a key pair is kept in the browser's storage. Other tabs see by
// it that one was.
const KeyKeys = "baiui.keypair"

// memory is what the form was last sent with; never a password.
type memory struct {
	Mode     model.ConnectionMode
	Endpoint string
}

// recall reads the memory. A storage that cannot be read is an empty one.
func recall(storage app.BrowserStorage) memory {
	var m memory
	read(storage, keyMode, &m.Mode)
	read(storage, keyEndpoint, &m.Endpoint)
	return m
}

// remember keeps mode and endpoint, and nothing else.
func remember(storage app.BrowserStorage, in Input) {
	write(storage, keyMode, in.Mode)
	if in.Mode == model.ModeAPI {
		write(storage, keyEndpoint, in.Endpoint)
	}
}

// Keys is a key pair that the person asked to keep in this browser.
type Keys struct {
	Endpoint string          `json:"endpoint"`
	KeyPair  signing.KeyPair `json:"keypair"`
}

// KeepKeys stores a key pair until [ForgetKeys]. It lies in the storage of the
// page's own origin, where apps of sessions, which have other origins, cannot
// read it.
func KeepKeys(storage app.BrowserStorage, keys Keys) { write(storage, KeyKeys, keys) }

// KeptKeys returns the stored key pair, if there is one.
func KeptKeys(storage app.BrowserStorage) (Keys, bool) {
	var keys Keys
	read(storage, KeyKeys, &keys)
	return keys, keys.Endpoint != "" && keys.KeyPair.AccessKey != "" && keys.KeyPair.SecretKey != ""
}

// ForgetKeys deletes the stored key pair.
func ForgetKeys(storage app.BrowserStorage) { storage.Del(KeyKeys) }

// read and write leave out what a full or forbidden storage refuses: the form
// works without its memory.
func read(storage app.BrowserStorage, key string, into any) {
	if err := storage.Get(key, into); err != nil {
		app.Logf("login: reading %s: %v", key, err)
	}
}

func write(storage app.BrowserStorage, key string, value any) {
	if err := storage.Set(key, value); err != nil {
		app.Logf("login: keeping %s: %v", key, err)
	}
}
