package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/worker/processtest"
)

// The workload of bench hostile: two worker processes with API, the limits as they
// are by default, and a few users who do all that users can do to each other, one
// attack after the other, for hostileFor each. Meanwhile
//
//   - innocents edit an event of theirs again and again, and wait for the fresh
//     copy that was fetched after the edit's message;
//   - a reader reads summaries that nothing changes, hostileHits times a second, by
//     both APIs and from a process of its own: each must be a hit;
//   - now and then a user is read for the first time.
//
// It begins without an attack ("calm"), for comparison. Figures without the name
// of an attack are those of the worst one.
const (
	hostileFor       = 15 * time.Second
	hostileWorkers   = 2
	hostileInnocents = 10
	hostilePause     = 400 * time.Millisecond // between an innocent's edits, at most
	hostileHits      = 50
	hostileColdEvery = 200 * time.Millisecond
	// hostilePatience is how long anybody waits; who got no answer counts with it.
	hostilePatience = 30 * time.Second
	// hostileDrain is how long what an attack left behind may take.
	hostileDrain = 2 * time.Minute
)

// hostile is a deployment with attackers and innocents.
type hostile struct {
	*deployment
	reader *http.Client
	cold   int // users read for the first time so far
	edits  [hostileInnocents]int
	events [hostileInnocents]string
}

// attack is what somebody does to the others.
type attack struct {
	name string
	// prepare makes ready what need not count; nil if nothing does.
	prepare func(*hostile) error
	// run attacks until ctx ends.
	run func(*hostile, context.Context) error
}

func benchHostile(b *bench) error {
	h, err := newHostile(b)
	if err != nil {
		return err
	}
	defer h.close()
	length := hostileFor
	if b.For > 0 {
		length = b.For
	}
	for _, a := range attacks {
		if a.name != "calm" && !b.wants(a.name) {
			continue
		}
		if err := h.suffer(a, length); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return h.fleet.stop()
}

func newHostile(b *bench) (*hostile, error) {
	d, err := newDeployment(b, limits{}, 2)
	if err != nil {
		return nil, err
	}
	d.fleet.env = append(d.fleet.env, "FOREDAY_GOOGLE_RPM=10000", "FOREDAY_GOOGLE_USER_RPM=600")
	h := &hostile{deployment: d, reader: &http.Client{
		Timeout:   hostilePatience,
		Transport: &http.Transport{MaxIdleConnsPerHost: 4096},
	}}
	if err := h.fill(); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// fill gives the innocents their calendars and their first summaries, and the
// reader's users theirs.
func (h *hostile) fill() error {
	for n := range hostileInnocents {
		for _, user := range []string{innocent(n), still(n)} {
			h.stand.Google.AddUser(user, time.UTC)
			if err := h.stand.Google.Import(user, "primary", sample.Year(uint64(n), h.first, time.UTC)); err != nil {
				return err
			}
		}
		event, err := h.stand.Google.Insert(innocent(n), "primary", edited(h.today(), 0))
		if err != nil {
			return err
		}
		h.events[n] = event.Id
	}
	if err := h.fleet.start(hostileWorkers); err != nil {
		return err
	}
	for n := range hostileInnocents {
		for _, user := range []string{innocent(n), still(n)} {
			if _, err := h.read(h.bench.ctx, 0, user); err != nil {
				return err
			}
		}
	}
	return nil
}

// today is the day that everybody reads.
func (h *hostile) today() summarizer.Day { return summarizer.Day{Date: h.first, Zone: time.UTC} }

func innocent(n int) string { return fmt.Sprintf("innocent%d", n) }

// still is a user whose calendar nobody changes.
func still(n int) string { return fmt.Sprintf("still%d", n) }

// watch is what the innocents saw during one attack.
type watch struct {
	mu      sync.Mutex
	fresh   []time.Duration // message to fresh summary
	hits    []time.Duration
	cold    []time.Duration // first reads
	notHits int             // reads of still users that were answered otherwise
}

func (w *watch) note(to *[]time.Duration, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*to = append(*to, took)
}

// suffer runs an attack, watches the innocents meanwhile, and reports.
func (h *hostile) suffer(a attack, length time.Duration) error {
	if a.prepare != nil {
		if err := a.prepare(h); err != nil {
			return err
		}
	}
	if err := h.forgetSlow(); err != nil {
		return err
	}
	ctx, end := context.WithTimeout(h.bench.ctx, length)
	defer end()
	w := &watch{}
	var watchers sync.WaitGroup
	for n := range hostileInnocents {
		watchers.Go(func() { h.edit(ctx, n, w) })
	}
	watchers.Go(func() { h.readCold(ctx, w) })
	read, attacked := make(chan error, 1), make(chan error, 1)
	go func() { read <- h.hit(ctx, w) }()
	go func() { attacked <- a.run(h, ctx) }()
	began := time.Now()
	if err := h.bench.pause(a.name, began, began.Add(length)); err != nil {
		return err
	}
	watchers.Wait()
	if err := <-read; err != nil {
		return err
	}
	if err := <-attacked; err != nil && ctx.Err() == nil {
		return err
	}
	if err := h.report(a.name, w); err != nil {
		return err
	}
	return h.drain(a.name)
}

// drain waits until what an attack left in the queues is done, so that it does not
// count as the next one's.
func (h *hostile) drain(name string) error {
	for began := time.Now(); time.Since(began) < hostileDrain; time.Sleep(100 * time.Millisecond) {
		left := int64(0)
		for _, queue := range []string{"read", "refresh"} {
			for _, list := range []string{"pending", "active"} {
				n, err := h.client.LLen(h.bench.ctx, "asynq:{foreday:"+queue+"}:"+list).Result()
				if err != nil {
					return err
				}
				left += n
			}
		}
		if left == 0 {
			h.bench.metrics[name+"_drained_s"] = time.Since(began).Seconds()
			return nil
		}
	}
	return fmt.Errorf("jobs are left after %v", hostileDrain)
}

// report writes down what was seen, and the worst of all attacks.
func (h *hostile) report(name string, w *watch) error {
	blocked, err := h.slowest()
	if err != nil {
		return err
	}
	rss, err := h.fleet.peakMemory()
	if err != nil {
		return err
	}
	figures := map[string]float64{
		"innocent_p99_ms":  milliseconds(processtest.Percentile(w.fresh, .99)),
		"hit_p99_ms":       milliseconds(processtest.Percentile(w.hits, .99)),
		"cold_p99_ms":      milliseconds(processtest.Percentile(w.cold, .99)),
		"not_hits":         float64(w.notHits),
		"redis_blocked_ms": milliseconds(blocked),
		"rss_mb":           rss,
	}
	for figure, v := range figures {
		h.bench.metrics[name+"_"+figure] = v
		if name != "calm" {
			h.bench.metrics[figure] = max(h.bench.metrics[figure], v)
		}
	}
	h.bench.metrics[name+"_innocent_p50_ms"] = milliseconds(processtest.Percentile(w.fresh, .5))
	h.bench.metrics[name+"_hit_p50_ms"] = milliseconds(processtest.Percentile(w.hits, .5))
	return nil
}

// edit edits the n-th innocent's event again and again.
func (h *hostile) edit(ctx context.Context, n int, w *watch) {
	for ctx.Err() == nil {
		time.Sleep(rand.N(hostilePause))
		before, after := edited(h.today(), h.edits[n]), edited(h.today(), h.edits[n]+1)
		h.edits[n]++
		if err := h.stand.Google.Update(innocent(n), "primary", h.events[n], after); err != nil {
			return
		}
		published := time.Now()
		_, err := h.publisher().Publish(h.bench.ctx, events.Message{
			Type: events.EventUpdated, User: innocent(n), Event: h.events[n], Span: span(after), Was: span(before),
		})
		if err != nil {
			continue
		}
		w.note(&w.fresh, h.awaitFresh(innocent(n), published))
	}
}

// awaitFresh returns how long it took until a fresh copy was there that was
// fetched after the time.
func (h *hostile) awaitFresh(user string, published time.Time) time.Duration {
	key := "foreday:{" + user + "}:summary:" + h.first.String()
	for time.Since(published) < hostilePatience && h.bench.ctx.Err() == nil {
		text, err := h.client.Get(h.bench.ctx, key).Result()
		if err == nil && fetchedAt(text).After(published) {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(published)
}

// hit reads what nobody changes.
func (h *hostile) hit(ctx context.Context, w *watch) error {
	var urls []string
	for n := range hostileInnocents {
		urls = append(urls, h.address(n%hostileWorkers, still(n)))
	}
	seen, err := readInProcess(ctx, hostileHits, urls)
	w.hits, w.notHits = seen.Took, seen.NotHits
	return err
}

// readCold reads users for the first time.
func (h *hostile) readCold(ctx context.Context, w *watch) {
	var reads sync.WaitGroup
	defer reads.Wait()
	for ctx.Err() == nil {
		user, worker := fmt.Sprintf("cold%d", h.cold), h.cold%hostileWorkers
		h.cold++
		h.stand.Google.AddUser(user, time.UTC)
		reads.Go(func() {
			if took, err := h.read(h.bench.ctx, worker, user); err == nil {
				w.note(&w.cold, took)
			} else {
				w.note(&w.cold, hostilePatience)
			}
		})
		time.Sleep(hostileColdEvery)
	}
}

// read reads today's summary by a worker's API, and returns how long that took.
func (h *hostile) read(ctx context.Context, worker int, user string) (time.Duration, error) {
	took, _, _, err := readSummary(ctx, h.reader, h.address(worker, user))
	return took, err
}

// address is where a worker's API has the user's summary of today.
func (h *hostile) address(worker int, user string) string {
	return h.fleet.workers[worker].url + "/v1/users/" + user + "/summaries/" + h.first.String()
}

// forgetSlow has Redis write down slow commands from now on.
func (h *hostile) forgetSlow() error {
	_, err := h.client.Pipelined(h.bench.ctx, func(p redis.Pipeliner) error {
		p.ConfigSet(h.bench.ctx, "slowlog-log-slower-than", "2000")
		p.ConfigSet(h.bench.ctx, "slowlog-max-len", "10000")
		p.SlowLogReset(h.bench.ctx)
		return nil
	})
	return err
}

// slowest returns how long the slowest command since then held Redis up.
func (h *hostile) slowest() (time.Duration, error) {
	slow, err := h.client.SlowLogGet(h.bench.ctx, 10_000).Result()
	if err != nil {
		return 0, err
	}
	var worst time.Duration
	for _, s := range slow {
		worst = max(worst, s.Duration)
	}
	return worst, nil
}

// fault lets something go wrong at the stand-in for Google until ctx ends.
func (h *hostile) fault(ctx context.Context, f googletest.Fault) {
	context.AfterFunc(ctx, h.stand.Google.Inject(f))
}
