package quota

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts upstream calls.
type Metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	wait     *prometheus.HistogramVec
	tokens   *prometheus.CounterVec
	trips    *prometheus.CounterVec
	spurious *prometheus.CounterVec
}

// NewMetrics registers the metrics of upstream calls with reg:
//
//	foreday_upstream_requests_total{api,outcome}
//	foreday_upstream_seconds{api}
//	foreday_quota_wait_seconds{api}
//	foreday_llm_tokens_total{kind=prompt|completion}
//	foreday_quota_trips_total{api}
//	foreday_quota_vain_wakeups_total{api}
//
// It panics if reg holds them already.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_upstream_requests_total",
			Help: "Requests to upstream services, by what became of them.",
		}, []string{"api", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "foreday_upstream_seconds",
			Help:    "Time from sending a request upstream to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.01, 2, 13),
		}, []string{"api"}),
		wait: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "foreday_quota_wait_seconds",
			Help:    "Time a request waited for its turn before it was sent or put off.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 15),
		}, []string{"api"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_llm_tokens_total",
			Help: "Tokens the model said it used.",
		}, []string{"kind"}),
		trips: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_quota_trips_total",
			Help: "Round trips to the shared ledger of quotas.",
		}, []string{"api"}),
		spurious: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_quota_vain_wakeups_total",
			Help: "Times that work came back when it was told to and was put off again.",
		}, []string{"api"}),
	}
	reg.MustRegister(m.requests, m.seconds, m.wait, m.tokens, m.trips, m.spurious)
	return m
}

func (m *Metrics) answered(api string, o outcome, took time.Duration) {
	m.requests.WithLabelValues(api, string(o)).Inc()
	m.seconds.WithLabelValues(api).Observe(took.Seconds())
}

func (m *Metrics) notSent(api string, o outcome) {
	m.requests.WithLabelValues(api, string(o)).Inc()
}

func (m *Metrics) waited(api string, d time.Duration) {
	m.wait.WithLabelValues(api).Observe(d.Seconds())
}

func (m *Metrics) used(u usage) {
	m.tokens.WithLabelValues("prompt").Add(float64(u.prompt))
	m.tokens.WithLabelValues("completion").Add(float64(u.completion))
}

func (m *Metrics) tripped(api string) {
	m.trips.WithLabelValues(api).Inc()
}

func (m *Metrics) spuriousWakeup(api string) {
	m.spurious.WithLabelValues(api).Inc()
}
