package main

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"foreday/cache/api"
)

// got is an HTTP response that was read.
type got struct {
	*http.Response
	body string
}

// get asks for an address, with header names and values in turn.
func get(t *testing.T, address string, header ...string) got {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{res, string(body)}
}

// freeTCPPort returns a port that was free a moment ago.
func freeTCPPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// Of several messages the one that is wrong is named, and none is sent. What an app
// reads of it are the words of JSON and of the README, and none of Go's.
func TestAMessageThatIsNotSoundIsNamedInPlainWords(t *testing.T) {
	t.Parallel()
	sound := map[string]any{"type": "calendar.changed", "user": "u1"}
	for name, fields := range map[string]map[string]any{
		"a number for a user":   {"type": "calendar.changed", "user": 5.5},
		"a list for a type":     {"type": []any{"calendar.changed"}, "user": "u1"},
		"an object for a time":  {"type": "event.created", "user": "u1", "event": "e", "start": map[string]any{"dateTime": "x"}, "end": "x"},
		"true for a calendar":   {"type": "calendar.changed", "user": "u1", "calendar": true},
		"nothing for a user":    {"type": "calendar.changed", "user": nil},
		"a time that is none":   {"type": "event.created", "user": "u1", "event": "e", "start": "2026-11-23T15:00", "end": "x"},
		"a date that is none":   {"type": "event.created", "user": "u1", "event": "e", "start": "2026-02-30", "end": "2026-03-01"},
		"an hour that is none":  {"type": "event.created", "user": "u1", "event": "e", "start": "2026-11-23T25:00:00Z", "end": "x"},
		"an unknown message":    {"type": "event.exploded", "user": "u1"},
		"a message without any": {},
	} {
		messages, err := parsed([]map[string]any{sound, fields, sound})
		var wrong *api.FieldError
		if !errors.As(err, &wrong) || wrong.Message != 1 || messages != nil {
			t.Errorf("%s: %v, %v; want the second of three refused, and all of them", name, messages, err)
			continue
		}
		if found := regexp.MustCompile(`map\[|\[\]|interface|float64|\bbool\b|<nil>|%!|json:|parsing time|strconv`).FindString(err.Error()); found != "" {
			t.Errorf("%s: %q is of Go, in: %v", name, found, err)
		}
	}
}

func TestWhatHasNoGuardIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	h := forThisMachine(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for from, want := range map[string]int{
		"127.0.0.1:1": 200, "[::1]:1": 200, "[::ffff:127.0.0.1]:1": 200, "192.0.2.1:1": 404, "[2001:db8::1]:1": 404, "": 404,
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = from
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("from %q: %d, want %d", from, w.Code, want)
		}
	}
}
