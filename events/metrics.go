package events

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics counts what consumers do. Consumers in one process may share one.
type Metrics struct {
	outcomes  *prometheus.CounterVec
	unapplied prometheus.Counter
	waiting   prometheus.Gauge
}

// NewMetrics returns Metrics registered with reg, nil for nowhere. It panics if reg has
// them already, as it is a mistake in the program.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	with := promauto.With(reg)
	m := &Metrics{
		outcomes: with.NewCounterVec(prometheus.CounterOpts{
			Name: "foreday_events_total",
			Help: "Messages acknowledged, by outcome: applied, or dead if they made no sense or could not be applied.",
		}, []string{"outcome"}),
		unapplied: with.NewCounter(prometheus.CounterOpts{
			Name: "foreday_events_unapplied_total",
			Help: "Messages that made sense and went to the dead letters because they could not be applied. Alert on any.",
		}),
		waiting: with.NewGauge(prometheus.GaugeOpts{
			Name: "foreday_events_waiting", Help: "Messages of single users that are retried apart from the rest.",
		}),
	}
	m.applied(0)
	m.dead(0)
	return m
}

func (m *Metrics) applied(n int) { m.outcomes.WithLabelValues("applied").Add(float64(n)) }

func (m *Metrics) dead(n int) { m.outcomes.WithLabelValues("dead").Add(float64(n)) }
