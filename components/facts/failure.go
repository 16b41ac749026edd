package facts

import (
	"cmp"
	"errors"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
)

// FailureText is what a person reads of a failure: the manager's words where it
// said some, else the page's, because those of the browser about a request that
// came to no answer are for the error log.
func FailureText(t *i18n.Texts, err error) string {
	var e *client.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	own := t.T("error." + e.Kind.String())
	switch e.Kind {
	case client.KindAborted, client.KindTimeout, client.KindOffline, client.KindUnreachable, client.KindTruncated:
		return own
	}
	return cmp.Or(e.Said(), own)
}
