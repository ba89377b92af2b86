package quota

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"foreday/cache/redistest"

	"github.com/rs/zerolog"
)

// TestNothingThatAServiceWritesReachesALogOrAnError has services repeat the
// request in all they answer.
func TestNothingThatAServiceWritesReachesALogOrAnError(t *testing.T) {
	t.Parallel()
	const canary = "Dentist-with-ada@example.com"
	echo := func(status int, body any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", canary)
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(body)
		}
	}
	type object = map[string]any
	for name, answer := range map[string]http.HandlerFunc{
		"429 of a model": echo(429, object{"error": object{"type": canary, "code": canary, "message": canary, "param": canary}}),
		"429 of Google":  echo(429, object{"error": object{"errors": []object{{"reason": canary, "message": canary}}}}),
		"403 of Google":  echo(403, object{"error": object{"errors": []object{{"reason": canary}}, "status": canary}}),
		"no credit":      echo(429, object{"error": object{"type": canary, "code": "insufficient_quota"}}),
		"500":            echo(500, canary),
		"closed":         func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = io.WriteString(c, canary+"\r\n\r\n")
				_ = c.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newUpstream(t, func(_ int, w http.ResponseWriter, r *http.Request) { answer(w, r) })
			var log heard
			g, err := New(Config{Client: redistest.Mini(t).Client(t), Log: zerolog.New(&log).Level(zerolog.DebugLevel)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = g.Close() })
			for _, rt := range []http.RoundTripper{g.Google(newTransport(t)), g.OpenAI(newTransport(t))} {
				for range 6 {
					url := f.URL + "/calendar/v3/calendars/" + canary + "/events"
					req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(canary))
					if err != nil {
						t.Fatal(err)
					}
					res, err := rt.RoundTrip(req)
					if err == nil {
						_ = res.Body.Close()
					} else if text := err.Error(); strings.Contains(text, "Dentist") || strings.Contains(text, "ada") {
						t.Fatalf("an error repeats it: %s", text)
					}
				}
			}
			if log.count("Dentist") > 0 || log.count("ada@") > 0 {
				t.Errorf("the log repeats it: %s", log.String())
			}
		})
	}
}
