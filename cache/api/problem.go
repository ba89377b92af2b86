package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"foreday/summarizer"
)

// problem is an RFC 9457 problem document. It is an error too, so that handlers
// return it; what caused it is for the log alone.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Field  string `json:"field,omitempty"`
	Value  string `json:"value,omitempty"`
	Index  *int   `json:"index,omitempty"` // which of several messages is meant, from 0
	// RetryAfter is the header of that name, in seconds.
	RetryAfter int `json:"retry_after,omitempty"`

	header http.Header
	cause  error
}

// newProblem returns a problem whose status says what kind it is.
func newProblem(status int, detail string) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, header: http.Header{}}
}

// fieldProblem tells which field is wrong to the one who made the mistake.
func fieldProblem(e *summarizer.FieldError, status int) *problem {
	p := newProblem(status, e.Error()).of("invalid-field", "A field is wrong")
	p.Field, p.Value = e.Field, e.Shown()
	return p
}

// of makes it a problem of a kind that programs can tell from others of the
// same status.
func (p *problem) of(kind, title string) *problem {
	p.Type, p.Title = "urn:foreday:problem:"+kind, title
	return p
}

// about says which of several messages is meant.
func (p *problem) about(index int) *problem {
	p.Index = &index
	return p
}

func (p *problem) because(err error) *problem {
	p.cause = err
	return p
}

func (p *problem) with(header, value string) *problem {
	p.header.Set(header, value)
	return p
}

// retryAfter says when it is worth trying again: in one second at the earliest,
// as Retry-After counts whole ones, and in a day at the latest.
func (p *problem) retryAfter(d time.Duration) *problem {
	d = min(max(d, time.Second), 24*time.Hour)
	p.RetryAfter = int((d + time.Second - 1) / time.Second)
	return p.with("Retry-After", strconv.Itoa(p.RetryAfter))
}

func (p *problem) Error() string {
	if p.cause != nil {
		return p.cause.Error()
	}
	return fmt.Sprintf("%s: %s", p.Title, p.Detail)
}

func (p *problem) Unwrap() error { return p.cause }

func (p *problem) write(w http.ResponseWriter) {
	h := w.Header()
	for name, values := range p.header {
		h[name] = values
	}
	h.Set("Cache-Control", "no-store")
	writeJSON(w, "application/problem+json", p.Status, p)
}

// writeJSON answers with v, which must be something that always marshals.
func writeJSON(w http.ResponseWriter, contentType string, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	writeBody(w, contentType, status, append(body, '\n'))
}

func writeBody(w http.ResponseWriter, contentType string, status int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a reader who has gone needs no answer
}
