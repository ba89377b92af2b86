package bench

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/processtest"
)

// The workload of bench scale: a summary of today for each of 1,000 users, then of ten
// times, a hundred times and a thousand times as many, each with none to six novel events,
// and both its copies. At each size:
//
//   - hits of random users, one after the other, each the first that its Reader has of
//     them: so the process has decoded as few of a thousand as of a million;
//   - runs that renew what is there, from Begin to Commit, by 32 at once;
//   - messages, each of another user, from the stream to the queue and the ledger.
//
// Each ratio is of the worst size against the smallest: how much longer a hit takes, and
// how many times fewer runs and messages there are in a second. The smallest has a Redis of
// its own, and takes turns with the larger one, hit by hit and round by round: so a machine
// that is slower for a minute is slower for both. The p99 is of the hits of all rounds, and of
// rates the median of the rounds' ratios counts. Redis itself is
// slower the more it holds, as less of that is in the processor's caches. So the same is said
// of GETs by a plain client of random summaries, one after the other as hits are, and by 32 at
// once as the others are: get_p99_ratio and gets_ratio. bytes_per_summary is by
// how much the memory of Redis grew for each user, from the smallest size to the next: of
// everything but the routine. bytes_per_summary_ratio is that over the JSON, on average.
// bytes_per_routine is what the key of a routine takes that was learnt of a year of 1,000
// events (MEMORY USAGE, on average over noveltytest.EventfulYears), and
// bytes_of_largest_routine the length of the longest.
const (
	scaleReads     = 1_000
	scaleRuns      = 1_000
	scaleMessages  = 5_000
	scaleRounds    = 25
	scaleAtOnce    = 32
	scaleSmallest  = 1_000
	scaleTimesMore = 10
)

// scaleSizes are the larger ones.
var scaleSizes = []int{10_000, 100_000, 1_000_000}

func benchScale(b *bench) error {
	own, err := startOwnRedis()
	if err != nil {
		return err
	}
	defer own.close()
	beside := &bench{Options: b.Options, ctx: b.ctx, metrics: map[string]float64{}, progress: b.progress}
	beside.RedisURL = own.URL()
	if beside.client, err = beside.Connect(b.ctx); err != nil {
		return err
	}
	defer beside.client.Close()
	small, err := newScaling(beside)
	if err != nil {
		return err
	}
	defer small.plain.Close()
	large, err := newScaling(b)
	if err != nil {
		return err
	}
	defer large.plain.Close()
	if err := errors.Join(small.grow(scaleSmallest), large.grow(scaleSmallest)); err != nil {
		return err
	}
	if err := large.rate(0); err != nil { // which loads scripts and opens connections
		return err
	}
	for _, size := range scaleSizes {
		before, had := large.memory(), large.users
		if err := large.grow(size); err != nil {
			return err
		}
		if had == scaleSmallest {
			b.metrics["bytes_per_summary"] = (large.memory() - before) / float64(size-had)
		}
		if err := large.measureBeside(small); err != nil {
			return fmt.Errorf("%d summaries: %w", size, err)
		}
	}
	if err := large.compareToJSON(); err != nil {
		return err
	}
	return small.weighRoutines(b.metrics)
}

// compareToJSON tells how many times its JSON a summary takes.
func (s *scaling) compareToJSON() error {
	for n := range 7 {
		sum := scaleSummary(s.user(1000+n), n, s.day().Date)
		sum.Generation = time.Now().UnixMicro() // as those that are kept have
		text, err := json.Marshal(sum)
		if err != nil {
			return err
		}
		s.metrics["json_bytes"] += float64(len(text)) / 7
	}
	s.metrics["bytes_per_summary_ratio"] = s.metrics["bytes_per_summary"] / s.metrics["json_bytes"]
	return nil
}

// measureBeside measures everything at the present size, in turn with the smallest.
func (s *scaling) measureBeside(small *scaling) error {
	both := []*scaling{s, small}
	for _, one := range both {
		one.hits, one.gets, one.rates = nil, nil, map[string][]float64{}
	}
	for round := range scaleRounds {
		s.progress.At(fmt.Sprint("at ", s.users), float64(round)/scaleRounds)
		if err := hitInTurn(both); err != nil {
			return fmt.Errorf("hits: %w", err)
		}
		for i := range both {
			if err := both[(i+round)%len(both)].rate(round); err != nil { // each goes first as often
				return err
			}
		}
	}
	for _, m := range []struct {
		name, ratio string
		of          func(*scaling) []time.Duration
	}{
		{"hit_p99_us", "hit_p99_ratio", func(s *scaling) []time.Duration { return s.hits }},
		{"get_p99_us", "get_p99_ratio", func(s *scaling) []time.Duration { return s.gets }},
	} {
		at, least := p99(m.of(s)), p99(m.of(small))
		s.saw(m.name, m.ratio, at, least, at/least)
	}
	for _, m := range scaleRates {
		at, least := s.rates[m.name], small.rates[m.name]
		s.saw(m.name, m.ratio, median(at), median(least), medianRatio(least, at))
	}
	return nil
}

// saw notes a figure at the present size and at the smallest beside it, and the worst ratio.
func (s *scaling) saw(name, ratio string, at, least, times float64) {
	s.metrics[fmt.Sprintf("%s_%d", name, s.users)] = at
	s.metrics[fmt.Sprintf("%s_%d", name, scaleSmallest)] = least // what is told is beside the largest
	s.metrics[ratio] = max(s.metrics[ratio], times)
}

// scaleRates are what is done as often as can be, in this order.
var scaleRates = []struct {
	name, ratio string
	every       int                             // it is measured in one of so many rounds
	measure     func(*scaling) (float64, error) // how often in a second
}{
	{"renewals_per_s", "renewals_ratio", 1, (*scaling).renew},
	{"gets_per_s", "gets_ratio", 1, (*scaling).get},
	{"messages_per_s", "messages_ratio", 3, (*scaling).ingest}, // to tidy up after it takes long
}

// rate measures each once that has its turn in the round.
func (s *scaling) rate(round int) error {
	for _, m := range scaleRates {
		if round%m.every != 0 {
			continue
		}
		value, err := m.measure(s)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		s.rates[m.name] = append(s.rates[m.name], value)
	}
	return nil
}

// scaling is a measurement under way.
type scaling struct {
	*bench
	store *freshness.Store
	plain *redis.Client
	users int

	reader *cache.Reader
	order  []int // of users, whom the reader is to read
	// What was seen at this size.
	hits, gets []time.Duration
	rates      map[string][]float64
}

func newScaling(b *bench) (*scaling, error) {
	plain, err := plainClient(b.RedisURL)
	store := freshness.NewStore(b.client, freshness.Config{})
	return &scaling{bench: b, store: store, plain: plain, rates: map[string][]float64{}}, err
}

func (s *scaling) user(n int) string { return fmt.Sprintf("scale-%d", n) }

func (s *scaling) day() summarizer.Day {
	return summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
}

// scaleSummary is a user's summary: of a day with nothing novel, or up to six events.
func scaleSummary(user string, n int, date summarizer.Date) summarizer.Summary {
	sum := summarizer.Summary{
		User: user, Date: date, Timezone: "UTC", Language: "en", TotalEvents: 7, Writer: "openai:gpt-4o-mini",
		Headline: "Dentist at 15:00, overlapping your usual design review.",
		Text:     "You have 7 events, from 9:00 to 21:00.", Events: []summarizer.SummaryEvent{},
		FetchedAt: time.Now().UTC(), GeneratedAt: time.Now().UTC(), Fingerprint: "9f2c41d07a6b88e3",
	}
	titles := []string{"1:1 with Sam", "Dentist", "Concert at the Philharmonie", "Parents' evening", "Interview: backend", "Pick up the car"}
	for i := range n % (len(titles) + 1) {
		sum.NovelEvents++
		sum.Text += fmt.Sprintf(" New today is %q, from %d:00 to %d:00, for the first time in a year.", titles[i], 9+2*i, 10+2*i)
		sum.Events = append(sum.Events, summarizer.SummaryEvent{
			Title: titles[i], Start: fmt.Sprintf("%sT%02d:00:00Z", date, 9+2*i), End: fmt.Sprintf("%sT%02d:00:00Z", date, 10+2*i),
			Calendar: "Personal", Novelty: 1, Reason: "first time in a year",
		})
	}
	return sum
}

//go:embed scale.lua
var scaleCopies string

// grow gives so many users a summary. Past the first of them, whose memory is measured, they
// are given what others have, as a million runs would take minutes.
func (s *scaling) grow(size int) error {
	from := s.users
	s.users = size
	if size > scaleTimesMore*scaleSmallest {
		const each = 20
		script := redis.NewScript(scaleCopies)
		return s.eachAtOnce((size-from)/each, func(n int) error {
			s.progress.At(fmt.Sprint(size, " summaries"), float64(n*each)/float64(size-from))
			return script.Run(s.ctx, s.client, nil, from+n*each, from+(n+1)*each, s.day().Date.String()).Err()
		})
	}
	return s.eachAtOnce(size-from, func(n int) error {
		s.progress.At(fmt.Sprint(size, " summaries"), float64(n)/float64(size-from))
		return s.run(from + n)
	})
}

func (s *scaling) eachAtOnce(n int, do func(int) error) error {
	var group errgroup.Group
	group.SetLimit(scaleAtOnce)
	for i := range n {
		if s.ctx.Err() != nil {
			return errors.Join(s.ctx.Err(), group.Wait())
		}
		group.Go(func() error { return do(i) })
	}
	return group.Wait()
}

// run makes the summary of a user, from Begin to Commit.
func (s *scaling) run(n int) error {
	day := s.day()
	run, begun, err := s.store.Begin(s.ctx, "scale", s.user(n), day, true)
	if err != nil || begun != freshness.BeginGo {
		return fmt.Errorf("a run began as %v: %w", begun, err)
	}
	sum := scaleSummary(s.user(n), n, day.Date)
	sum.Generation = run.Gen
	_, err = s.store.Commit(s.ctx, run, sum)
	return err
}

// hitInTurn has a hit, and a GET, of one after the other, again and again.
func hitInTurn(all []*scaling) error {
	for _, s := range all {
		s.order = nil
	}
	for range scaleReads {
		for _, s := range all {
			if err := s.hit(); err != nil {
				return err
			}
		}
	}
	return nil
}

// hit reads a random summary that the reader has not read before, and GETs another.
func (s *scaling) hit() error {
	date := s.day().Date
	if len(s.order) == 0 { // all have been read
		s.reader, s.order = cache.NewReader(s.store, cache.ReaderConfig{}), rand.Perm(s.users)
	}
	user := s.user(s.order[0])
	s.order = s.order[1:]
	began := time.Now()
	answer, err := s.reader.Get(s.ctx, user, date)
	s.hits = append(s.hits, time.Since(began))
	if err != nil || answer.Status != cache.Hit {
		return fmt.Errorf("%s got %q: %w", user, answer.Status, err)
	}
	key := freshness.FreshKey(s.user(rand.IntN(s.users)), date)
	began = time.Now()
	err = s.plain.Get(s.ctx, key).Err()
	s.gets = append(s.gets, time.Since(began))
	return err
}

func p99(took []time.Duration) float64 {
	return float64(processtest.Percentile(took, .99).Microseconds())
}

// get returns GETs in a second.
func (s *scaling) get() (float64, error) {
	began := time.Now()
	err := s.eachAtOnce(scaleReads, func(int) error {
		return s.plain.Get(s.ctx, freshness.FreshKey(s.user(rand.IntN(s.users)), s.day().Date)).Err()
	})
	return scaleReads / time.Since(began).Seconds(), err
}

func (s *scaling) renew() (float64, error) {
	began := time.Now()
	first := rand.IntN(s.users)
	err := s.eachAtOnce(scaleRuns, func(n int) error {
		user := (first + n*7) % s.users // nobody's runs meet: 32 at once are of 32 users
		if _, err := s.store.RequestAhead(s.ctx, s.user(user), s.day().Date); err != nil {
			return err
		}
		return s.run(user)
	})
	return scaleRuns / time.Since(began).Seconds(), err
}

func (s *scaling) ingest() (float64, error) {
	run := &ingestRun{bench: s.bench, users: scaleMessages, n: scaleMessages}
	took, err := run.on((*ingestRun).drain)
	return scaleMessages / took.Seconds(), err
}

// memory is what Redis uses, in bytes, but for the buffers of its clients.
func (s *scaling) memory() float64 {
	info, _ := s.client.Info(s.ctx, "memory").Result()
	used := 0.0
	for line := range strings.Lines(info) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), ":")
		bytes, _ := strconv.ParseFloat(text, 64)
		switch name {
		case "used_memory":
			used += bytes
		case "mem_clients_normal":
			used -= bytes
		}
	}
	return used
}
