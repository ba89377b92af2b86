package worker_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/worker/quota"
)

// The Source retries nothing itself: what passes is retried by the transport that
// every worker's Source has, and what does not is not.
func TestASourceTriesAgainWhatPassesAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault googletest.Fault
		asked int
		kind  google.Kind // of the error; -1 for none
	}{
		"500":                       {googletest.Fault{Status: 500}, 2, -1},
		"502":                       {googletest.Fault{Status: 502}, 2, -1},
		"503":                       {googletest.Fault{Status: 503}, 2, -1},
		"a cut answer":              {googletest.Fault{Cut: true}, 2, -1},
		"429":                       {googletest.Fault{Status: 429}, 2, -1},
		"403 rateLimitExceeded":     {googletest.Fault{Status: 403, Reason: "rateLimitExceeded"}, 2, -1},
		"403 userRateLimitExceeded": {googletest.Fault{Status: 403, Reason: "userRateLimitExceeded"}, 2, -1},
		"403 quotaExceeded":         {googletest.Fault{Status: 403, Reason: "quotaExceeded"}, 2, -1},
		"429 for an hour":           {googletest.Fault{Status: 429, RetryAfter: time.Hour}, 1, google.OverQuota},
		"400":                       {googletest.Fault{Status: 400}, 1, google.Rejected},
		"401, for another token":    {googletest.Fault{Status: 401}, 2, -1},
		"403 forbidden":             {googletest.Fault{Status: 403, Reason: "forbidden"}, 1, google.NoAccess},
		"404":                       {googletest.Fault{Status: 404}, 1, google.NoAccess},
		"410":                       {googletest.Fault{Status: 410}, 2, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := redistest.Mini(t).Client(t)
			gate, err := quota.New(quota.Config{Client: client, Limits: quota.Limits{GoogleRPM: 1000}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { gate.Close() })
			b := setup(t, client, func(s *settings) { s.googleTransport = gate.Google(http.DefaultTransport) })
			b.google.AddUser("ada", berlin)
			c.fault.Method, c.fault.Times = "events.list", 1
			b.google.Inject(c.fault)
			_, err = b.summarizer().Source.Day(t.Context(), "ada", summarizer.Day{Date: today, Zone: berlin}, summarizer.Selection{})
			var e *google.Error
			switch {
			case c.kind < 0 && err != nil, c.kind >= 0 && (!errors.As(err, &e) || e.Kind != c.kind):
				t.Errorf("it ends with %v", err)
			}
			if n := b.google.Requests().ByMethod["events.list"]; n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}
