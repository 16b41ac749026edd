package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/baiui/baiui/client/signing"
)

const (
	// probeTimeout bounds one look at a manager.
	probeTimeout = 5 * time.Second
	// probeEvery is how often a manager that is down is looked at again.
	probeEvery = 2 * time.Second
	// maxVersionDocument is far above the 50 bytes of a real one.
	maxVersionDocument = 64 << 10
)

// wrongManagerError says that a URL will never be a manager's, so that starting
// makes no sense. Any other error of [probe] may pass.
type wrongManagerError struct{ message string }

func (e *wrongManagerError) Error() string { return e.message }

// found is what a manager tells everybody.
type found struct {
	release string
	// skew is how far this machine's clock is ahead of the manager's, to the second;
	// 0 if the manager does not tell the time.
	skew time.Duration
}

// clockAdvice says what a skew means, "" for one that does not matter. It matters
// a little before the manager refuses everything that is signed here.
func (f found) clockAdvice() string {
	if f.skew.Abs() < signing.MaxSkew/3 {
		return ""
	}
	where := "ahead of"
	if f.skew < 0 {
		where = "behind"
	}
	return fmt.Sprintf("this machine's clock is %v %s the manager's, which refuses every request from %v on: set the clocks, best by NTP", f.skew.Abs(), where, signing.MaxSkew)
}

// probe asks for the version document, GET /.
func probe(ctx context.Context, transport http.RoundTripper, base string) (found, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/", nil)
	if err != nil {
		return found{}, err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return found{}, fmt.Errorf("no answer within %v", probeTimeout)
		}
		return found{}, describeTLS(base, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxVersionDocument))
	if err != nil {
		return found{}, err
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return found{}, fmt.Errorf("it answers with status %s", response.Status)
	}
	var document struct{ Version, Manager string }
	if response.StatusCode == http.StatusOK && json.Unmarshal(body, &document) == nil && document.Version != "" && document.Manager != "" {
		f := found{release: document.Manager}
		if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
			f.skew = time.Since(date).Round(time.Second)
		}
		return f, nil
	}
	return found{}, &wrongManagerError{describeStranger(base, response, body)}
}

// describeStranger says what answers in the place of a manager.
func describeStranger(base string, response *http.Response, body []byte) string {
	what := fmt.Sprintf("%s answers, but it is no Backend.AI manager (status %s, %q)", base, response.Status, response.Header.Get("Content-Type"))
	switch {
	case strings.Contains(string(body), "HTTP request to an HTTPS server"):
		return what + ": it speaks TLS, so write https:// in --manager"
	case response.StatusCode >= 300 && response.StatusCode < 400:
		return what + ": it redirects to " + response.Header.Get("Location") + "; give --manager the final address"
	case strings.Contains(response.Header.Get("Content-Type"), "text/html"):
		return what + ": is this the address of a web page? --manager wants that of the manager itself, often port 8081"
	default:
		return what + ": check --manager"
	}
}

// describeTLS makes the errors of a handshake permanent, with what to do.
func describeTLS(base string, err error) error {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &authority):
		return &wrongManagerError{fmt.Sprintf("the certificate of %s is signed by an unknown authority: name its certificates with --manager-ca FILE", base)}
	case errors.As(err, &hostname):
		return &wrongManagerError{fmt.Sprintf("the certificate of %s is for another host: use the name that it was made for in --manager", base)}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return &wrongManagerError{fmt.Sprintf("the certificate of %s has expired or is not valid yet: renew it, and check this machine's clock", base)}
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return &wrongManagerError{fmt.Sprintf("%s does not speak TLS: write http:// in --manager", base)}
	default:
		return err
	}
}

// loadRoots reads the certificates to trust besides the system's; nil for none.
func loadRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--manager-ca: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--manager-ca: %s holds no PEM certificate", file)
	}
	return roots, nil
}
