package quota

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody bounds how much of a request's or an answer's body is held.
const maxBody = 2 << 20

// readBody takes over the request's body, so that it can be sent more than once, and
// closes it. It returns nil if there is none.
func readBody(req *http.Request, api string) ([]byte, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
	if len(body) > maxBody {
		err = safeError{text: fmt.Sprintf("its body has more than %d bytes", maxBody)}
	}
	if err := errors.Join(err, req.Body.Close()); err != nil {
		return nil, callError(api, req, err)
	}
	return body, nil
}

// withBody returns a copy of req that carries the body.
func withBody(ctx context.Context, req *http.Request, body []byte) *http.Request {
	req = req.Clone(ctx)
	if body != nil {
		// The base may need it again, when an idle connection turns out closed.
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	return req
}

// sentOnce is an empty body that net/http does not know to be one. A request without a body it
// sends again by itself when the connection breaks, and the upstream would get one call more than
// the ledger counts. By HTTP/2 it does so only with what the upstream said it had not begun.
func sentOnce() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

type readCloser struct {
	io.Reader
	io.Closer
}

// peek reads the answer, up to a limit, and puts it back for the caller: it may name the
// limit it is over, or break off in the middle, which is noticed while it can still be
// asked for again; then it is closed. The usage of a stream cannot be known in time.
func peek(resp *http.Response) ([]byte, error) {
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the answer: %w", err), resp.Body.Close())
	}
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	return body, nil
}
