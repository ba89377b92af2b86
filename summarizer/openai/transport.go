package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// maxBody bounds a response, in bytes. An honest one has a few thousand.
const maxBody = 1 << 20

// transport carries requests to servers as each of them takes them, and its answers
// back as the client understands them. What a server says is wrong is a *failure, and
// so is a redirect: the key and the calendar go where the operator said, only. What is
// no answer is *Refused.
type transport struct {
	base   http.RoundTripper
	habits habits
}

// RoundTrip sends the request, again as long as the server refuses parts of it.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var asked fields
	if err := errors.Join(json.NewDecoder(r.Body).Decode(&asked), r.Body.Close()); err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	for {
		put := t.habits.adapt(asked)
		again, body := r.Clone(r.Context()), encode(put)
		again.ContentLength = int64(len(body))
		again.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(body)), nil }
		again.Body, _ = again.GetBody()
		resp, err := t.send(again)
		var failed *failure
		if !errors.As(err, &failed) || !t.habits.learn(failed, put) {
			return resp, err
		}
	}
}

// send sends it once.
func (t *transport) send(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	err = errors.Join(err, resp.Body.Close())
	switch {
	case resp.StatusCode >= 300:
		return nil, newFailure(resp, body)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &Refused{Reason: Unreadable}
	case err != nil:
		return nil, err
	case len(body) > maxBody:
		return nil, &Refused{Reason: Oversized}
	}
	completion, err := readCompletion(resp, body)
	if err != nil {
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(encode(completion))), -1
	return resp, nil
}

// parameters are the parts of a request that some servers refuse, whatever their model
// is called, by what they say of them, in lower case. JSON by a schema gives way to
// any JSON, and that to nothing, since the prompt describes it in words, too.
var parameters = map[string]*regexp.Regexp{
	"max_tokens": regexp.MustCompile(`\bmax_tokens\b`), "max_completion_tokens": regexp.MustCompile(`\bmax_completion_tokens\b`),
	"temperature": regexp.MustCompile(`\btemperature\b`), "seed": regexp.MustCompile(`\bseed\b`),
	"reasoning_effort": regexp.MustCompile(`\breasoning`), "json_schema": formats, "json_object": formats,
}

var formats = regexp.MustCompile(`response[_ ]?format|json[_ ](schema|object|mode)|structured[_ ]output|\bschema\b|grammar|guided`)

// blaming are the statuses with which servers refuse a parameter.
var blaming = []int{400, 404, 422, 500, 501}

// habits are what is learnt of the parameters that a server refuses for its model.
type habits struct {
	oldNames bool     // the server is not OpenAI's, and may know max_tokens only by this name
	refused  sync.Map // names of parameters
}

type fields map[string]json.RawMessage // of a request's body

func (h *habits) refuses(name string) bool { _, ok := h.refused.Load(name); return ok }

// adapt returns the request without what the server refuses.
func (h *habits) adapt(asked fields) fields {
	put := maps.Clone(asked)
	if h.oldNames && !h.refuses("max_tokens") {
		put["max_tokens"] = put["max_completion_tokens"]
		delete(put, "max_completion_tokens")
	}
	if h.refuses("json_schema") {
		put["response_format"] = json.RawMessage(`{"type":"json_object"}`)
	}
	maps.DeleteFunc(put, func(name string, _ json.RawMessage) bool {
		return h.refuses(name) || name == "response_format" && h.refuses("json_object")
	})
	return put
}

// learn reports whether it is worth asking again: the server speaks of a parameter of
// the request, and the one it speaks of first is from now on left out.
func (h *habits) learn(f *failure, put fields) bool {
	if !slices.Contains(blaming, f.status) {
		return false
	}
	first, at := "", len(f.told)
	for name, said := range parameters {
		sent := put[name] != nil || bytes.Contains(put["response_format"], []byte(`"`+name+`"`))
		if found := said.FindStringIndex(f.told); sent && found != nil && found[0] < at {
			first, at = name, found[0]
		}
	}
	if first != "" {
		h.refused.Store(first, true)
	}
	return first != ""
}
