package cache

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts reads. A nil *Metrics counts nothing.
type Metrics struct{ reads map[Status]prometheus.Counter }

// NewMetrics registers foreday_cache_reads_total.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	reads := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_cache_reads_total",
		Help: "Summaries read, by where the answer came from.",
	}, []string{"result"})
	m := &Metrics{reads: map[Status]prometheus.Counter{}}
	for _, s := range []Status{Hit, Stale, Miss, Bypass} {
		m.reads[s] = reads.WithLabelValues(string(s))
	}
	reg.MustRegister(reads)
	return m
}

func (m *Metrics) read(s Status) {
	if m != nil {
		m.reads[s].Inc()
	}
}
