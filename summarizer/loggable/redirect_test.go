package loggable_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"foreday/summarizer/loggable"
)

type withoutBadRedirects struct{ base http.RoundTripper }

func (w withoutBadRedirects) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := w.base.RoundTrip(req)
	loggable.Redirect(res)
	return res, err
}

// net/http repeats an address that it cannot read in its error.
func TestARedirectThatCannotBeReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	for location, status := range map[string]int{"::CANARY%zz": 302, "/elsewhere": 200, "": 200} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/" && location != "" {
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusFound)
			}
		}))
		t.Cleanup(s.Close)
		client := http.Client{Transport: withoutBadRedirects{http.DefaultTransport}}
		res, err := client.Get(s.URL)
		if err != nil {
			if strings.Contains(err.Error(), "CANARY") {
				t.Errorf("the error repeats the address: %v", err)
			}
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("%q: status %d, want %d", location, res.StatusCode, status)
		}
	}
}
