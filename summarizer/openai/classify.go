package openai

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"foreday/summarizer/retryafter"
)

// What to do when a server says "too many requests": how long to wait if it does
// not say, and at most.
const (
	defaultRetryAfter = 10 * time.Second
	longestRetryAfter = time.Hour
)

// classify turns what the client returned into an *Error. What the server wrote
// in its error message is left out: some repeat the request, or part of the key.
func (w *Writer) classify(err error, header http.Header) error {
	status, code := statusOf(err)
	if status == 0 {
		return w.unanswered(err)
	}
	e := &Error{Op: w.op(), Status: status, Kind: Temporary, RetryAfter: min(retryafter.Of(header, w.config.Now()), longestRetryAfter)}
	switch {
	case code == "insufficient_quota":
		e.Kind, e.Hint = Exhausted, "the account has no credit left: check its billing, or unset OPENAI_API_KEY to write without a model"
	case status == http.StatusTooManyRequests:
		e.Kind = RateLimited
		if e.RetryAfter == 0 {
			e.RetryAfter = defaultRetryAfter
		}
		return putoff{e, w.config.Now().Add(e.RetryAfter)}
	case status == http.StatusUnauthorized:
		e.Kind, e.Hint = Unauthorized, "OPENAI_API_KEY was refused: check the key, or unset it to write without a model"
	case status == http.StatusForbidden:
		e.Kind, e.Hint = Unauthorized, fmt.Sprintf("OPENAI_API_KEY may not use %s from here: choose another OPENAI_MODEL or allow it for the key", w.config.Model)
	case status == http.StatusNotFound:
		e.Kind, e.Hint = BadRequest, fmt.Sprintf("there is no model %s: check OPENAI_MODEL, and that OPENAI_BASE_URL ends in /v1 or as the server has it", w.config.Model)
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusConflict:
		e.Kind, e.Hint = BadRequest, "the server does not take the request: check OPENAI_MODEL and whether it offers json_schema answers"
	}
	return e
}

// unanswered is a call to which there was no answer.
func (w *Writer) unanswered(err error) error {
	e := &Error{Op: w.op(), Kind: Temporary, Err: err}
	var elsewhere *redirected
	if errors.As(err, &elsewhere) {
		e.Kind, e.Status, e.Hint = BadRequest, elsewhere.status, "set OPENAI_BASE_URL to where the API really is"
	}
	return e
}

// statusOf returns the HTTP status that err tells of, and the API's code for it.
func statusOf(err error) (status int, code string) {
	var request *openai.RequestError // may hold half an APIError, so it is looked for first
	if errors.As(err, &request) {
		return request.HTTPStatusCode, ""
	}
	var api *openai.APIError
	if !errors.As(err, &api) {
		return 0, ""
	}
	if code, _ = api.Code.(string); code == "" {
		code = api.Type
	}
	return api.HTTPStatusCode, code
}

// isDecoding reports whether err is about JSON that is wrong or ends early.
func isDecoding(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, io.ErrUnexpectedEOF)
}
