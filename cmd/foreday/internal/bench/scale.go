package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/processtest"
)

// The workload of bench scale: a summary of today for each of 1,000 users, then of ten
// times, a hundred times and a thousand times as many, each with none to six novel events,
// and both its copies. At each size, three times over, and the median counts:
//
//   - hits of random users by a Reader, one after the other;
//   - runs that renew what is there, from Begin to Commit, by 32 at once;
//   - messages, each of another user, from the stream to the queue and the ledger.
//
// Each ratio is of the worst size against the smallest: how much longer a hit takes, and
// how many times fewer runs and messages there are in a second. bytes_per_summary is by
// how much the memory of Redis grew for each user, from the smallest size to the next: of
// everything but the routine. bytes_per_summary_ratio is that over the JSON, on average.
const (
	scaleReads     = 20_000
	scaleRuns      = 10_000
	scaleMessages  = 10_000
	scaleRounds    = 3
	scaleAtOnce    = 32
	scaleTimesMore = 10
)

var scaleSizes = []int{1_000, 10_000, 100_000, 1_000_000}

func benchScale(b *bench) error {
	s := &scaling{bench: b, store: freshness.NewStore(b.client, freshness.Config{})}
	var hit, renew, ingest []float64
	for _, size := range scaleSizes {
		before, had := s.memory(), s.users
		if err := s.grow(size); err != nil {
			return err
		}
		if size == scaleTimesMore*scaleSizes[0] {
			b.metrics["bytes_per_summary"] = (s.memory() - before) / float64(size-had)
		}
		for _, m := range []struct {
			name    string
			measure func() (float64, error)
			all     *[]float64
		}{
			{"hit_p99_us", s.hit, &hit}, {"renewals_per_s", s.renew, &renew}, {"messages_per_s", s.ingest, &ingest},
		} {
			var seen []float64
			for range scaleRounds {
				value, err := m.measure()
				if err != nil {
					return fmt.Errorf("%d summaries: %s: %w", size, m.name, err)
				}
				seen = append(seen, value)
			}
			*m.all = append(*m.all, median(seen))
			b.metrics[m.name+"_"+strconv.Itoa(size)] = median(seen)
		}
	}
	b.metrics["hit_p99_ratio"] = slices.Max(hit) / hit[0]
	b.metrics["renewals_ratio"] = renew[0] / slices.Min(renew)
	b.metrics["messages_ratio"] = ingest[0] / slices.Min(ingest)
	for n := range 7 {
		text, err := json.Marshal(scaleSummary(s.user(1000+n), n, s.day().Date))
		if err != nil {
			return err
		}
		b.metrics["json_bytes"] += float64(len(text)) / 7
	}
	b.metrics["bytes_per_summary_ratio"] = b.metrics["bytes_per_summary"] / b.metrics["json_bytes"]
	return nil
}

// scaling is a measurement under way.
type scaling struct {
	*bench
	store *freshness.Store
	users int
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

// grow gives so many users a summary.
func (s *scaling) grow(size int) error {
	from := s.users
	s.users = size
	return s.eachAtOnce(size-from, func(n int) error {
		if n%1000 == 0 {
			s.progress.At(fmt.Sprint(size, " summaries"), float64(n)/float64(size-from))
		}
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

func (s *scaling) hit() (float64, error) {
	reader := cache.NewReader(s.store, cache.ReaderConfig{})
	date := s.day().Date
	took := make([]time.Duration, scaleReads)
	for i := range took {
		user := s.user(rand.IntN(s.users))
		began := time.Now()
		answer, err := reader.Get(s.ctx, user, date)
		took[i] = time.Since(began)
		if err != nil || answer.Status != cache.Hit {
			return 0, fmt.Errorf("%s got %q: %w", user, answer.Status, err)
		}
	}
	return float64(processtest.Percentile(took, .99).Microseconds()), nil
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

// memory is what Redis uses, in bytes.
func (s *scaling) memory() float64 {
	info, _ := s.client.Info(s.ctx, "memory").Result()
	for line := range strings.Lines(info) {
		if text, ok := strings.CutPrefix(line, "used_memory:"); ok {
			bytes, _ := strconv.ParseFloat(strings.TrimSpace(text), 64)
			return bytes
		}
	}
	return 0
}
