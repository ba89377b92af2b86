package novelty_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

// diary is a Source with one user's events, which counts its readings.
type diary struct {
	events   []summarizer.Event
	readings atomic.Int32
	last     atomic.Int32 // how many days the last reading was of
	err      error
	hold     chan struct{} // if not nil, a reading waits until it is closed
}

func (d *diary) Settings(context.Context, string) (summarizer.Settings, error) {
	return summarizer.Settings{Zone: berlin}, nil
}

func (d *diary) Day(context.Context, string, summarizer.Day, summarizer.Selection) (summarizer.Listing, error) {
	return summarizer.Listing{}, errors.New("a routine is not learnt from the day")
}

func (d *diary) History(ctx context.Context, _ string, from, to time.Time, _ summarizer.Selection) ([]summarizer.Event, error) {
	d.readings.Add(1)
	d.last.Store(int32(summarizer.DateOf(from).DaysUntil(summarizer.DateOf(to))))
	if d.hold != nil {
		select {
		case <-d.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	var events []summarizer.Event
	for _, e := range d.events {
		if start, _ := e.Span(berlin); !start.Before(from) && start.Before(to) {
			events = append(events, e)
		}
	}
	return events, d.err
}

func verdict(t *testing.T, l *novelty.Learner, user string, day summarizer.Day, e summarizer.Event) summarizer.Verdict {
	t.Helper()
	routine, err := l.Routine(t.Context(), user, day, summarizer.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	return routine.Judge(day, []summarizer.Event{e})[0]
}

// The weekdays of one week are judged from one reading, each by what lay before
// it alone, as if its history had been read for it.
func TestLearnerServesAWeekFromOneReading(t *testing.T) {
	t.Parallel()
	walk := at("2026-06-21 08:00", "Walk the dog")
	d := &diary{events: append(before(walk, 400, 1), walk)}
	l := novelty.NewLearner(novelty.Config{Source: d})
	for i := range 7 {
		day := summarizer.Day{Date: date("2026-06-15").AddDays(i), Zone: berlin}
		e := d.events[len(d.events)-7+i]
		got := verdict(t, l, "ada", day, e)
		want := novelty.Learn(novelty.Key{}, berlin, day.Date.AddDays(-373), day.Date, d.events).Judge(day, []summarizer.Event{e})[0]
		if got != want {
			t.Errorf("%s: %+v, want %+v", day, got, want)
		}
	}
	if n := d.readings.Load(); n != 1 {
		t.Errorf("%d readings of history for one week, want 1", n)
	}
	verdict(t, l, "ada", summarizer.Day{Date: date("2026-06-22"), Zone: berlin}, walk)
	verdict(t, l, "ada", summarizer.Day{Date: date("2026-06-16"), Zone: zone("Asia/Tokyo")}, walk)
	verdict(t, l, "bob", today, walk)
	if n := d.readings.Load(); n != 4 {
		t.Errorf("%d readings after another week, zone and user, want 4", n)
	}
}

// After a year was read once, only weeks are read, until it is time to read all
// of it again.
func TestLearnerGoesOnFromWhatItKnows(t *testing.T) {
	t.Parallel()
	walk := at("2026-10-30 08:00", "Walk the dog")
	d := &diary{events: before(walk, 900, 1)}
	l := novelty.NewLearner(novelty.Config{Source: d})
	var days []int
	for week := range 7 {
		day := summarizer.Day{Date: today.Date.AddDays(7 * week), Zone: berlin}
		v := verdict(t, l, "ada", day, at(day.Date.String()+" 08:00", "Walk the dog"))
		if want := habitual(summarizer.Daily, "08:00", 365); v.Why != want {
			t.Errorf("in week %d: %+v, want %+v", week, v.Why, want)
		}
		days = append(days, int(d.last.Load()))
	}
	if want := []int{asNew, 49, 49, 49, 49, asNew, 49}; !slices.Equal(days, want) {
		t.Errorf("read %v days of history week by week, want %v", days, want)
	}
}

// asNew is how many days of history are read of somebody who is not known.
const asNew = noveltytest.DaysBefore + noveltytest.DaysAfter

func TestLookingAtThePastDoesNotUndoWhatIsKnown(t *testing.T) {
	t.Parallel()
	d := &diary{events: before(at("2026-10-30 08:00", "Walk the dog"), 900, 1)}
	l := novelty.NewLearner(novelty.Config{Source: d})
	walk := func(on string) {
		verdict(t, l, "ada", summarizer.Day{Date: date(on), Zone: berlin}, at(on+" 08:00", "Walk the dog"))
	}
	walk("2026-06-16")
	walk("2026-02-03")
	if n := d.last.Load(); n != asNew {
		t.Errorf("months earlier, %d days were read, want a year", n)
	}
	walk("2026-06-23")
	if n := d.last.Load(); n != 49 {
		t.Errorf("after a look at the past, %d days were read to go on, want 49", n)
	}
}

func TestLearnerLearnsAnewAfterItsTTL(t *testing.T) {
	t.Parallel()
	var passed atomic.Int64 // since the day's start; the cache reads the clock in the background too
	now := func() time.Time { return today.Start().Add(time.Duration(passed.Load())) }
	d := &diary{}
	l := novelty.NewLearner(novelty.Config{Source: d, TTL: time.Hour, Now: now})
	class := at("2026-06-16 10:00", "Pottery class")
	verdict(t, l, "ada", today, class)
	d.events = before(class, 12, 7)
	passed.Store(int64(59 * time.Minute))
	if v := verdict(t, l, "ada", today, class); !v.Novel {
		t.Errorf("within the TTL the class is %+v: history was read again", v.Why)
	}
	passed.Store(int64(61 * time.Minute))
	if v := verdict(t, l, "ada", today, class); v.Novel {
		t.Errorf("after the TTL the class is still %+v", v.Why)
	}
}

func TestManyCallersShareOneReading(t *testing.T) {
	t.Parallel()
	d := &diary{hold: make(chan struct{})}
	l := novelty.NewLearner(novelty.Config{Source: d})
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := l.Routine(t.Context(), "ada", today, summarizer.Selection{}); err != nil {
				t.Error(err)
			}
		})
	}
	close(d.hold)
	callers.Wait()
	if n := d.readings.Load(); n != 1 {
		t.Errorf("%d readings for callers at the same time, want 1", n)
	}
}

func TestAFailedReadingIsReportedAndNotRemembered(t *testing.T) {
	t.Parallel()
	d := &diary{err: summarizer.ErrAccess}
	l := novelty.NewLearner(novelty.Config{Source: d})
	if _, err := l.Routine(t.Context(), "ada", today, summarizer.Selection{}); !errors.Is(err, summarizer.ErrAccess) {
		t.Fatalf("error %v, want the Source's", err)
	}
	d.err = nil
	if _, err := l.Routine(t.Context(), "ada", today, summarizer.Selection{}); err != nil {
		t.Errorf("after access is given: %v", err)
	}
}

func TestACallerThatLeavesDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	d := &diary{hold: make(chan struct{})}
	l := novelty.NewLearner(novelty.Config{Source: d})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := l.Routine(ctx, "ada", today, summarizer.Selection{})
		left <- err
	}()
	stayed := make(chan error, 1)
	go func() {
		_, err := l.Routine(t.Context(), "ada", today, summarizer.Selection{})
		stayed <- err
	}()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller that left got %v, want context.Canceled", err)
	}
	close(d.hold)
	if err := <-stayed; err != nil {
		t.Errorf("the caller that stayed got %v", err)
	}
}

// shelf is a Store in memory.
type shelf struct {
	mu       sync.Mutex
	secret   string
	routines map[string][]byte
	err      error
}

func newShelf() *shelf { return &shelf{secret: "secret", routines: map[string][]byte{}} }

func (s *shelf) Secret(context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []byte(s.secret), s.err
}

func (s *shelf) Load(_ context.Context, user string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.routines[user]
	return data, ok, s.err
}

func (s *shelf) Save(_ context.Context, user string, routine []byte, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.routines[user] = routine
	}
	return s.err
}

// lose is what happens to a Redis that was emptied.
func (s *shelf) lose(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret, s.routines = secret, map[string][]byte{}
}

// office is where several processes learn from one calendar, and share a Store.
type office struct {
	*testing.T
	diary
	*shelf
	passed   atomic.Int64 // since the day's start
	failures atomic.Int32
}

func newOffice(t *testing.T) *office {
	o := &office{T: t, shelf: newShelf()}
	o.events = before(at("2026-10-30 08:00", "Walk the dog"), 900, 1)
	return o
}

func (o *office) now() time.Time { return today.Start().Add(time.Duration(o.passed.Load())) }

func (o *office) pass(d time.Duration) { o.passed.Add(int64(d)) }

func (o *office) process() *novelty.Learner {
	return novelty.NewLearner(novelty.Config{
		Source: &o.diary, Store: o.shelf, TTL: 24 * time.Hour, Now: o.now, Failed: func(string, error) { o.failures.Add(1) },
	})
}

// wants has a process judge the walk of a day, for which it should read so many
// days of history; 0 is none.
func (o *office) wants(what string, l *novelty.Learner, day summarizer.Day, count summarizer.Selection, read int32) {
	o.Helper()
	o.last.Store(0)
	routine, err := l.Routine(o.Context(), "ada", day, count)
	if err != nil {
		o.Fatal(err)
	}
	v := routine.Judge(day, []summarizer.Event{at(day.Date.String()+" 08:00", "Walk the dog")})[0]
	if want := habitual(summarizer.Daily, "08:00", 365); v.Why != want {
		o.Errorf("%s: %+v, want %+v", what, v.Why, want)
	}
	if got := o.last.Load(); got != read {
		o.Errorf("%s: %d days of history are read, want %d", what, got, read)
	}
}

var (
	all      summarizer.Selection
	tomorrow = summarizer.Day{Date: today.Date.AddDays(1), Zone: berlin}
	nextWeek = summarizer.Day{Date: today.Date.AddDays(7), Zone: berlin}
)

func TestWhatOneProcessLearntOthersUseUntilItIsTooOld(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first, second := o.process(), o.process()
	o.wants("the first process", first, today, all, asNew)
	o.wants("the second", second, today, all, 0)
	o.wants("the second, tomorrow", second, tomorrow, all, 0)
	o.pass(23 * time.Hour)
	o.wants("a new one within the TTL", o.process(), tomorrow, all, 0)
	o.pass(2 * time.Hour)
	o.wants("one of ten after the TTL", first, tomorrow, all, 49)
	for range 8 {
		o.wants("a new one", o.process(), tomorrow, all, 0)
	}
	o.wants("one that had used what is too old", second, tomorrow, all, 0)
	if n := o.failures.Load(); n > 0 {
		t.Errorf("%d failures of the store", n)
	}
}

func TestAProcessThatStartsInANewWeekReadsWeeksOnly(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.wants("the first process", o.process(), today, all, asNew)
	o.wants("another, for the next week", o.process(), nextWeek, all, 49)
	o.wants("a third, for both", o.process(), today, all, 0)
}

func TestALookAtThePastIsNotShared(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.wants("the first process", o.process(), today, all, asNew)
	o.wants("one that looks at the past", o.process(), summarizer.Day{Date: date("2026-02-03"), Zone: berlin}, all, asNew)
	o.wants("another", o.process(), today, all, 0)
}

func TestWhoLivesElsewhereOrCountsOtherCalendarsIsLearntAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.wants("the first process", o.process(), today, all, asNew)
	without := summarizer.Selection{Exclude: []string{"b", "a"}}
	o.wants("without some calendars", o.process(), today, without, asNew)
	o.wants("without the same", o.process(), today, summarizer.Selection{Exclude: []string{"a", "b"}}, 0)
	inTokyo := summarizer.Day{Date: today.Date, Zone: zone("Asia/Tokyo")}
	if _, err := o.process().Routine(t.Context(), "ada", inTokyo, without); err != nil || o.last.Load() != asNew {
		t.Errorf("in another zone, %d days are read, want a year; error %v", o.last.Load(), err)
	}
}

func TestAStoreThatLostItsSecretIsLearntAnewOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	first, second := o.process(), o.process()
	o.wants("the first process", first, today, all, asNew)
	o.wants("the second", second, today, all, 0)
	o.lose("another secret")
	o.wants("a new one", o.process(), today, all, asNew)
	o.pass(25 * time.Hour)
	o.wants("the first, after the TTL", first, today, all, 49)
	o.wants("the second", second, today, all, 0)
	o.wants("a new one", o.process(), today, all, 0)
}

func TestAStoreThatFailsCostsNoVerdict(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.shelf.err = errors.New("connection refused")
	l := o.process()
	o.wants("without the store", l, today, all, asNew)
	o.wants("once more", l, tomorrow, all, 0)
	if n := o.failures.Load(); n != 1 {
		t.Errorf("%d failures were told, want that of the secret", n)
	}
	o.shelf.err = nil
	o.pass(25 * time.Hour)
	o.wants("with the store", l, today, all, asNew)
	o.wants("another process", o.process(), today, all, 0)
	o.shelf.err = errors.New("connection reset")
	o.pass(25 * time.Hour)
	o.wants("without the store again", l, today, all, 49)
}

func TestALearntRoutineThatIsDamagedIsLearntAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.wants("the first process", o.process(), today, all, asNew)
	whole := o.routines["ada"]
	for name, damaged := range map[string][]byte{
		"empty": {}, "cut short": whole[:len(whole)-1], "cut to its head": whole[:20],
		"of another version": append([]byte("x"), whole...), "changed": append(slices.Clone(whole[:len(whole)-40]), make([]byte, 40)...),
	} {
		o.routines["ada"] = damaged
		o.wants(name, o.process(), today, all, asNew)
	}
}
