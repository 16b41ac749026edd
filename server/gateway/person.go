package gateway

import (
	"context"
	"net/http"

	"github.com/baiui/baiui/client/signing"
)

// Person is who is signed in, for the parts of this server that do something in
// that person's name.
type Person struct {
	// Name tells sign-ins apart; it opens nothing.
	Name string
	// Keys sign for the person. They must not leave the server.
	Keys signing.KeyPair
	// Context ends with the sign-in, and when the server stops.
	Context context.Context
	// Use counts as a use of the sign-in; false when it has ended.
	Use func() bool
}

// person is whoever is signed in, nil for nobody.
func (s *Signins) person(r *http.Request) *Person {
	in := s.of(r)
	if in == nil {
		return nil
	}
	return &Person{Name: in.publicName(), Keys: in.keys, Context: in.ctx, Use: func() bool { return s.find(in.token) != nil }}
}

// Opens reports whether a cookie is the key to a sign-in, whatever its name.
func (s *Signins) Opens(cookie *http.Cookie) bool {
	return cookie.Name == CookieName && s.find(cookie.Value) != nil
}
