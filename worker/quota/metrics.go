package quota

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics counts upstream calls.
type Metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	wait     *prometheus.HistogramVec
	tokens   *prometheus.CounterVec
	trips    *prometheus.CounterVec
	spurious *prometheus.CounterVec
	used     *prometheus.GaugeVec
	limit    *prometheus.GaugeVec
	breaker  *prometheus.GaugeVec
}

// NewMetrics registers the metrics of upstream calls with reg:
//
//	foreday_upstream_requests_total{api,outcome}
//	foreday_upstream_seconds{api}
//	foreday_quota_wait_seconds{api}
//	foreday_llm_tokens_total{kind=prompt|completion}
//	foreday_quota_trips_total{api}
//	foreday_quota_vain_wakeups_total{api}: spurious wakeups
//	foreday_quota_used_ratio{api,limit=requests|tokens}: by all processes together
//	foreday_quota_limit{api,limit=requests|tokens}: a minute; 0 is none
//	foreday_breaker_state{api}: 0 closed, 1 half open, 2 open
//
// It panics if reg holds them already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	register := promauto.With(reg)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return register.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, from float64, buckets int) *prometheus.HistogramVec {
		return register.NewHistogramVec(prometheus.HistogramOpts{
			Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(from, 2, buckets),
		}, []string{"api"})
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return register.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		used:     gauge("foreday_quota_used_ratio", "Share of a limit a minute that all processes together have used.", "api", "limit"),
		limit:    gauge("foreday_quota_limit", "The limit a minute that this process goes by, 0 for none.", "api", "limit"),
		breaker:  gauge("foreday_breaker_state", "Whether calls are sent to a service: 0 closed, 1 half open, 2 open.", "api"),
		requests: counter("foreday_upstream_requests_total", "Requests to upstream services, by what became of them.", "api", "outcome"),
		seconds:  histogram("foreday_upstream_seconds", "Time from sending a request upstream to its answer.", 0.01, 13),
		wait:     histogram("foreday_quota_wait_seconds", "Time a request waited for its turn before it was sent or deferred.", 0.001, 15),
		tokens:   counter("foreday_llm_tokens_total", "Tokens the model said it used.", "kind"),
		trips:    counter("foreday_quota_trips_total", "Round trips to the shared ledger of quotas.", "api"),
		spurious: counter("foreday_quota_vain_wakeups_total", "Times that work came back when it was told to and was deferred again.", "api"),
	}
	for _, api := range []string{Google, OpenAI} {
		m.begin(api)
	}
	return m
}

// begin has all metrics of an API be there before anything was called.
func (m *Metrics) begin(api string) {
	for _, o := range outcomes {
		m.requests.WithLabelValues(api, string(o))
	}
	m.seconds.WithLabelValues(api)
	m.wait.WithLabelValues(api)
	m.trips.WithLabelValues(api)
	m.spurious.WithLabelValues(api)
	m.breaker.WithLabelValues(api)
	for _, limit := range []string{"requests", "tokens"} {
		m.used.WithLabelValues(api, limit)
		m.limit.WithLabelValues(api, limit)
	}
	for _, kind := range []string{"prompt", "completion"} {
		m.tokens.WithLabelValues(kind)
	}
}

// limits notes the limits that are gone by.
func (m *Metrics) limits(api string, b bounds) {
	m.limit.WithLabelValues(api, "requests").Set(float64(b.Requests))
	m.limit.WithLabelValues(api, "tokens").Set(float64(b.Tokens))
}

// uses notes how much of the limits is in use.
func (m *Metrics) uses(api string, s *snapshot, limits bounds) {
	m.limits(api, limits)
	share := func(limit string, used []int, of int) {
		if of > 0 {
			all := 0
			for _, n := range used {
				all += n
			}
			m.used.WithLabelValues(api, limit).Set(float64(all) / float64(of))
		}
	}
	share("requests", s.Calls, limits.Requests)
	share("tokens", s.Tokens, limits.Tokens)
}

// answered counts a request that was sent, and how long its answer took.
func (m *Metrics) answered(api string, a answer, took time.Duration) {
	m.requests.WithLabelValues(api, string(a.outcome)).Inc()
	m.seconds.WithLabelValues(api).Observe(took.Seconds())
	m.tokens.WithLabelValues("prompt").Add(float64(a.prompt))
	m.tokens.WithLabelValues("completion").Add(float64(a.completion))
}
