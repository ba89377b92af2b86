package wiring

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/events"
	"foreday/worker"
)

const (
	// deploymentPatience is how long Redis may take to say how the deployment does.
	deploymentPatience = 2 * time.Second
	// deploymentKept is how long that is told again instead of asking anew.
	deploymentKept = time.Second
)

// deployment collects what all processes share: it looks at Redis when it is asked, and
// leaves out what it cannot read. It implements prometheus.Collector.
type deployment struct {
	client redis.UniversalClient
	store  *freshness.Store
	stream StreamSettings

	queue *worker.Queue

	up, lag, dead, promised, oldest, waiting, workers, wanted, ratio *prometheus.Desc

	mu   sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

func newDeployment(client redis.UniversalClient, store *freshness.Store, stream StreamSettings) *deployment {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &deployment{
		client: client, store: store, stream: stream, queue: worker.NewQueue(client, worker.DefaultQueue),
		up:       desc("foreday_redis_up", "Whether Redis answers: 1 or 0. Without it, what is kept there for all is left out."),
		lag:      desc("foreday_stream_lag", "Messages on the stream that the group has not acknowledged."),
		dead:     desc("foreday_dead_letters", "Messages put aside because they made no sense or could not be applied."),
		promised: desc("foreday_promised_refreshes", "Tracked refreshes that are not yet seen done."),
		oldest:   desc("foreday_promised_oldest_seconds", "How long ago the oldest of those was asked for; 0 without any."),
		waiting:  desc("foreday_jobs_waiting", "Jobs that a worker could take now."),
		wanted: desc("foreday_workers_wanted", "How many workers there should be, for an autoscaler: more while jobs wait, or promised "+
			"refreshes are late, and no more than there are while a limit binds."),
		workers: desc("foreday_workers_alive", "Processes that consume messages and refresh summaries."),
		ratio: desc("foreday_consistent_ratio", "Share of the fresh copies that witnesses compared with their calendars, today and "+
			"yesterday, that were right or taken away so long after they first differed; 1 if none was compared.", "after"),
	}
}

// Describe implements prometheus.Collector.
func (d *deployment) Describe(descs chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{d.up, d.lag, d.dead, d.promised, d.oldest, d.waiting, d.workers, d.wanted, d.ratio} {
		descs <- desc
	}
}

// Collect implements prometheus.Collector.
func (d *deployment) Collect(all chan<- prometheus.Metric) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.at) > deploymentKept {
		d.last = d.look()
		d.at = time.Now()
	}
	for _, m := range d.last {
		all <- m
	}
}

func (d *deployment) look() (found []prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), deploymentPatience)
	defer cancel()
	gauge := func(desc *prometheus.Desc, value float64, err error, labels ...string) {
		if err == nil {
			found = append(found, prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...))
		}
	}
	ledger := d.store.Ledger()
	promised, err := ledger.Len(ctx)
	if err != nil {
		gauge(d.up, 0, nil)
		return found
	}
	gauge(d.up, 1, nil)
	gauge(d.promised, float64(promised), nil)
	oldest, oldestErr := ledger.OldestAge(ctx)
	gauge(d.oldest, oldest.Seconds(), oldestErr)
	backlog, err := events.ReadBacklog(ctx, d.client, d.stream.Stream, d.stream.Group, events.DefaultDeadStream)
	gauge(d.lag, float64(backlog.Waiting), err)
	gauge(d.dead, float64(backlog.Dead), err)
	workers, workersErr := heartbeat.Workers(ctx, d.client)
	gauge(d.workers, float64(workers), workersErr)
	waiting, err := d.queue.Waiting(ctx)
	gauge(d.waiting, float64(waiting), err)
	binds, limitErr := limitBinds(ctx, d.client)
	gauge(d.wanted, float64(workersWanted(workers, waiting, oldest, binds)), cmp.Or(oldestErr, workersErr, err, limitErr))
	witnessed, err := d.store.Witnessed(ctx)
	for _, after := range worker.WitnessAfter() {
		gauge(d.ratio, witnessed[after].Ratio(), err, after)
	}
	return found
}
