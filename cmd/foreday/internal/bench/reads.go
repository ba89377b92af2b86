package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker/processtest"
)

// The workload of bench reads: readsUsers users' summaries, read over and over. What is
// compared takes turns, readsBlock reads of one kind after the other, readsRounds times, so that
// whatever else the machine does befalls all alike.
//
//   - get is what a reader does without foreday: GET by a client of go-redis with nothing
//     added, and json.Unmarshal into the same type;
//   - hit is a Reader through Redis;
//   - first_hit is the same of a copy that the process had not read before: a Reader of
//     its own for each round;
//   - local is a Reader with LocalHits, while KeepLocal runs.
//
// Allocations are counted one kind at a time, with nothing else under way.
// reads_http.go and reads_stale.go say what is read over HTTP, and by other processes.
const (
	readsUsers  = 100
	readsBlock  = 100
	readsRounds = 100
)

func benchReads(b *bench) error {
	s, err := newSystem(b, readsUsers, openaitest.Config{})
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.start(); err != nil {
		return err
	}
	for _, p := range readsParts {
		if !b.wants(p.name) {
			continue
		}
		if err := s.warm(); err != nil {
			return err
		}
		if err := p.measure(s); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	b.metrics["not_hits"] = float64(s.noHits.Load())
	return nil
}

// readsParts are what bench reads measures one after the other.
var readsParts = []struct {
	name    string
	measure func(*system) error
}{
	{"staleness", (*system).localStaleness},
	{"hits", (*system).hits},
	{"http", (*system).overHTTP},
	{"no-cache", (*system).withoutCache},
}

// plainClient is go-redis with nothing added, as fast as it can be.
func plainClient(address string) (*redis.Client, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, err
	}
	o.Protocol = 2
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	return redis.NewClient(o), nil
}

// kindOfRead is one way to read a summary.
type kindOfRead struct {
	name string
	read func(ctx context.Context, user string) error
	took []time.Duration
}

func (s *system) hits() error {
	s.stopWorker()
	ctx, cancel := context.WithCancel(s.bench.ctx)
	defer cancel()
	plain, err := plainClient(s.bench.RedisURL)
	if err != nil {
		return err
	}
	defer plain.Close()
	local := cache.NewReader(s.Store, cache.ReaderConfig{LocalHits: true})
	go local.KeepLocal(ctx)
	kinds := []*kindOfRead{
		{name: "get", read: s.plainRead(plain)},
		{name: "hit", read: s.readHit(s.Reader)},
		{name: "first_hit"},
		{name: "local", read: s.readHit(local)},
	}
	for round := range readsRounds {
		s.bench.progress.At("hits", float64(round)/readsRounds)
		kinds[2].read = s.readHit(cache.NewReader(s.Store, cache.ReaderConfig{}))
		if err := s.readBlocks(ctx, kinds...); err != nil {
			return err
		}
	}
	p50 := map[string]float64{}
	for _, kind := range kinds {
		p50[kind.name] = float64(processtest.Percentile(kind.took, .5).Nanoseconds()) / 1000
		s.bench.metrics[kind.name+"_us"] = p50[kind.name]
	}
	s.bench.metrics["local_hit_us"] = p50["local"]
	delete(s.bench.metrics, "local_us")
	s.bench.metrics["hit_p50_ratio"] = p50["hit"] / p50["get"]
	s.bench.metrics["first_hit_p50_ratio"] = p50["first_hit"] / p50["get"]
	s.bench.metrics["local_vs_get"] = p50["get"] / p50["local"]
	for name, kind := range map[string]*kindOfRead{"get_allocs": kinds[0], "hit_allocs": kinds[1], "local_hit_allocs": kinds[3]} {
		if s.bench.metrics[name], err = allocations(ctx, kind, s.users[0].id); err != nil {
			return err
		}
	}
	return nil
}

// readBlocks reads a block of each kind.
func (s *system) readBlocks(ctx context.Context, kinds ...*kindOfRead) error {
	for _, kind := range kinds {
		for n := range readsBlock {
			began := time.Now()
			if err := kind.read(ctx, s.users[n%len(s.users)].id); err != nil {
				return fmt.Errorf("%s: %w", kind.name, err)
			}
			kind.took = append(kind.took, time.Since(began))
		}
	}
	return nil
}

// plainRead gets and decodes a summary.
func (s *system) plainRead(client *redis.Client) func(context.Context, string) error {
	return func(ctx context.Context, user string) error {
		value, err := client.Get(ctx, freshness.FreshKey(user, s.day.Date)).Bytes()
		if err != nil {
			return err
		}
		var sum summarizer.Summary
		return json.Unmarshal(value, &sum)
	}
}

// readHit has the reader read a summary, which must be a hit.
func (s *system) readHit(reader *cache.Reader) func(context.Context, string) error {
	return func(ctx context.Context, user string) error {
		answer, err := reader.Get(ctx, user, s.day.Date)
		if err == nil && answer.Status != cache.Hit {
			err = fmt.Errorf("%w: it is a %s", errNoHit, answer.Status)
		}
		return s.mostlyHits(err)
	}
}

var errNoHit = errors.New("no hit")

// mostlyHits lets a few reads be no hits: a machine that stands still for longer than Redis
// may take makes them.
func (s *system) mostlyHits(err error) error {
	const few = 1000
	if errors.Is(err, errNoHit) && s.noHits.Add(1) <= few {
		return nil
	}
	return err
}

// allocations counts those of one read.
func allocations(ctx context.Context, kind *kindOfRead, user string) (float64, error) {
	const reads = 2000
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range reads {
		if err := kind.read(ctx, user); err != nil {
			return 0, err
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / reads, nil
}

// The workload of no_cache_vs_hit: summaries made without a cache, one at a time, where
// a model takes noCacheModel to answer, and a calendar noCacheCalendar.
const (
	noCacheReads    = 15
	noCacheModel    = 800 * time.Millisecond
	noCacheCalendar = 120 * time.Millisecond
)

func (s *system) withoutCache() error {
	b := s.bench
	var hits []time.Duration
	for _, u := range s.users {
		began := time.Now()
		if err := s.readHit(s.Reader)(b.ctx, u.id); err != nil {
			return err
		}
		hits = append(hits, time.Since(began))
	}
	cold, err := newSystem(b, noCacheReads, openaitest.Config{Delay: noCacheModel})
	if err != nil {
		return err
	}
	defer cold.close()
	cold.stand.Google.Inject(googletest.Fault{Delay: noCacheCalendar})
	var took []time.Duration
	for n, u := range cold.users {
		b.progress.At("no cache", float64(n)/noCacheReads)
		began := time.Now()
		if _, err := cold.Generator().Generate(b.ctx, u.id, s.day.Date, summarizer.Preferences{}); err != nil {
			return fmt.Errorf("without a cache: %w", err)
		}
		took = append(took, time.Since(began))
	}
	noCache := processtest.Percentile(took, .5)
	b.metrics["no_cache_ms"] = milliseconds(noCache)
	b.metrics["no_cache_vs_hit"] = float64(noCache.Microseconds()) / float64(processtest.Percentile(hits, .5).Microseconds())
	return nil
}

// LastGiven is when each copy was last given as a hit, in Unix nanoseconds, by user and
// generation as [copyName] has it.
type LastGiven map[string]int64

func copyName(user string, generation int64) string { return fmt.Sprintf("%s %d", user, generation) }

// ReadLocally reads the users' summaries as hits of this process, perSecond in all, in turn,
// until ctx ends.
func ReadLocally(ctx context.Context, redisURL string, date summarizer.Date, perSecond int, users []string) (LastGiven, error) {
	client, err := cache.Connect(redisURL)
	if err != nil {
		return nil, wiring.WrongUsage(err)
	}
	defer client.Close()
	reader := cache.NewReader(freshness.NewStore(client, freshness.Config{}), cache.ReaderConfig{LocalHits: true})
	go reader.KeepLocal(ctx)
	given := LastGiven{}
	for i := 0; ctx.Err() == nil; i++ {
		next := time.Now().Add(time.Second / time.Duration(perSecond))
		user := users[i%len(users)]
		answer, err := reader.Get(ctx, user, date, cache.OnlyCached())
		if err == nil && answer.Status == cache.Hit {
			given[copyName(user, answer.Summary.Generation)] = time.Now().UnixNano()
		}
		sleep(ctx, time.Until(next))
	}
	return given, nil
}
