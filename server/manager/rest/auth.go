package rest

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// identify finds out who signed a request, with the answers of manager 24.09 in
// its order: date, header, key, signature, user. It returns the caller and the
// rate limit of the key pair.
func (h *Handler) identify(r *http.Request) (api.Caller, int, error) {
	none := api.Caller{}
	if err := signing.CheckDate(dateOf(r), h.Now()); err != nil {
		return none, 0, problem.InvalidAuth("Date/time sync error")
	}
	header := r.Header.Get("Authorization")
	if header == "" {
		return none, 0, problem.AuthFailed("Unauthorized access")
	}
	credential, err := signing.ParseAuthorization(header)
	if err != nil {
		return none, 0, malformed(header)
	}
	id, err := h.Store.Identify(r.Context(), credential.AccessKey)
	if err != nil {
		if store.IsNotFound(err) {
			return none, 0, problem.AuthFailed("Access key not found")
		}
		return none, 0, err
	}
	signed, err := signing.FromHTTP(r)
	if errors.Is(err, signing.ErrVersion) {
		return none, 0, problem.InvalidAuth("API version missing in request headers")
	}
	if err != nil {
		return none, 0, problem.InvalidAuth("Date/time sync error")
	}
	switch err := credential.Verify(id.KeyPair.SecretKey, signed); {
	case errors.Is(err, signing.ErrMethod):
		return none, 0, problem.InvalidAuth("Unsupported signature method")
	case err != nil:
		return none, 0, problem.AuthFailed("Signature mismatch")
	}
	if id.User.Status != store.UserActive {
		return none, 0, problem.AuthFailed("Unauthorized access")
	}
	if err := checkAddress(r, id.User.AllowedClientIP); err != nil {
		return none, 0, err
	}
	h.uses.add(credential.AccessKey, h.Now())
	return api.CallerOf(id), id.KeyPair.RateLimit, nil
}

// dateOf is the header that counts as the date: the first that is there.
func dateOf(r *http.Request) string {
	for _, name := range []string{"Date", "X-BackendAI-Date", "X-Sorna-Date"} {
		if v := r.Header.Get(name); v != "" {
			return v
		}
	}
	return ""
}

// malformed is the answer to an Authorization header that cannot be read. A
// parameter without "=" trips the original manager over, and clients have seen
// its 500.
func malformed(header string) error {
	_, rest, _ := strings.Cut(header, " ")
	for piece := range strings.SplitSeq(rest, ",") {
		if rest != "" && !strings.Contains(piece, "=") {
			return problem.Internal(signing.ErrMalformed)
		}
	}
	return problem.InvalidAuth("")
}

// checkAddress keeps a user to the networks the account is limited to.
func checkAddress(r *http.Request, allowed []string) error {
	if allowed == nil {
		return nil
	}
	address, err := clientOf(r)
	if err != nil {
		return problem.InvalidAuth("Not allowed IP address")
	}
	for _, network := range allowed {
		if !strings.Contains(network, "/") {
			network += map[bool]string{true: "/32", false: "/128"}[strings.Contains(network, ".")]
		}
		prefix, err := netip.ParsePrefix(network)
		if err == nil && prefix.Contains(address) {
			return nil
		}
	}
	return problem.AuthFailed("Not allowed IP address")
}

// clientOf is the address that a request comes from. What X-Forwarded-For says
// counts only from this machine, where the web interface relays for its clients:
// anybody else could write an address into it that is let in. Manager 24.09
// believes everybody.
func clientOf(r *http.Request) (netip.Addr, error) {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, err
	}
	address := peer.Addr().Unmap()
	if forwarded := r.Header.Get("X-Forwarded-For"); forwarded != "" && ownAddress(r, address) {
		if address, err = netip.ParseAddr(forwarded); err != nil {
			return netip.Addr{}, err
		}
	}
	return address.Unmap().WithZone(""), nil
}

// ownAddress reports whether an address at the other end is one of this machine:
// a loopback one, or that of this end.
func ownAddress(r *http.Request, peer netip.Addr) bool {
	if peer.IsLoopback() {
		return true
	}
	own, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return own != nil && own.AddrPort().Addr().Unmap() == peer
}
