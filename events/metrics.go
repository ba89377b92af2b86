package events

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what consumers do. A nil *Metrics counts nothing. Consumers in
// one process may share one.
type Metrics struct {
	applied, dead prometheus.Counter
	lag           prometheus.Gauge
	deadLetters   prometheus.Gauge
	unapplied     prometheus.Counter
	waiting       prometheus.Gauge
}

// NewMetrics returns Metrics registered with reg. It panics if reg has them
// already, as it is a mistake in the program.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	outcomes := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_events_total",
		Help: "Messages acknowledged, by outcome: applied, or dead if they made no sense or could not be applied.",
	}, []string{"outcome"})
	m := &Metrics{
		applied: outcomes.WithLabelValues("applied"),
		dead:    outcomes.WithLabelValues("dead"),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "foreday_stream_lag",
			Help: "Messages on the stream that the group has not acknowledged.",
		}),
		deadLetters: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "foreday_dead_letters",
			Help: "Messages put aside because they made no sense or could not be applied.",
		}),
		unapplied: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foreday_events_unapplied_total",
			Help: "Messages that made sense and went to the dead letters because they could not be applied. Alert on any.",
		}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "foreday_events_waiting",
			Help: "Messages of single users that are retried apart from the rest.",
		}),
	}
	reg.MustRegister(outcomes, m.lag, m.deadLetters, m.unapplied, m.waiting)
	return m
}

func (m *Metrics) addApplied(n int) {
	if m != nil {
		m.applied.Add(float64(n))
	}
}

func (m *Metrics) addDead(n int) {
	if m != nil {
		m.dead.Add(float64(n))
	}
}

func (m *Metrics) addUnapplied(n int) {
	if m != nil {
		m.dead.Add(float64(n))
		m.unapplied.Add(float64(n))
	}
}

func (m *Metrics) setWaiting(n int) {
	if m != nil {
		m.waiting.Set(float64(n))
	}
}

func (m *Metrics) setLag(n int64) {
	if m != nil {
		m.lag.Set(float64(n))
	}
}

func (m *Metrics) setDeadLetters(n int64) {
	if m != nil {
		m.deadLetters.Set(float64(n))
	}
}
