package overview

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/events"
	"foreday/worker"
	"foreday/worker/quota"
)

// Deployment is how all processes together do. Rates are of the last minute.
type Deployment struct {
	Processes map[string]int `json:"processes"` // by the command that they run

	ReadsPerSecond  map[string]float64 `json:"reads_per_second"` // by result
	HitRatio        float64            `json:"hit_ratio"`        // of those reads; 0 without any
	FreshnessP50    float64            `json:"freshness_p50_s"`  // of summaries that answered messages
	FreshnessP99    float64            `json:"freshness_p99_s"`
	RefreshesPerMin map[string]float64 `json:"refreshes_per_minute"`         // by outcome, those that came to any
	UpstreamPerMin  map[string]float64 `json:"upstream_requests_per_minute"` // by API
	LimitsUsed      map[string]float64 `json:"limits_used"`                  // share of each limit a minute
	Breakers        map[string]string  `json:"breakers"`                     // the worst of all processes
	CallsWaiting    map[string]int     `json:"calls_waiting"`                // for their turn under the limits, by API
	JobsWaiting     int64              `json:"jobs_waiting"`
	Paused          []string           `json:"paused"` // queues from which no worker takes anything
	Tracked         int64              `json:"tracked_refreshes"`
	OldestTracked   float64            `json:"oldest_tracked_s"` // 0 without any
	StreamLag       int64              `json:"stream_lag"`
	StreamPending   int64              `json:"stream_pending"`
	DeadLetters     int64              `json:"dead_letters"`
	Problems        []Problem          `json:"problems"` // the worst first
}

// Look looks at a deployment whose messages come by a stream to a group.
func Look(ctx context.Context, client redis.UniversalClient, stream, group string) (s Deployment, err error) {
	beats, err := heartbeat.Read(ctx, client)
	if err != nil {
		return s, err
	}
	s.Processes = map[string]int{}
	for _, b := range beats {
		s.Processes[b.Part]++
	}
	s.ReadsPerSecond = map[string]float64{}
	reads := 0.0
	for _, result := range []string{"hit", "stale", "miss", "bypass"} {
		s.ReadsPerSecond[result] = beats.PerSecond("foreday_cache_reads_total", labelled("result", result))
		reads += s.ReadsPerSecond[result]
	}
	if reads > 0 {
		s.HitRatio = s.ReadsPerSecond["hit"] / reads
	}
	s.FreshnessP50 = finite(beats.Quantile("foreday_freshness_seconds", .5, worker.FreshnessBuckets))
	s.FreshnessP99 = finite(beats.Quantile("foreday_freshness_seconds", .99, worker.FreshnessBuckets))
	s.RefreshesPerMin, s.UpstreamPerMin = map[string]float64{}, map[string]float64{}
	for _, outcome := range worker.Outcomes() {
		if rate := beats.PerSecond("foreday_refreshes_total", labelled("outcome", outcome)); rate > 0 {
			s.RefreshesPerMin[outcome] = 60 * rate
		}
	}
	s.LimitsUsed, s.Breakers = map[string]float64{}, map[string]string{}
	for _, api := range []string{"google", "openai"} {
		s.UpstreamPerMin[api] = 60 * beats.PerSecond("foreday_upstream_requests_total", labelled("api", api))
		s.Breakers[api] = beats.Breaker(api)
		for _, limit := range []string{"requests", "tokens"} {
			if used := beats.Highest("foreday_quota_used_ratio", labelled("api", api), labelled("limit", limit)); used > 0 {
				s.LimitsUsed[api+" "+limit] = used
			}
		}
	}
	if err := s.lookAtRedis(ctx, client, stream, group); err != nil {
		return s, err
	}
	s.Problems = s.problems()
	return s, nil
}

// lookAtRedis fills in what is not told by processes, but kept for all.
func (s *Deployment) lookAtRedis(ctx context.Context, client redis.UniversalClient, stream, group string) (err error) {
	queues, err := worker.NewQueue(client, worker.DefaultQueue).States(ctx)
	if err != nil {
		return err
	}
	s.Paused = []string{}
	for _, queue := range queues {
		s.JobsWaiting += queue.Waiting
		if queue.Paused {
			s.Paused = append(s.Paused, queue.Name)
		}
	}
	s.CallsWaiting = map[string]int{}
	for _, api := range []string{quota.Google, quota.OpenAI} {
		use, err := quota.LookAtUse(ctx, client, api, "", nil, time.Now())
		if err != nil {
			return err
		}
		s.CallsWaiting[api] = use.Waiting
	}
	ledger := freshness.NewStore(client, freshness.Config{}).Ledger()
	if s.Tracked, err = ledger.Len(ctx); err != nil {
		return err
	}
	oldest, err := ledger.OldestAge(ctx)
	if err != nil {
		return err
	}
	s.OldestTracked = oldest.Seconds()
	backlog, err := events.ReadBacklog(ctx, client, stream, group, events.DefaultDeadStream)
	if err != nil {
		return err
	}
	s.StreamLag, s.StreamPending, s.DeadLetters = backlog.Waiting-backlog.Pending, backlog.Pending, backlog.Dead
	return nil
}

func labelled(label, value string) string { return fmt.Sprintf("%s=%q", label, value) }

// finite is for JSON, which has no word for the infinite: the longest that is told apart.
func finite(seconds float64) float64 {
	if math.IsInf(seconds, 1) {
		return slices.Max(worker.FreshnessBuckets)
	}
	return seconds
}
