package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/summarizer"
)

const message = `{"type":"event.created","user":"u1","event":"e1","start":"2026-11-23","end":"2026-11-24"}`

func (s *service) publish(body string) reply {
	s.t.Helper()
	return s.do("POST", "/v1/events", body, "Content-Type", "application/json")
}

func TestAMessageGoesOnTheStreamAndItsIDComesBack(t *testing.T) {
	t.Parallel()
	var got map[string]any
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		got = messages[0]
		return []string{"1795413601000-0"}, nil
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
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		value, _ := messages[0]["type"].(string)
		return nil, fmt.Errorf("publish: %w", &summarizer.FieldError{Field: "type", Value: value, Problem: "is no type; send event.created"})
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
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(context.Context, []map[string]any) ([]string, error) {
		t.Error("was published")
		return nil, nil
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
		"another charset":       {"application/json; charset=latin1", message, 415, "UTF-8"},
		"empty":                 {asJSON, "", 400, "neither a JSON object nor"},
		"a string":              {asJSON, `"type"`, 400, "neither a JSON object nor"},
		"null":                  {asJSON, "null", 400, "neither a JSON object nor"},
		"not a number":          {asJSON, `{"user":NaN}`, 400, "about byte"},
		"beyond numbers":        {asJSON, `{"user":1e999}`, 400, "about byte"},
		"half a character":      {asJSON, `{"user":"u\ud800"}`, 400, "half a character"},
		"an empty array":        {asJSON, "[]", 400, "no message"},
		"an array in an array":  {asJSON, "[[" + message + "]]", 400, "at index 0"},
		"a string in an array":  {asJSON, "[" + message + `,"x"]`, 400, "at index 1"},
		"an array cut off":      {asJSON, "[" + message, 400, "about byte"},
		"something behind it":   {asJSON, "[" + message + "]]", 400, "goes on"},
		"twice in an array":     {asJSON, "[" + message + `,{"user":"u1","user":"u2"}]`, 400, "field user is there twice"},
		"too many":              {asJSON, "[" + strings.Repeat("{},", 1000) + "{}]", 413, "1000 messages"},
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
		"too long":              {asJSON, `{"x":"` + strings.Repeat("y", 1<<20) + `"}`, 413, "1048576"},
		"too long, and broken":  {asJSON, strings.Repeat("y", 2<<20), 413, "1048576"},
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
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(context.Context, []map[string]any) ([]string, error) {
		return nil, errors.New("dial tcp 10.0.0.7:6379: connection refused")
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
	for _, seed := range []string{message, "{}", "null", `{"a":1}{"a":2}`, `{"a":1,"a":2}`, `{"a":{"b":[1,2,{"c":null}]}}`, "{\"\xff\":1}",
		`{"a":1e999}`, "\ufeff{}", `{"":""}`, "[{}]", "[{},{}] ", "[1]"} {
		f.Add([]byte(seed))
	}
	var published []map[string]any
	handler := api.New(api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		published = messages
		return make([]string, len(messages)), nil
	}})
	f.Fuzz(func(t *testing.T, body []byte) {
		published = nil
		r := httptest.NewRequest("POST", "http://localhost/v1/events", bytes.NewReader(body))
		r.RemoteAddr = "127.0.0.1:5000"
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d with a body that is no JSON: %q", w.Code, w.Body)
		}
		switch w.Code {
		case http.StatusAccepted:
			whole := bytes.TrimSpace(body)
			if whole[0] == '{' {
				whole = slices.Concat([]byte("["), whole, []byte("]"))
			}
			var want []map[string]any
			if err := json.Unmarshal(whole, &want); err != nil {
				t.Fatalf("took what are no JSON objects: %v", err)
			}
			if len(body) > 1<<20 || !reflect.DeepEqual(published, want) {
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

func TestSeveralMessagesGoOnTheStreamAtOnceAndTheirIDsComeBackInOrder(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		ids := make([]string, len(messages))
		for i, m := range messages {
			ids[i] = "1-" + m["event"].(string)
		}
		return ids, nil
	}})
	if r := s.publish(`[{"event":"3"},{"event":"1"},{"event":"2"}]`); r.status != http.StatusAccepted ||
		r.body != `{"ids":["1-3","1-1","1-2"]}`+"\n" {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := s.publish(`[{"event":"3"}]`); r.body != `{"ids":["1-3"]}`+"\n" {
		t.Errorf("of an array of one: %d %s", r.status, r.body)
	}
}

func TestTheProblemSaysWhichOfSeveralMessagesIsWrong(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(context.Context, []map[string]any) ([]string, error) {
		return nil, &summarizer.FieldError{Field: "start", Value: "x", Problem: "is no time", Message: 1}
	}})
	for body, want := range map[string]string{`[{},{}]`: `"index":1`, `[{},3]`: `"index":1`, `[{"a":1,"a":2}]`: `"index":0`} {
		if r := s.publish(body); !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if r := s.publish(`{}`); strings.Contains(r.body, "index") {
		t.Errorf("of one message: %s", r.body)
	}
}

func TestAFieldThatIsNearlyOneOfOursIsNamed(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Fields: []string{"type", "user", "calendar", "event", "start", "end", "was_start",
		"was_end", "traceparent"}})
	for body, want := range map[string]string{
		`{"sart":"x"}`:                     `"sart";meant="start"`,
		`{"strat":"x"}`:                    `"strat";meant="start"`,
		`{"Start":"x"}`:                    `"Start";meant="start"`,
		`{"wasStart":"x"}`:                 `"wasStart";meant="was_start"`,
		`{"user_id":"x"}`:                  `"user_id";meant="user"`,
		`{"startTime":"x","usr":1}`:        `"startTime";meant="start", "usr";meant="user"`,
		`[{"start":"x"},{"calender":"x"}]`: `"calender";meant="calendar"`,
		`{"st\u0430rt":"x"}`:               `"st\\u0430rt";meant="start"`,
		`{"\"end":"x"}`:                    `"\"end";meant="end"`,
		`{"source":"x","title":"x","start":"x","traceparent":"x"}`: "",
		`{"` + strings.Repeat("s", 9000) + `":"x"}`:                "",
	} {
		r := s.publish(body)
		if got := r.header.Get("Foreday-Ignored-Fields"); r.status != http.StatusAccepted || got != want {
			t.Errorf("%.80s: %d, %q, want %q", body, r.status, got, want)
		}
	}
}

// To compare each of very many with ours would take long.
func TestOfVeryManyUnknownFieldsSomeAreLookedAt(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Fields: []string{"start", "end"}})
	near, unknown := map[string]int{}, map[string]int{}
	for n := range 1000 {
		unknown[fmt.Sprint("unknown", n)] = n
	}
	for n := range 26 {
		near["start"+string(rune('a'+n))] = n
	}
	body := func(messages ...map[string]int) string {
		text, err := json.Marshal(messages)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for text, want := range map[string]int{body(near, unknown): 8, body(unknown, near): 0} {
		if got := s.publish(text).header.Get("Foreday-Ignored-Fields"); strings.Count(got, "meant") != want {
			t.Errorf("%.40s...: got %q, want %d", text, got, want)
		}
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestABodyMayBeGzippedAndABombIsDefused(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	whole := gzipped(t, message)
	for name, c := range map[string]struct {
		encoding, body string
		status         int
	}{
		"gzip":        {"gzip", whole, 202},
		"any case":    {"GZIP", whole, 202},
		"identity":    {"identity", message, 202},
		"not gzipped": {"gzip", message, 400},
		"cut off":     {"gzip", whole[:len(whole)-4], 400},
		"a bomb":      {"gzip", gzipped(t, `{"x":"`+strings.Repeat("y", 64<<20)+`"}`), 413},
		"twice":       {"gzip, gzip", gzipped(t, whole), 415},
		"brotli":      {"br", message, 415},
	} {
		r := s.do("POST", "/v1/events", c.body, "Content-Type", "application/json", "Content-Encoding", c.encoding)
		if r.status != c.status {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if c.status != 202 {
			wantProblem(t, r, c.status)
		}
		if c.status == 415 && r.header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("%s: Accept-Encoding %q", name, r.header.Get("Accept-Encoding"))
		}
	}
}

func TestAMessageIsInTheTraceOfItsRequestUnlessItNamesItsOwn(t *testing.T) {
	t.Parallel()
	var got []map[string]any
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		got = messages
		return make([]string, len(messages)), nil
	}})
	for header, want := range map[string][]any{"of-request": {"of-request", "its-own"}, "": {nil, "its-own"}} {
		s.do("POST", "/v1/events", `[{"type":"x"},{"traceparent":"its-own"}]`, "Content-Type", "application/json", "Traceparent", header)
		if len(got) != 2 || got[0]["traceparent"] != want[0] || got[1]["traceparent"] != want[1] {
			t.Errorf("with the header %q, published were %v; want traces %v", header, got, want)
		}
	}
}
