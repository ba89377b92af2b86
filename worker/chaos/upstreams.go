package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
)

// upstreams are the calendar and the model, as servers that are none too reliable.
type upstreams struct {
	calendar *googletest.Server
	model    *openaitest.Server
	url      string
	server   *http.Server
}

func startUpstreams(seed uint64) (*upstreams, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the stand-ins: %w", err)
	}
	u := &upstreams{
		calendar: googletest.New(googletest.Config{Seed: seed}),
		model:    openaitest.New(openaitest.Config{Seed: seed, Delay: 100 * time.Millisecond}),
		url:      "http://" + listener.Addr().String(),
	}
	u.calendar.Inject(googletest.Fault{Match: isCalendar, Delay: 30 * time.Millisecond})
	u.failOneInFive()
	mux := http.NewServeMux()
	mux.Handle("/", u.calendar)
	mux.Handle("/v1/", u.model)
	u.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go u.server.Serve(listener) // ends with stop
	return u, nil
}

func (u *upstreams) stop() { u.server.Close() }

func isCalendar(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/calendar/") }

// failOneInFive spreads the failures evenly over their kinds. Of several that
// would befall a call the first does: so each later one is given a little more.
func (u *upstreams) failOneInFive() {
	calendar := []googletest.Fault{
		{Status: http.StatusServiceUnavailable},
		{Status: http.StatusForbidden, Reason: "userRateLimitExceeded", RetryAfter: time.Second},
		{Cut: true},
		{Delay: time.Second},
	}
	for i, f := range calendar {
		f.Match, f.Fraction = isCalendar, share(i, len(calendar))
		u.calendar.Inject(f)
	}
	model := []openaitest.Fault{
		{Kind: openaitest.ServerError},
		{Kind: openaitest.Overloaded},
		{Kind: openaitest.CutBody},
		{Kind: openaitest.Malformed},
		{Kind: openaitest.AddedText},
		{Kind: openaitest.Slow, Delay: time.Second},
	}
	for i, f := range model {
		f.Fraction = share(i, len(model))
		u.model.Inject(f)
	}
}

// share is the chance of the i-th of n failures, given that none before it
// struck, that makes each strike in an n-th of one call in five.
func share(i, n int) float64 {
	each := 0.2 / float64(n)
	return each / (1 - float64(i)*each)
}

// invented is part of what the model adds when it writes what it was not asked for.
const invented = "calendar.example"

// calls returns how many calls each service got, and how many went wrong.
func (u *upstreams) calls() map[string][2]int {
	google, model := u.calendar.Requests(), u.model.Counts()
	return map[string][2]int{
		"calendar": {google.Total, google.Total - google.ByStatus[http.StatusOK]},
		"model":    {model.Requests, model.Faulted},
	}
}
