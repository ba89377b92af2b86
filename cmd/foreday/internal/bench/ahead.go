package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/habit"
	"foreday/summarizer"
	"foreday/worker"
)

// The workload of bench ahead: a Friday and the Saturday after it, in the lives of 2,000
// people of all zones (see readingPerson) whose summaries end after an hour. Workers look
// ahead by the package's own code and scripts, on the in-process Redis, whose clock the
// bench moves on by some seconds at a time. Runs take no time, and no events come. Of the
// three weeks before it is known when people read.
//
// hit_ratio is of the reads of those who read daily, hit_ratio_first of the first of
// each day. A copy was worth making if anybody read it while it was fresh:
// refreshes_per_copy_read is over all people. on_demand_hit_ratio is what would be without
// looking ahead, when a read that finds nothing fresh has it made: as few refreshes as
// possible, refreshes_vs_on_demand times less. peak_minute_ratio is the fullest minute
// over the average one of its day, UTC. limited_reads is how many reads would wait if calls
// were limited to twice the average in any minute, and least_limit_ratio the smallest limit,
// over the average, under which none would (see waitsUnder).
const (
	readingPeople = 2000
	readingTTL    = time.Hour
	// settling is simulated before the day that counts.
	settling = 24 * time.Hour
)

var readingDay = summarizer.Date{Year: 2026, Month: time.November, Day: 27}

func benchAhead(b *bench) error {
	s, err := newReadingDays(b.ctx, readingPeople, b.Seed, 15*time.Second)
	if err != nil {
		return err
	}
	defer s.close()
	return s.run(func(share float64) { b.progress.At("two days", share) }, b.metrics)
}

// readingDays is a simulation under way.
type readingDays struct {
	ctx     context.Context
	mini    *miniredis.Miniredis
	client  redis.UniversalClient
	store   *freshness.Store
	ahead   *worker.RefreshAhead
	tick    time.Duration
	now     time.Time
	expired time.Time // up to which keys have been
	counted bool      // what happens now counts
	readers []*dayReader

	all                           int // reads, of everybody
	reads, hits, first, firstHits int
	refreshes, copiesRead         int
	written                       int // refreshes that found something else than what the last had written up
	edited                        int
	onDemand, onDemandHits        int
	minutes                       []int // refreshes in each
	log                           []readingEvent
}

// dayReader is a person in the simulation.
type dayReader struct {
	*readingPerson
	number    int
	user      string
	read      []time.Time // that are still to come
	lastDate  summarizer.Date
	lastMark  mark
	unread    bool      // the copy there is
	ends      time.Time // of the copy that there would be on demand
	copyMade  time.Time
	copyCount bool

	edits    []time.Time             // that are still to come
	versions map[summarizer.Date]int // of a day's calendar
	wrote    map[summarizer.Date]int // the version that was, plus one
}

type mark struct {
	quarter int64
	made    time.Time
}

func newReadingDays(ctx context.Context, people int, seed uint64, tick time.Duration) (*readingDays, error) {
	mini := miniredis.NewMiniRedis()
	if err := mini.StartAddr("127.0.0.1:0"); err != nil {
		return nil, err
	}
	client := redis.NewClient(&redis.Options{Addr: mini.Addr(), DisableIdentity: true})
	s := &readingDays{ctx: ctx, tick: tick, mini: mini, client: client}
	s.store = freshness.NewStore(client, freshness.Config{SummaryTTL: readingTTL})
	s.ahead = &worker.RefreshAhead{
		Store: s.store, RefreshDays: 2, Busy: func(context.Context) (bool, error) { return false, nil }, Enqueue: s.refreshAhead,
		Now: func() time.Time { return s.now }, Log: zerolog.Nop(),
	}
	from := time.Date(readingDay.Year, readingDay.Month, readingDay.Day, 0, 0, 0, 0, time.UTC).Add(-settling)
	s.now, s.expired = from, from
	s.mini.SetTime(from)
	for i := range people {
		r := &dayReader{readingPerson: newReadingPerson(seed, i), number: i, user: fmt.Sprint("u", i),
			versions: map[summarizer.Date]int{}, wrote: map[summarizer.Date]int{}}
		for day := range habit.Kept + 4 {
			date := readingDay.AddDays(day - habit.Kept - 1)
			var known habit.Quarters
			for _, at := range r.readsOn(date) {
				if at.Before(from) {
					known.Add(habit.QuarterOf(at))
				} else {
					r.read = append(r.read, at)
				}
			}
			if known != (habit.Quarters{}) {
				key := "foreday:{" + r.user + "}:reads"
				field := strconv.Itoa(summarizer.Epoch.DaysUntil(date))
				if err := client.HSet(ctx, key, field, known[:]).Err(); err != nil {
					return nil, err
				}
			}
		}
		s.readers = append(s.readers, r)
	}
	return s, nil
}

func (s *readingDays) close() {
	s.client.Close()
	s.mini.Close()
}

// run simulates, and fills in what was measured.
func (s *readingDays) run(progress func(share float64), metrics map[string]float64) error {
	whole := settling + 48*time.Hour
	from := s.now
	for step := time.Duration(0); step < whole; step += s.tick {
		s.now = from.Add(step)
		s.counted = step >= settling
		s.mini.SetTime(s.now)
		if s.now.Sub(s.expired) >= 30*time.Second {
			s.expire()
			progress(step.Seconds() / whole.Seconds())
		}
		if s.counted && step%time.Minute == 0 {
			s.minutes = append(s.minutes, 0)
		}
		for _, r := range s.readers {
			for len(r.read) > 0 && !r.read[0].After(s.now) {
				if err := s.readBy(r, r.read[0]); err != nil {
					return err
				}
				r.read = r.read[1:]
			}
			for len(r.edits) > 0 && !r.edits[0].After(s.now) {
				if err := s.editBy(r, r.edits[0]); err != nil {
					return err
				}
				r.edits = r.edits[1:]
			}
		}
		if _, _, err := s.ahead.Look(s.ctx); err != nil {
			return err
		}
		if s.ctx.Err() != nil {
			return s.ctx.Err()
		}
	}
	ratio := func(a, b int) float64 { return float64(a) / float64(max(b, 1)) }
	metrics["hit_ratio"] = ratio(s.hits, s.reads)
	metrics["hit_ratio_first"] = ratio(s.firstHits, s.first)
	metrics["reads"] = float64(s.reads)
	metrics["refreshes"] = float64(s.refreshes)
	metrics["refreshes_per_copy_read"] = ratio(s.refreshes, s.copiesRead)
	metrics["on_demand_hit_ratio"] = ratio(s.onDemandHits, s.reads)
	metrics["refreshes_vs_on_demand"] = ratio(s.refreshes, s.onDemand)
	average := ratio(s.refreshes, len(s.minutes))
	metrics["limited_reads"] = float64(waitsUnder(max(1, int(2*average)), s.log))
	metrics["least_limit_ratio"] = float64(leastLimit(s.log, 1+int(10*average))) / average
	for day := range slices.Chunk(s.minutes, 24*60) {
		all := 0
		for _, n := range day {
			all += n
		}
		metrics["peak_minute_ratio"] = max(metrics["peak_minute_ratio"], ratio(slices.Max(day)*len(day), all))
	}
	return nil
}

// expire has keys expire whose time has come. It looks at each.
func (s *readingDays) expire() {
	s.mini.FastForward(s.now.Sub(s.expired))
	s.expired = s.now
}

// readBy has somebody read the summary of the day that it is for them.
func (s *readingDays) readBy(r *dayReader, at time.Time) error {
	date := summarizer.DateOf(at)
	if end := r.copyMade.Add(readingTTL); !s.now.Before(end) && s.expired.Before(end) {
		s.expire()
	}
	look, err := s.store.Lookup(s.ctx, r.user, date, nil)
	if err != nil {
		return err
	}
	s.count(r, at, date, look.Fresh != nil)
	if look.Fresh == nil {
		ask, err := s.store.Request(s.ctx, r.user, date)
		if err != nil {
			return err
		}
		if err := s.refresh(ask.Task, false); err != nil {
			return err
		}
	} else {
		s.log = append(s.log, readingEvent{at: s.now, of: userDate{r.number, date}, counted: s.counted})
	}
	if r.unread {
		r.unread = false
		if r.copyCount {
			s.copiesRead++
		}
	}
	if this := (mark{at.Unix() / 900, r.copyMade}); this != r.lastMark { // as a Reader does
		r.lastMark = this
		if _, err := s.store.MarkRead(s.ctx, r.user, at, date); err != nil {
			return err
		}
	}
	return nil
}

// count counts a read, and what it would have been on demand.
func (s *readingDays) count(r *dayReader, at time.Time, date summarizer.Date, hit bool) {
	daily := r.kind != readsNowAndThen
	first := date != r.lastDate
	r.lastDate = date
	if s.counted {
		s.all++
	}
	if s.counted && daily {
		s.reads++
		if first {
			s.first++
		}
		if hit {
			s.hits++
			if first {
				s.firstHits++
			}
		}
		if at.Before(r.ends) {
			s.onDemandHits++
		}
	}
	if !at.Before(r.ends) {
		r.ends = at.Add(readingTTL)
		if s.counted {
			s.onDemand++
		}
	}
}

// refreshAhead is jobs that no reader waits for.
func (s *readingDays) refreshAhead(_ context.Context, tasks ...freshness.Task) error {
	for _, task := range tasks {
		if err := s.refresh(task, true); err != nil {
			return err
		}
	}
	return nil
}

// refresh is a job, from its way into the queue to the summary.
func (s *readingDays) refresh(task freshness.Task, ahead bool) error {
	n, err := strconv.Atoi(task.Token.User[1:])
	if err != nil {
		return err
	}
	r := s.readers[n]
	day := summarizer.Day{Date: task.Token.Date, Zone: r.zone}
	run, begun, err := s.store.Begin(s.ctx, task.Token.ID, task.Token.User, day, true)
	if err != nil || begun != freshness.BeginGo {
		return fmt.Errorf("a run of %s began as %v: %w", task.Token, begun, err)
	}
	sum := summarizer.Summary{User: r.user, Date: day.Date, Timezone: r.zone.String(), Generation: run.Gen}
	committed, err := s.store.Commit(s.ctx, run, sum)
	if err != nil {
		return err
	}
	if committed.Read {
		if err := worker.PlanRenewal(s.ctx, s.store, r.user, day.Date); err != nil {
			return err
		}
	}
	r.unread, r.copyMade, r.copyCount = true, s.now, s.counted
	changed := r.wrote[day.Date] != r.versions[day.Date]+1
	r.wrote[day.Date] = r.versions[day.Date] + 1
	if s.counted {
		if changed {
			s.written++
		}
		s.refreshes++
		s.minutes[len(s.minutes)-1]++
	}
	s.log = append(s.log, readingEvent{at: s.now, of: userDate{n, day.Date}, made: true, ahead: ahead, counted: s.counted})
	return nil
}

// editDays has each person change so many events on each of the days that are simulated,
// of that day, while they are awake.
func (s *readingDays) editDays(seed uint64, each int) {
	random := rand.New(rand.NewPCG(seed, 3))
	for _, r := range s.readers {
		for day := range 4 {
			date := readingDay.AddDays(day - 1)
			midnight := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, r.zone)
			for range each {
				at := r.wakes + random.Float64()*(r.sleeps-r.wakes)
				r.edits = append(r.edits, midnight.Add(time.Duration(at*float64(time.Minute))))
			}
		}
		slices.SortFunc(r.edits, time.Time.Compare)
		r.edits = slices.DeleteFunc(r.edits, s.now.After)
	}
}

// editBy has an event of a person's day change, and its message applied.
func (s *readingDays) editBy(r *dayReader, at time.Time) error {
	date := summarizer.DateOf(at)
	r.versions[date]++
	if s.counted {
		s.edited++
	}
	outcomes, err := s.store.Invalidate(s.ctx, []freshness.Invalidation{{
		User: r.user, Days: []freshness.DueDay{{Date: date, Due: true}}, Published: s.now,
	}})
	if err != nil {
		return err
	}
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			return outcome.Err
		}
		if err := s.refreshAhead(s.ctx, outcome.Tasks...); err != nil {
			return err
		}
	}
	return nil
}
