package openai

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxBody bounds a response, in bytes. An honest one has a few thousand.
const maxBody = 1 << 20

var errOversized = fmt.Errorf("the response is larger than %d bytes", maxBody)

// redirected is a response that sends the request elsewhere. It is not
// followed: the key and the calendar go where the operator said, only.
type redirected struct{ status int }

func (e *redirected) SafeToLog() {}

func (e *redirected) Error() string { return fmt.Sprintf("the server redirects (HTTP %d)", e.status) }

// bounded is a RoundTripper whose responses end, with errOversized, after
// maxBody bytes.
type bounded struct{ base http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, errors.Join(&redirected{resp.StatusCode}, resp.Body.Close())
	}
	resp.Body = &boundedBody{ReadCloser: resp.Body, left: maxBody}
	return resp, nil
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errOversized
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
