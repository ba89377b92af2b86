package heartbeat

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

func TestMetricsOfAllProcessesAreAddedUp(t *testing.T) {
	t.Parallel()
	one := Beat{
		Now:     map[string]float64{`foreday_reads_total{result="hit"}`: 120, `foreday_reads_total{result="miss"}`: 3, "foreday_used": .5},
		Before:  map[string]float64{`foreday_reads_total{result="hit"}`: 60},
		Seconds: 60,
	}
	two := Beat{Now: map[string]float64{`foreday_reads_total{result="hit"}`: 10, "foreday_used": .7}, Seconds: 5}
	beats := Beats{one, two}
	for what, c := range map[string]struct{ got, want float64 }{
		"all a second":  {beats.PerSecond("foreday_reads_total"), 1 + 3./60 + 2},
		"others":        {beats.PerSecond("foreday_reads"), 0},
		"hits a second": {beats.PerSecond("foreday_reads_total", `result="hit"`), 1 + 2},
		"the highest":   {beats.Highest("foreday_used"), .7},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", what, c.got, c.want)
		}
	}
}

func TestQuantilesAreOfTheLastMinute(t *testing.T) {
	t.Parallel()
	bucket := func(le string, n float64) map[string]float64 {
		return map[string]float64{"s_count": n, `s_bucket{le="` + le + `"}`: n}
	}
	now := map[string]float64{"s_count": 200, `s_bucket{le="0.1"}`: 150, `s_bucket{le="1"}`: 198}
	b := Beats{{Now: now, Before: bucket("0.1", 100)}} // with the one before all within 0.1 s
	b[0].Before[`s_bucket{le="1"}`] = 100
	bounds := []float64{.1, 1}
	for q, want := range map[float64]float64{.5: .1, .9: 1, .99: math.Inf(1)} {
		if got := b.Quantile("s", q, bounds); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := (Beats{}).Quantile("s", .5, bounds); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

func TestAProcessIsSeenWhileItLives(t *testing.T) {
	t.Parallel()
	server := redistest.Mini(t)
	client := server.Client(t)
	registry := prometheus.NewRegistry()
	hits := prometheus.NewCounter(prometheus.CounterOpts{Name: "foreday_hits_total"})
	registry.MustRegister(hits)
	hits.Add(7)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); Run(ctx, client, "up", true, registry) }()
	var beats Beats
	for began := time.Now(); len(beats) == 0; time.Sleep(10 * time.Millisecond) {
		var err error
		if beats, err = Read(t.Context(), client); err != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("no process is seen: %v", err)
		}
	}
	if b := beats[0]; b.Part != "up" || b.Now["foreday_hits_total"] != 7 {
		t.Errorf("seen is %+v", b)
	}
	workers := func(want int) {
		t.Helper()
		if n, err := Workers(t.Context(), client); n != want || err != nil {
			t.Errorf("%d workers, error %v; want %d", n, err, want)
		}
	}
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if n, _ := Workers(t.Context(), client); n > 0 {
			break
		}
	}
	workers(1)
	now := client.Time(t.Context()).Val().Unix()
	for member, since := range map[string]int64{"killed": 60, "other": 3} {
		client.ZAdd(t.Context(), workersKey, redis.Z{Score: float64(now - since), Member: member})
	}
	workers(2)
	stop()
	<-ended
	workers(1)
	if beats, err := Read(t.Context(), client); err != nil || len(beats) > 0 {
		t.Errorf("after its end there are %d processes, %v", len(beats), err)
	}
}
