package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"
)

const (
	// authorizeTimeout bounds one call to the manager for a sign-in. Its password
	// hash takes half a second on an idle manager.
	authorizeTimeout = 30 * time.Second
	// maxAuthorizeAnswer bounds what is read of the manager's answer.
	maxAuthorizeAnswer = 1 << 20
)

// refusal is the manager's reason not to let somebody in.
type refusal struct {
	status     int
	retryAfter string

	Type    string `json:"type"`
	Title   string `json:"title"`
	Details string `json:"details"`
	// Token is what setting up a second factor needs; empty otherwise.
	Token string `json:"two_factor_registration_token,omitempty"`
}

func (r *refusal) Error() string { return r.Title }

// is compares the last part of the problem type.
func (r *refusal) is(slug string) bool { return r.Type == problemPrefix+slug }

// call posts a JSON object of a client to a path of the manager that needs no
// signature and decodes the answer into out. A refusal of the manager is a
// [*refusal]; any other error is for its reason to be shown, see [reason].
func (g *Gateway) call(ctx context.Context, client netip.Addr, path string, fields map[string]any, out any) error {
	ctx, cancel := context.WithTimeout(ctx, authorizeTimeout)
	defer cancel()
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.Manager.String()+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Backendai-Version", defaultAPIVersion)
	if client.IsValid() {
		request.Header.Set("X-Forwarded-For", client.String()) // it counts failures, too
	}
	// RoundTrip and not a client: a password must not follow a redirect.
	response, err := g.Transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAuthorizeAnswer+1))
	switch {
	case err != nil:
		return err
	case len(answer) > maxAuthorizeAnswer:
		return errAnswer("with more than fits an answer")
	case response.StatusCode >= 500:
		return errAnswer("with status " + response.Status)
	case !isJSON(response.Header):
		return errAnswer(fmt.Sprintf("with status %s and %q where JSON was expected", response.Status, response.Header.Get("Content-Type")))
	}
	if response.StatusCode >= 300 {
		var problem struct{ Type, Title, Msg string }
		if err := json.Unmarshal(answer, &problem); err != nil || problem.Type == "" {
			return errAnswer("with status " + response.Status)
		}
		return &refusal{status: response.StatusCode, retryAfter: response.Header.Get("Retry-After"),
			Type: problem.Type, Title: problem.Title, Details: problem.Msg}
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return errAnswer("with JSON that cannot be read")
	}
	return nil
}

// authorize asks the manager whether a password is right and for the key pair
// that it opens.
func (g *Gateway) authorize(ctx context.Context, client netip.Addr, fields map[string]any) (Account, error) {
	request := map[string]any{"domain": g.Domain}
	for name, value := range fields {
		request[name] = value
	}
	request["type"] = "keypair" // the only answer that can be used here
	var answer struct {
		Data struct {
			AccessKey    string `json:"access_key"`
			SecretKey    string `json:"secret_key"`
			Role         string `json:"role"`
			Status       string `json:"status"`
			ResponseType string `json:"response_type"` // since 25
			Token        string `json:"token"`
		} `json:"data"`
	}
	if err := g.call(ctx, client, "/auth/authorize", request, &answer); err != nil {
		return Account{}, err
	}
	data := answer.Data
	switch kind := strings.ToLower(data.ResponseType); {
	case strings.Contains(kind, "two_factor_registration"):
		return Account{}, &refusal{status: http.StatusOK, Type: problemPrefix + "require-totp-registration",
			Title: "TOTP registration required.", Details: "Set up a second factor to sign in.", Token: data.Token}
	case strings.Contains(kind, "two_factor_auth"):
		return Account{}, &refusal{status: http.StatusOK, Type: problemPrefix + "require-totp-authentication",
			Title: "TOTP authentication required.", Details: "You must authenticate using Two-Factor Authentication."}
	case data.AccessKey == "" || data.SecretKey == "":
		return Account{}, errAnswer("without a key pair")
	case data.Role == "monitor":
		return Account{}, &refusal{status: http.StatusForbidden, Type: problemPrefix + "generic-forbidden",
			Title: "Forbidden operation.", Details: "Accounts with the role monitor cannot sign in here."}
	}
	return Account{AccessKey: data.AccessKey, SecretKey: data.SecretKey, Role: data.Role, Status: data.Status}, nil
}

func isJSON(header http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && (mediaType == "application/json" || mediaType == "application/problem+json")
}

// errAnswer is an answer that a manager would not give.
type errAnswer string

func (e errAnswer) Error() string { return "the manager answered " + string(e) }

// reason says for a person why the manager could not be asked, without naming
// addresses of the inside.
func reason(err error) string {
	var (
		answer      errAnswer
		dns         *net.DNSError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		timeout     net.Error
	)
	switch {
	case errors.As(err, &answer):
		return answer.Error()
	case errors.As(err, &dns):
		return "no such host"
	case errors.As(err, &authority):
		return "TLS: the manager's certificate is signed by an unknown authority"
	case errors.As(err, &hostname):
		return "TLS: the manager's certificate is for another host"
	case errors.As(err, &certificate):
		return "TLS: the manager's certificate cannot be verified"
	case errors.As(err, &record):
		return "TLS: the manager does not speak TLS on this port"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the manager closed the connection"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the manager did not answer in time"
	default:
		return "the manager cannot be reached"
	}
}
