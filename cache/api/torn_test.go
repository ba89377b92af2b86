package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// No handler does this; it is the one promise that needs one that does.
func TestAnAnswerThatBrokeOffDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	a := &api{cfg: Config{}.withDefaults(), mux: http.NewServeMux(), paths: map[string][]string{}}
	a.route("GET", "/", func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "half")
		panic("broke off")
	})
	s := httptest.NewServer(a.mux)
	defer s.Close()
	res, err := s.Client().Get(s.URL)
	if err == nil {
		defer res.Body.Close()
		_, err = io.ReadAll(res.Body)
	}
	if err == nil {
		t.Error("the answer looked whole")
	}
}
