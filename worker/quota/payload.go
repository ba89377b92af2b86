package quota

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxBody bounds how much of a request's or an answer's body is held.
const maxBody = 2 << 20

// payload is a request's body in a form that can be sent more than once.
type payload struct {
	body       []byte
	rest       io.ReadCloser // what is too long to hold; nil if body is all
	repeatable bool
	tokens     int
}

// newPayload takes over the request's body.
func newPayload(req *http.Request, a api) (*payload, error) {
	p := &payload{repeatable: a.repeatable(req)}
	if req.Body != nil && req.Body != http.NoBody {
		body, err := io.ReadAll(io.LimitReader(req.Body, maxBody+1))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("%s: read the body of %s %s: %w", a.name, req.Method, req.URL.Path, err), req.Body.Close())
		}
		p.body = body
		if len(body) > maxBody {
			p.rest, p.repeatable = req.Body, false
		} else if err := req.Body.Close(); err != nil {
			return nil, fmt.Errorf("%s: close the body of %s %s: %w", a.name, req.Method, req.URL.Path, err)
		}
	}
	if a.estimate != nil {
		p.tokens = a.estimate(p.body, req.ContentLength)
	}
	return p, nil
}

// request returns a copy of req that carries the payload.
func (p *payload) request(req *http.Request, ctx context.Context) *http.Request {
	req = req.Clone(ctx)
	if p.body == nil {
		return req
	}
	req.Body = io.NopCloser(bytes.NewReader(p.body))
	if p.rest != nil {
		req.Body = readCloser{io.MultiReader(bytes.NewReader(p.body), p.rest), p.rest}
	}
	req.GetBody = nil
	return req
}

type readCloser struct {
	io.Reader
	io.Closer
}

// peek reads up to limit bytes of the answer, and puts them back for the caller.
func peek(resp *http.Response, limit int64) ([]byte, error) {
	if limit == 0 {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	resp.Body = readCloser{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	return body, nil
}

// lookAtRefusals reads only answers that may name the limit they are over.
func lookAtRefusals(resp *http.Response) int64 {
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusTooManyRequests {
		return maxBody
	}
	return 0
}

// lookAtUsage reads every answer but streams, whose usage cannot be known in time.
func lookAtUsage(resp *http.Response) int64 {
	if resp.Header.Get("Content-Type") == "text/event-stream" {
		return 0
	}
	return maxBody
}
