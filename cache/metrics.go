package cache

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts reads. A nil *Metrics counts nothing.
type Metrics struct{ reads *prometheus.CounterVec }

// NewMetrics registers foreday_cache_reads_total.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{reads: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_cache_reads_total",
		Help: "Summaries read, by where the answer came from.",
	}, []string{"result"})}
	for _, s := range []Status{Hit, Stale, Miss, Bypass} {
		m.reads.WithLabelValues(string(s))
	}
	reg.MustRegister(m.reads)
	return m
}

func (m *Metrics) read(s Status) {
	if m != nil {
		m.reads.WithLabelValues(string(s)).Inc()
	}
}
