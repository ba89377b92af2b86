package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foreday/summarizer"
)

// outcome is how a refresh ended; foreday_refreshes_total counts by it.
type outcome string

const (
	written    outcome = "written"    // written up anew, and fresh
	unchanged  outcome = "unchanged"  // nothing had changed: the last text was renewed
	degraded   outcome = "degraded"   // planned without the model, which failed
	superseded outcome = "superseded" // messages came during the run: kept as the stale copy
	done       outcome = "done"       // it was fresh already
	busy       outcome = "busy"       // another run was under way
	idle       outcome = "idle"       // nobody wanted the day regenerated
	deferred   outcome = "deferred"   // a quota, the cooldown or a shutdown: later
	noAccess   outcome = "no_access"  // the calendar may not be read
	failed     outcome = "failed"     // to be tried again
)

// Outcomes are all by which foreday_refreshes_total counts.
func Outcomes() (all []string) {
	for _, o := range []outcome{written, unchanged, degraded, superseded, done, busy, idle, deferred, noAccess, failed} {
		all = append(all, string(o))
	}
	return all
}

// FreshnessBuckets are the bounds of foreday_freshness_seconds.
var FreshnessBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800}

// Metrics counts what workers do. A nil *Metrics counts nothing.
type Metrics struct {
	refreshes *prometheus.CounterVec
	summaries *prometheus.CounterVec
	freshness prometheus.Histogram
	takeovers prometheus.Counter
	looks     prometheus.Counter
}

// NewMetrics registers the metrics of refreshes.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		refreshes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_refreshes_total", Help: "Refresh jobs, by how they ended.",
		}, []string{"outcome"}),
		summaries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_summaries_total", Help: "Summaries committed, by who wrote them and how the refresh ended.",
		}, []string{"writer", "outcome"}),
		freshness: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "foreday_freshness_seconds",
			Help:    "From the publication of the earliest message to the fresh summary that answers it.",
			Buckets: FreshnessBuckets,
		}),
		takeovers: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foreday_takeovers_total", Help: "Refreshes that were lost on the way and put back into the queue.",
		}),
		looks: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foreday_calendar_lags_total", Help: "Times a calendar did not show yet what a message had told, and was asked again.",
		}),
	}
	for _, o := range Outcomes() {
		m.refreshes.WithLabelValues(o)
	}
	m.summaries.WithLabelValues(summarizer.PlainWriter, string(written))
	reg.MustRegister(m.refreshes, m.summaries, m.freshness, m.takeovers, m.looks)
	return m
}

func (m *Metrics) refreshed(o outcome) {
	if m != nil {
		m.refreshes.WithLabelValues(string(o)).Inc()
	}
}

func (m *Metrics) summary(s summarizer.Summary, o outcome) {
	if m != nil {
		m.summaries.WithLabelValues(s.Writer, string(o)).Inc()
	}
}

func (m *Metrics) fresh(d time.Duration) {
	if m != nil {
		m.freshness.Observe(d.Seconds())
	}
}

func (m *Metrics) tookOver() {
	if m != nil {
		m.takeovers.Inc()
	}
}

func (m *Metrics) looked() {
	if m != nil {
		m.looks.Inc()
	}
}
