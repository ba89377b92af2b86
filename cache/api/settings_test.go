package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/summarizer"
)

// withSettings is a service whose users' settings are kept in Redis. The changes
// that were announced are told on the channel.
func withSettings(t *testing.T) (*service, chan string) {
	announced := make(chan string, 10)
	var s *service
	s = withRedis(t, cache.ReaderConfig{}, api.Config{
		Preferences: func(ctx context.Context, user string) (summarizer.Preferences, error) {
			return s.store.Preferences(ctx, user)
		},
		SetPreferences: func(ctx context.Context, user string, p summarizer.Preferences) error {
			return s.store.SetPreferences(ctx, user, p, func(context.Context) error {
				announced <- user
				return nil
			})
		},
	})
	return s, announced
}

func (s *service) put(body string) reply {
	s.t.Helper()
	return s.do("PUT", "/v1/users/u1/settings", body, "Content-Type", "application/json")
}

func TestSettingsAreReadReplacedAndAnnounced(t *testing.T) {
	t.Parallel()
	s, announced := withSettings(t)
	get := func(want string) {
		t.Helper()
		r := s.do("GET", "/v1/users/u1/settings", "")
		if r.status != http.StatusOK || r.body != want+"\n" || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %d %v %s, want %s", r.status, r.header, r.body, want)
		}
	}
	const usual = `{"include":[],"exclude":[],"threshold":null}`
	get(usual)
	for _, c := range []struct{ body, kept string }{
		{`{"include":["a"],"threshold":0}`, `{"include":["a"],"exclude":[],"threshold":0}`},
		{`{"exclude":["primary","b"],"threshold":null}`, `{"include":[],"exclude":["primary","b"],"threshold":null}`},
		{`{"language":"pt-BR","clock":"12"}`, `{"include":[],"exclude":[],"threshold":null,"language":"pt-BR","clock":"12"}`},
		{`{"language":null,"clock":null}`, usual},
		{`{}`, usual},
	} {
		if r := s.put(c.body); r.status != http.StatusOK || r.body != c.kept+"\n" {
			t.Errorf("%s: got %d %s", c.body, r.status, r.body)
		}
		get(c.kept)
		if n := len(announced); n != 1 || <-announced != "u1" {
			t.Errorf("%s: %d changes announced, want one", c.body, n)
		}
	}
}

func TestSettingsThatMakeNoSenseAreRefusedByFieldAndValue(t *testing.T) {
	t.Parallel()
	s, announced := withSettings(t)
	many := `["` + strings.Join(strings.Split(strings.Repeat("a", 101), ""), `","`) + `"]`
	for _, c := range []struct{ body, field, value, says string }{
		{`{"includes":["a"]}`, "includes", `["a"]`, "include, exclude, threshold, language and clock"},
		{`{"include":"a"}`, "include", "a", "list"},
		{`{"include":null}`, "include", "null", "list"},
		{`{"exclude":["a",7]}`, "exclude", "7", "string"},
		{`{"exclude":["a","a"]}`, "exclude", "a", "twice"},
		{`{"include":["a"],"exclude":["a"]}`, "exclude", "a", "one of the two"},
		{`{"include":[""]}`, "include", "", "empty"},
		{`{"include":["a b"]}`, "include", "a b", "whitespace"},
		{`{"include":["a\u0000"]}`, "include", "a\x00", "control"},
		{`{"include":["` + strings.Repeat("a", 513) + `"]}`, "include", strings.Repeat("a", 64) + "...", "512"},
		{`{"include":` + many + `}`, "include", "101", "at most 100"},
		{`{"threshold":1.01}`, "threshold", "1.01", "0 (everything"},
		{`{"threshold":-0.1}`, "threshold", "-0.1", "0 (everything"},
		{`{"threshold":"high"}`, "threshold", "high", "number"},
		{`{"threshold":[0.5]}`, "threshold", "[0.5]", "number"},
		{`{"language":"no such"}`, "language", "no such", "tag such as en"},
		{`{"clock":24}`, "clock", "24", "not a string"},
		{`{"clock":"13"}`, "clock", "13", "12 or 24"},
	} {
		p := wantProblem(t, s.put(c.body), http.StatusUnprocessableEntity)
		if p.Field != c.field || p.Value != c.value || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: got %+v", c.body, p)
		}
	}
	for _, body := range []string{``, `[]`, `{"include":["a"]`, `{"threshold":1e999}`, `{"threshold":0.1,"threshold":0.2}`} {
		wantProblem(t, s.put(body), http.StatusBadRequest)
	}
	if len(announced) > 0 {
		t.Error("a change that was refused is announced")
	}
}

func TestSettingsAreForUsersAndMethodsThatThereAre(t *testing.T) {
	t.Parallel()
	s, _ := withSettings(t)
	for _, method := range []string{"GET", "PUT"} {
		if p := wantProblem(t, s.do(method, "/v1/users/a%7Bb%7D/settings", "{}", "Content-Type", "application/json"),
			http.StatusBadRequest); p.Field != "user" {
			t.Errorf("%s: got %+v", method, p)
		}
	}
	r := s.do("DELETE", "/v1/users/u1/settings", "")
	wantProblem(t, r, http.StatusMethodNotAllowed)
	if allow := r.header.Get("Allow"); allow != "GET, HEAD, PUT" {
		t.Errorf("Allow: %s", allow)
	}
}

func TestWithoutRedisNoSettingsAreTakenForSet(t *testing.T) {
	t.Parallel()
	away := errors.New("connection refused")
	s := withRedis(t, cache.ReaderConfig{}, api.Config{
		Preferences: func(context.Context, string) (summarizer.Preferences, error) {
			return summarizer.Preferences{}, away
		},
		SetPreferences: func(context.Context, string, summarizer.Preferences) error { return away },
	})
	wantProblem(t, s.do("GET", "/v1/users/u1/settings", ""), http.StatusServiceUnavailable)
	if p := wantProblem(t, s.put(`{}`), http.StatusServiceUnavailable); !strings.Contains(p.Detail, "again") {
		t.Errorf("got %+v", p)
	}
}
