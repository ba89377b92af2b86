package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"foreday/cache"
	"foreday/cache/api"
)

const message = `{"type":"event.created","user":"u1","event":"e1","start":"2026-11-23","end":"2026-11-24"}`

func (s *service) publish(body string) reply {
	s.t.Helper()
	return s.do("POST", "/v1/events", body, "Content-Type", "application/json")
}

func TestAMessageGoesOnTheStreamAndItsIDComesBack(t *testing.T) {
	t.Parallel()
	var got map[string]any
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, fields map[string]any) (string, error) {
		got = fields
		return "1795413601000-0", nil
	}})
	r := s.publish(message)
	if r.status != http.StatusAccepted || r.body != `{"id":"1795413601000-0"}`+"\n" || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %d %v %s", r.status, r.header, r.body)
	}
	want := map[string]any{"type": "event.created", "user": "u1", "event": "e1", "start": "2026-11-23", "end": "2026-11-24"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

func TestAnUnsoundMessageIsRefusedByFieldAndValue(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 100)
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, fields map[string]any) (string, error) {
		value, _ := fields["type"].(string)
		return "", fmt.Errorf("publish: %w", &api.FieldError{Field: "type", Value: value, Problem: "is no type; send event.created"})
	}})
	for _, c := range []struct{ body, value, says string }{
		{`{"type":"event.made"}`, "event.made", `field type "event.made" is no type; send event.created`},
		{`{}`, "", "field type is no type; send event.created"},
		{`{"type":"` + long + `"}`, long[:128] + "...", "..."},
		{`{"type":"\u0000\u202e"}`, "\x00\u202e", `"\x00\u202e"`},
	} {
		p := wantProblem(t, s.publish(c.body), http.StatusUnprocessableEntity)
		if p.Field != "type" || p.Value != c.value || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: got %+v", c.body, p)
		}
	}
}

func TestWhatIsNoMessageIsRefusedUnread(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(context.Context, map[string]any) (string, error) {
		t.Error("was published")
		return "", nil
	}})
	const asJSON = "application/json"
	for name, c := range map[string]struct {
		contentType, body string
		status            int
		says              string
	}{
		"no Content-Type":       {"", message, 415, "application/json"},
		"a form":                {"application/x-www-form-urlencoded", "type=event.created", 415, "application/json"},
		"plain text":            {"text/plain", message, 415, "application/json"},
		"a bad Content-Type":    {"application/json; =", message, 415, "application/json"},
		"empty":                 {asJSON, "", 400, "not a JSON object"},
		"an array":              {asJSON, "[" + message + "]", 400, "not a JSON object"},
		"a string":              {asJSON, `"type"`, 400, "not a JSON object"},
		"null":                  {asJSON, "null", 400, "not a JSON object"},
		"cut off":               {asJSON, message[:40], 400, "about byte"},
		"only opened":           {asJSON, "{", 400, "about byte"},
		"a comma too many":      {asJSON, `{"type":"x",}`, 400, "about byte"},
		"no colon":              {asJSON, `{"type" "x"}`, 400, "about byte"},
		"a name that is none":   {asJSON, `{1:2}`, 400, "about byte"},
		"closed wrongly":        {asJSON, `{"type":"x"]`, 400, "about byte"},
		"two objects":           {asJSON, message + message, 400, "goes on"},
		"something behind":      {asJSON, message + "x", 400, "goes on"},
		"a field twice":         {asJSON, `{"user":"u1","user":"u2"}`, 400, "field user is there twice"},
		"a field twice, hidden": {asJSON, `{"user":"u1","us\u0065r":"u2"}`, 400, "field user is there twice"},
		"not UTF-8":             {asJSON, "{\"user\":\"\xff\"}", 400, "UTF-8"},
		"too deep":              {asJSON, `{"x":` + strings.Repeat("[", 15000) + `}`, 400, "about byte"},
		"too long":              {asJSON, `{"x":"` + strings.Repeat("y", 16<<10) + `"}`, 413, "16384"},
		"too long, and broken":  {asJSON, strings.Repeat("y", 1<<20), 413, "16384"},
	} {
		t.Run(name, func(t *testing.T) {
			header := []string{"Content-Type", c.contentType}
			if c.contentType == "" {
				header = nil
			}
			p := wantProblem(t, s.do("POST", "/v1/events", c.body, header...), c.status)
			if !strings.Contains(p.Detail, c.says) {
				t.Errorf("%q does not say %q", p.Detail, c.says)
			}
		})
	}
	wantProblem(t, s.do("POST", "/v1/events", message, "Content-Type", asJSON, "Content-Encoding", "gzip"), 415)
}

func TestContentTypeMayNameTheCharset(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	if r := s.do("POST", "/v1/events", message, "Content-Type", "Application/JSON; charset=utf-8"); r.status != http.StatusAccepted {
		t.Errorf("got %d %s", r.status, r.body)
	}
}

func TestAMessageThatRedisDidNotTakeIsToBeSentAgain(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(context.Context, map[string]any) (string, error) {
		return "", errors.New("dial tcp 10.0.0.7:6379: connection refused")
	}})
	r := s.publish(message)
	p := wantProblem(t, r, 503)
	if p.Type != "urn:foreday:problem:redis-unavailable" || r.header.Get("Retry-After") != "2" || strings.Contains(r.body, "10.0.0.7") {
		t.Errorf("got %s, Retry-After %q", r.body, r.header.Get("Retry-After"))
	}
	s.log.wait(t, "10.0.0.7:6379")
}

// Whatever is sent, the answer is one of those foreseen, and what is published
// is exactly what the JSON said.
func FuzzPublish(f *testing.F) {
	for _, seed := range []string{message, "{}", "null", `{"a":1}{"a":2}`, `{"a":1,"a":2}`, `{"a":{"b":[1,2,{"c":null}]}}`, "{\"\xff\":1}", `{"a":1e999}`, "\ufeff{}", `{"":""}`} {
		f.Add([]byte(seed))
	}
	var published map[string]any
	handler := api.New(api.Config{Publish: func(_ context.Context, fields map[string]any) (string, error) {
		published = fields
		return "1-0", nil
	}})
	f.Fuzz(func(t *testing.T, body []byte) {
		published = nil
		r := httptest.NewRequest("POST", "http://localhost/v1/events", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d with a body that is no JSON: %q", w.Code, w.Body)
		}
		switch w.Code {
		case http.StatusAccepted:
			var want map[string]any
			if err := json.Unmarshal(body, &want); err != nil {
				t.Fatalf("took what is no JSON object: %v", err)
			}
			if len(body) > 16<<10 || !reflect.DeepEqual(published, want) {
				t.Fatalf("published %v of %q", published, body)
			}
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
			if published != nil {
				t.Fatalf("refused, and published %v", published)
			}
		default:
			t.Fatalf("answered %d: %s", w.Code, w.Body)
		}
	})
}
