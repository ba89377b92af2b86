package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker/processtest"
)

// The workload of bench freshness. Idle: one edit of one user's event at a time,
// users in turn, after a pause of up to idlePause (PCG, seed 1), timed from just
// before XADD until the fresh copy that holds the edit can be read. Busy:
// busyRate edits a second over busyUsers users, evenly in time and over users;
// an edit counts as answered when a fresh copy is there that was fetched after
// its XADD, which is looked at every busyLook. The yardstick is the plain design
// with asynq as it comes: each message one job, picked up when asynq looks.
const (
	idleEdits        = 300
	idlePause        = 100 * time.Millisecond
	busyUsers        = 200
	busyRate         = 1000
	busyFor          = 30 * time.Second
	busyLook         = 10 * time.Millisecond
	defaultIdleEdits = 20
)

func benchFreshness(b *bench) error {
	s, err := newSystem(b, busyUsers, openaitest.Config{})
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.start(); err != nil {
		return err
	}
	idle, err := s.idle(idleEdits, idlePause)
	if err != nil {
		return fmt.Errorf("idle: %w", err)
	}
	b.metrics["idle_p50_ms"] = milliseconds(processtest.Percentile(idle, .5))
	b.metrics["idle_p99_ms"] = milliseconds(processtest.Percentile(idle, .99))
	if err := s.busy(); err != nil {
		return fmt.Errorf("busy: %w", err)
	}
	return s.plainIdle()
}

// idle edits once at a time and waits for each.
func (s *system) idle(edits int, pause time.Duration) ([]time.Duration, error) {
	random := rand.New(rand.NewPCG(1, 1))
	var took []time.Duration
	for i := range edits {
		s.bench.progress.At("idle", float64(i)/float64(edits))
		time.Sleep(time.Duration(random.Int64N(int64(pause))))
		n := i % len(s.users)
		published, err := s.edit(n)
		if err != nil {
			return nil, err
		}
		if err := s.awaitFetchedAfter(n, published, 20*time.Second); err != nil {
			return nil, err
		}
		took = append(took, time.Since(published))
	}
	return took, nil
}

// awaitFetchedAfter waits for a fresh copy that was fetched after t.
func (s *system) awaitFetchedAfter(n int, t time.Time, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(s.bench.ctx, patience)
	defer cancel()
	for {
		fresh, _, err := s.Store.Peek(ctx, s.users[n].id, s.day.Date)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("no fresh summary of user %s within %v", s.users[n].id, patience)
		case err != nil:
			return err
		case fresh != nil && fresh.FetchedAt.After(t):
			return nil
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// waiting is what is published and not yet answered, by user, in order of time.
type waiting struct {
	mu    sync.Mutex
	since [][]time.Time
	took  []time.Duration
}

// busy edits at the busy rate and measures every edit.
func (s *system) busy() error {
	length := busyFor
	if s.bench.For > 0 {
		length = s.bench.For
	}
	w := &waiting{since: make([][]time.Time, len(s.users))}
	done := make(chan struct{})
	var looker sync.WaitGroup
	looker.Go(func() { s.look(w, done) })
	start, edits := time.Now(), 0
	for time.Since(start) < length {
		due := int(time.Since(start).Seconds() * busyRate)
		for ; edits < due; edits++ {
			n := edits % len(s.users)
			published, err := s.edit(n)
			if err != nil {
				return err
			}
			w.mu.Lock()
			w.since[n] = append(w.since[n], published)
			w.mu.Unlock()
		}
		s.bench.progress.At("busy", time.Since(start).Seconds()/length.Seconds())
		time.Sleep(time.Millisecond)
	}
	achieved := float64(edits) / time.Since(start).Seconds()
	time.Sleep(2 * time.Second)
	close(done)
	looker.Wait()
	for _, left := range w.since {
		for _, t := range left {
			w.took = append(w.took, time.Since(t))
		}
	}
	s.bench.metrics["busy_p50_ms"] = milliseconds(processtest.Percentile(w.took, .5))
	s.bench.metrics["busy_p99_ms"] = milliseconds(processtest.Percentile(w.took, .99))
	s.bench.metrics["busy_messages_per_s"] = achieved
	return nil
}

// look looks again and again at the fresh copies of those who wait.
func (s *system) look(w *waiting, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(busyLook):
		}
		var users []int
		var keys []string
		w.mu.Lock()
		for n, since := range w.since {
			if len(since) > 0 {
				users = append(users, n)
				keys = append(keys, "foreday:{"+s.users[n].id+"}:summary:"+s.day.Date.String())
			}
		}
		w.mu.Unlock()
		if len(keys) == 0 {
			continue
		}
		values, err := s.Client.MGet(s.bench.ctx, keys...).Result()
		if err != nil {
			continue
		}
		now := time.Now()
		w.mu.Lock()
		for i, n := range users {
			text, _ := values[i].(string)
			fetched := fetchedAt(text)
			for len(w.since[n]) > 0 && w.since[n][0].Before(fetched) {
				w.took = append(w.took, now.Sub(w.since[n][0]))
				w.since[n] = w.since[n][1:]
			}
		}
		w.mu.Unlock()
	}
}

// plainIdle measures the plain design: a message becomes a job, asynq as it
// comes picks it up, and the job makes the summary and stores it.
func (s *system) plainIdle() error {
	queue := "foreday:" + s.name + "-plain"
	server := asynq.NewServerFromRedisClient(s.Client, asynq.Config{Queues: map[string]int{queue: 1}, LogLevel: asynq.FatalLevel})
	made := make(chan struct{}, 1)
	err := server.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		sum, err := s.Generator().Generate(ctx, string(t.Payload()), s.day.Date, summarizer.Preferences{})
		if err != nil {
			return err
		}
		if err := s.Client.Set(ctx, "foreday:"+s.name+":plain", sum.Text, time.Hour).Err(); err != nil {
			return err
		}
		made <- struct{}{}
		return nil
	}))
	if err != nil {
		return err
	}
	defer server.Shutdown()
	stream := "foreday:" + s.name + ":plain-events"
	if err := s.Client.XGroupCreateMkStream(s.bench.ctx, stream, "plain", "0").Err(); err != nil {
		return err
	}
	jobs, random := asynq.NewClientFromRedisClient(s.Client), rand.New(rand.NewPCG(1, 2))
	var took []time.Duration
	for i := range defaultIdleEdits {
		s.bench.progress.At("asynq as it comes", float64(i)/defaultIdleEdits)
		time.Sleep(time.Duration(random.Int64N(int64(idlePause))))
		start := time.Now()
		m := events.Message{Type: events.CalendarChanged, User: s.users[i].id}
		if err := s.Client.XAdd(s.bench.ctx, &redis.XAddArgs{Stream: stream, Values: m.Values()}).Err(); err != nil {
			return err
		}
		next := &redis.XReadGroupArgs{Group: "plain", Consumer: "c", Streams: []string{stream, ">"}}
		read, err := s.Client.XReadGroup(s.bench.ctx, next).Result()
		if err != nil {
			return err
		}
		user, _ := read[0].Messages[0].Values["user"].(string)
		if _, err := jobs.EnqueueContext(s.bench.ctx, asynq.NewTask("make", []byte(user)), asynq.Queue(queue)); err != nil {
			return err
		}
		select {
		case <-made:
		case <-time.After(20 * time.Second):
			return fmt.Errorf("asynq did not pick up a job within 20s")
		}
		took = append(took, time.Since(start))
	}
	s.Client.SRem(context.WithoutCancel(s.bench.ctx), "asynq:queues", queue)
	s.bench.metrics["per_event_default_idle_p50_ms"] = milliseconds(processtest.Percentile(took, .5))
	return nil
}

// fetchedAt finds when a summary's calendar was fetched, without reading the rest
// of it; the zero time if it does not say.
func fetchedAt(summary string) time.Time {
	_, rest, _ := strings.Cut(summary, `"fetched_at":"`)
	text, _, _ := strings.Cut(rest, `"`)
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
