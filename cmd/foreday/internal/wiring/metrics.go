package wiring

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"foreday/cache"
	"foreday/events"
	"foreday/summarizer/openai"
	"foreday/worker"
	"foreday/worker/quota"
	"foreday/worker/replicas"
)

// metrics are those that a process counts by itself. All are there on every process, so
// that what looks at them need not know which part runs where.
type metrics struct {
	registry *prometheus.Registry
	cache    *cache.Metrics
	events   *events.Metrics
	quota    *quota.Metrics
	refused  *prometheus.CounterVec
	witness  *worker.WitnessMetrics
	worker   *worker.Metrics
	replicas *replicas.Metrics
}

func newMetrics() metrics {
	reg := prometheus.NewRegistry()
	b := ReadBuild()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "foreday_build_info", Help: "Always 1; the labels say what this program was built from.",
			ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "goversion": b.Go},
		}, func() float64 { return 1 }))
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_llm_answers_refused_total", Help: "Answers of the model that were not accepted, by reason.",
	}, []string{"reason"})
	for _, reason := range openai.Reasons() {
		refused.WithLabelValues(string(reason))
	}
	reg.MustRegister(refused)
	return metrics{
		registry: reg, refused: refused, cache: cache.NewMetrics(reg), events: events.NewMetrics(reg), quota: quota.NewMetrics(reg),
		witness: worker.NewWitnessMetrics(reg), worker: worker.NewMetrics(reg), replicas: replicas.NewMetrics(reg),
	}
}

// with adds what all processes share.
func (m metrics) with(d *deployment) prometheus.Gatherer {
	shared := prometheus.NewRegistry()
	shared.MustRegister(d)
	return prometheus.Gatherers{m.registry, shared}
}
