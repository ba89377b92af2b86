package quota

import (
	"net/http"
	"time"

	"github.com/sony/gobreaker/v2"

	"foreday/summarizer/breaker"
)

// api is what the gate has to know of a kind of service.
type api struct {
	name string
	// repeatable reports whether a request may be sent twice.
	repeatable func(*http.Request) bool
	// estimate returns the tokens a request may take; nil if the service counts none.
	estimate func(body []byte) int
	read     func(resp *http.Response, body []byte, now time.Time) answer
}

var (
	calendarAPI   = api{name: Google, repeatable: repeatableCalendar, read: readGoogle}
	completionAPI = api{name: OpenAI, repeatable: repeatableCompletion, estimate: estimateTokens, read: readOpenAI}
)

// service is one upstream service as this process sees it.
type service struct {
	api
	batcher *batcher
	breaker *breaker.Breaker
	maxWait time.Duration
	metrics *Metrics
	now     func() time.Time
}

func newService(c Config, a api, process string, b bounds) *service {
	circuit := breaker.New(breaker.Config{Name: a.name, Changed: func(name string, from, to gobreaker.State) {
		c.Log.Warn().Str("api", name).Stringer("from", from).Stringer("to", to).Msg("circuit breaker")
	}})
	return &service{
		api: a, batcher: newBatcher(c, a.name, process, b), breaker: circuit,
		maxWait: c.MaxWait, metrics: c.Metrics, now: c.Now,
	}
}
