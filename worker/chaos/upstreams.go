package main

import (
	"net/http"
	"strings"
	"time"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// upstreams are the calendar and the model, as servers that are none too reliable.
type upstreams struct{ *sandbox.Server }

func startUpstreams(seed uint64) (*upstreams, error) {
	s, err := sandbox.Start(0, googletest.Config{Seed: seed}, openaitest.Config{Seed: seed, Delay: 100 * time.Millisecond})
	if err != nil {
		return nil, err
	}
	s.Google.Inject(googletest.Fault{Match: isCalendar, Delay: 30 * time.Millisecond})
	u := &upstreams{s}
	u.failOneInFive()
	return u, nil
}

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
		u.Google.Inject(f)
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
		u.Model.Inject(f)
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
	google, model := u.Google.Requests(), u.Model.Counts()
	return map[string][2]int{
		"calendar": {google.Total, google.Total - google.ByStatus[http.StatusOK]},
		"model":    {model.Requests, model.Faulted},
	}
}
