package bench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker/processtest"
)

// The workload of bench report, which measures what the cache is worth in some minutes, and
// draws it:
//
//   - latency: gainUsers users' summaries are read as hits in the process and through Redis, and by
//     a bare GET that is decoded, in turns of readsBlock reads, gainRounds times; stale
//     ones likewise, with no worker there. A miss waits for the worker, and what is
//     made without a cache for nobody; gainCold of each, gainAtOnce at the same time. The
//     model takes noCacheModel to answer, and the calendar noCacheCalendar.
//   - day: the two days of bench ahead in the lives of gainPeople, who now also change an event
//     of their day gainEdits times. Without a cache each read costs what a summary costs that
//     is made without one. With it, each refresh costs what one costs after an edit, the first
//     of each person's day what a miss costs, and the model is asked where the day has changed.
//   - outage: what bench outage does to Redis, for gainOutage each.
const (
	gainUsers  = 40
	gainRounds = 30
	gainCold   = 12
	gainAtOnce = 4
	gainPeople = 100
	gainEdits  = 3
	gainOutage = 6 * time.Second
)

func benchReport(b *bench) error {
	for _, part := range gainParts {
		if !b.wants(part.name) {
			continue
		}
		if err := part.measure(b); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// gainParts are what bench report measures one after the other.
var gainParts = []struct {
	name    string
	measure func(*bench) error
}{
	{"latency", gainLatency}, {"day", gainDay}, {"outage", gainOutages},
}

// gainKinds are the ways to a summary, by the names of their metrics.
var gainKinds = []struct{ name, label string }{
	{"get", "a bare GET, decoded"}, {"local", "hit in the process"}, {"hit", "hit through Redis"}, {"stale", "stale, at once"},
	{"miss", "miss, made by a worker"}, {"no_cache", "no cache at all"},
}

func gainLatency(b *bench) error {
	s, err := newSystem(b, gainUsers+2*gainCold, openaitest.Config{Delay: noCacheModel})
	if err != nil {
		return err
	}
	defer s.close()
	s.stand.Google.Inject(googletest.Fault{Delay: noCacheCalendar})
	all := s.users
	s.users = all[:gainUsers]
	b.progress.At("summaries", 0)
	if err := s.start(); err != nil {
		return err
	}
	if err := s.cold("miss", all[gainUsers:gainUsers+gainCold], func(ctx context.Context, user string) error {
		answer, err := s.Reader.Get(ctx, user, s.day.Date)
		if err == nil && answer.Status != cache.Miss {
			err = fmt.Errorf("no miss: it is a %s", answer.Status)
		}
		return err
	}); err != nil {
		return err
	}
	// A refresh comes so long after the one before that the process has forgotten settings
	// and calendars.
	if err := s.restart(); err != nil {
		return err
	}
	if err := s.costOf("refresh", gainUsers, s.editAll); err != nil {
		return err
	}
	if err := s.cold("no_cache", all[gainUsers+gainCold:], func(ctx context.Context, user string) error {
		_, err := s.Generator().Generate(ctx, user, s.day.Date, summarizer.Preferences{})
		return err
	}); err != nil {
		return err
	}
	return s.warmReads()
}

// cold measures reads that take long, each of another user.
func (s *system) cold(name string, users []benchUser, read func(context.Context, string) error) error {
	var mu sync.Mutex
	kind := &kindOfRead{name: name}
	err := s.costOf(name, len(users), func() error {
		var group errgroup.Group
		group.SetLimit(gainAtOnce)
		for n, u := range users {
			group.Go(func() error {
				s.bench.progress.At(name, float64(n)/float64(len(users)))
				began := time.Now()
				err := read(s.bench.ctx, u.id)
				mu.Lock()
				defer mu.Unlock()
				kind.took = append(kind.took, time.Since(began))
				return err
			})
		}
		return group.Wait()
	})
	s.latencyOf(kind)
	return err
}

// latencyOf sets the metrics of a kind.
func (s *system) latencyOf(kind *kindOfRead) {
	for p, name := range map[float64]string{.5: "_p50_us", .99: "_p99_us"} {
		s.bench.metrics[kind.name+name] = float64(processtest.Percentile(kind.took, p).Nanoseconds()) / 1000
	}
}

// costOf counts what each of n summaries costs of Google and of the model.
func (s *system) costOf(name string, n int, do func() error) error {
	google, model := s.stand.Google.Requests().Total, s.stand.Model.Counts()
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	after, m := s.stand.Model.Counts(), s.bench.metrics
	m[name+"_google_requests"] = float64(s.stand.Google.Requests().Total-google) / float64(n)
	m[name+"_model_requests"] = float64(after.Requests-model.Requests) / float64(n)
	m[name+"_model_tokens"] = float64(after.PromptTokens+after.CompletionTokens-model.PromptTokens-model.CompletionTokens) / float64(n)
	return nil
}

// editAll edits an event of each user, and waits for the summaries that are made then.
func (s *system) editAll() error {
	published := make([]time.Time, len(s.users))
	for n := range s.users {
		s.bench.progress.At("edits", float64(n)/float64(len(s.users)))
		var err error
		if published[n], err = s.edit(n); err != nil {
			return err
		}
	}
	for n := range s.users {
		if err := s.awaitFetchedAfter(n, published[n], time.Minute); err != nil {
			return err
		}
	}
	return nil
}

// warmReads measures what is there already: first fresh, then stale.
func (s *system) warmReads() error {
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
		{name: "get", read: s.plainRead(plain)}, {name: "local", read: s.readHit(local)}, {name: "hit", read: s.readHit(s.Reader)},
	}
	for round := range gainRounds {
		s.bench.progress.At("hits", float64(round)/gainRounds)
		if err := s.readBlocks(ctx, kinds...); err != nil {
			return err
		}
	}
	for n := range s.users {
		if _, err := s.edit(n); err != nil {
			return err
		}
	}
	stale := &kindOfRead{name: "stale", read: func(ctx context.Context, user string) error {
		answer, err := s.Reader.Get(ctx, user, s.day.Date)
		if err == nil && answer.Status != cache.Stale {
			err = fmt.Errorf("not stale: it is a %s", answer.Status)
		}
		return err
	}}
	for round := range gainRounds {
		s.bench.progress.At("stale", float64(round)/gainRounds)
		if err := s.readBlocks(ctx, stale); err != nil {
			return err
		}
	}
	for _, kind := range append(kinds, stale) {
		s.latencyOf(kind)
	}
	m := s.bench.metrics
	m["miss_p50_ms"], m["no_cache_p50_ms"] = m["miss_p50_us"]/1000, m["no_cache_p50_us"]/1000
	m["no_cache_vs_hit"] = m["no_cache_p50_us"] / m["hit_p50_us"]
	return nil
}

// gainDay simulates people's days, and reckons what they cost with a cache and without.
func gainDay(b *bench) error {
	s, err := newReadingDays(b.ctx, gainPeople, b.Seed, 30*time.Second)
	if err != nil {
		return err
	}
	defer s.close()
	s.editDays(b.Seed, gainEdits)
	if err := s.run(func(share float64) { b.progress.At("two days", share) }, map[string]float64{}); err != nil {
		return err
	}
	b.reckon(float64(s.all)/2, float64(s.refreshes)/2, float64(s.written)/2)
	b.metrics["day_edits"] = float64(s.edited) / 2
	return nil
}

// reckon sets what a day of so many reads costs, by what single summaries cost.
func (b *bench) reckon(reads, refreshes, written float64) {
	m := b.metrics
	m["day_reads"], m["day_refreshes"] = reads, refreshes
	firsts := min(gainPeople, refreshes)
	m["day_google_requests"] = refreshes*m["refresh_google_requests"] + firsts*max(0, m["miss_google_requests"]-m["refresh_google_requests"])
	m["day_model_requests"], m["day_model_tokens"] = written*m["miss_model_requests"], written*m["miss_model_tokens"]
	for _, cost := range gainCosts {
		without := reads * m["no_cache_"+cost.name]
		m["day_"+cost.name+"_without"], m["day_"+cost.name+"_saved"] = without, 1-m["day_"+cost.name]/without
	}
}

// gainCosts are what a day costs, by the ends of their metrics' names.
var gainCosts = []struct{ name, label string }{
	{"google_requests", "requests to Google Calendar"}, {"model_requests", "requests to the model"}, {"model_tokens", "tokens of the model"},
}

// gainOutages reads while Redis suffers, and keeps what became of each read.
func gainOutages(b *bench) error {
	o, err := newOutage(b)
	if err != nil {
		return err
	}
	defer o.close()
	if b.For == 0 {
		o.length = gainOutage
	}
	err = o.inUse(func() error {
		if _, err := o.calm("calm", 1); err != nil {
			return err
		}
		if err := o.generate(); err != nil {
			return err
		}
		return o.sufferFaults()
	})
	if err != nil {
		return err
	}
	b.timeline = o.timeline()
	o.judgeAll(o.between(o.suffered[0].from, time.Now()))
	return o.fleet.stop()
}

// timeline is what became of reads, over time.
type timeline struct {
	from, to time.Time
	spans    []outageSpan
	reads    []outageRead
}

// timeline starts some time before the first fault, and ends as long after the last.
func (o *outage) timeline() *timeline {
	t := &timeline{from: o.suffered[0].from.Add(-o.length / 2), to: o.suffered[len(o.suffered)-1].over.Add(o.length), spans: o.suffered}
	t.reads = o.between(t.from, t.to)
	return t
}

// gainAnswers are what may come of a read, best first.
var gainAnswers = []struct{ name, label string }{
	{"hit", "hit"}, {"stale", "stale, a new one on its way"}, {"miss", "made by a worker"},
	{"bypass", "without Redis: the process's copy, or made anew"}, {"none", "not answered"},
}

// outcome is which of gainAnswers came of a read.
func (r outageRead) outcome() int {
	switch {
	case !r.answered:
		return 4
	case strings.Contains(r.cached, "; hit"):
		return 0
	case strings.Contains(r.cached, "fwd=stale"):
		return 1
	case strings.Contains(r.cached, "fwd=bypass"):
		return 3
	}
	return 2
}
