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
)

// diary is a Source with one user's events, which counts its readings.
type diary struct {
	events   []summarizer.Event
	readings atomic.Int32
	last     atomic.Int32 // how many days the last reading was of
	err      error
	hold     chan struct{} // if not nil, a reading waits until it is closed
}

func (d *diary) Zone(context.Context, string) (*time.Location, error) { return berlin, nil }

func (d *diary) Day(context.Context, string, summarizer.Day) (summarizer.Listing, error) {
	return summarizer.Listing{}, errors.New("a routine is not learnt from the day")
}

func (d *diary) History(ctx context.Context, _ string, from, to time.Time) ([]summarizer.Event, error) {
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
	routine, err := l.Routine(t.Context(), user, day)
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
		if want := "daily routine, usually 08:00, 365 times in a year"; v.Reason != want {
			t.Errorf("in week %d: %q, want %q", week, v.Reason, want)
		}
		days = append(days, int(d.last.Load()))
	}
	if want := []int{394, 49, 49, 49, 49, 394, 49}; !slices.Equal(days, want) {
		t.Errorf("read %v days of history week by week, want %v", days, want)
	}
}

func TestLookingAtThePastDoesNotUndoWhatIsKnown(t *testing.T) {
	t.Parallel()
	d := &diary{events: before(at("2026-10-30 08:00", "Walk the dog"), 900, 1)}
	l := novelty.NewLearner(novelty.Config{Source: d})
	walk := func(on string) {
		verdict(t, l, "ada", summarizer.Day{Date: date(on), Zone: berlin}, at(on+" 08:00", "Walk the dog"))
	}
	walk("2026-06-16")
	walk("2026-02-03")
	if n := d.last.Load(); n != 394 {
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
		t.Errorf("within the TTL the class is %q: history was read again", v.Reason)
	}
	passed.Store(int64(61 * time.Minute))
	if v := verdict(t, l, "ada", today, class); v.Novel {
		t.Errorf("after the TTL the class is still %q", v.Reason)
	}
}

func TestManyCallersShareOneReading(t *testing.T) {
	t.Parallel()
	d := &diary{hold: make(chan struct{})}
	l := novelty.NewLearner(novelty.Config{Source: d})
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := l.Routine(t.Context(), "ada", today); err != nil {
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
	if _, err := l.Routine(t.Context(), "ada", today); !errors.Is(err, summarizer.ErrAccess) {
		t.Fatalf("error %v, want the Source's", err)
	}
	d.err = nil
	if _, err := l.Routine(t.Context(), "ada", today); err != nil {
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
		_, err := l.Routine(ctx, "ada", today)
		left <- err
	}()
	stayed := make(chan error, 1)
	go func() {
		_, err := l.Routine(t.Context(), "ada", today)
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
	routines map[string][]byte
	err      error
}

func (s *shelf) Load(_ context.Context, user string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := s.routines[user]
	return data, ok, s.err
}

func (s *shelf) Save(_ context.Context, user string, routine []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.routines[user] = routine
	}
	return s.err
}

func TestWhatOneProcessLearntAnotherGoesOnFrom(t *testing.T) {
	t.Parallel()
	d := &diary{events: before(at("2026-10-30 08:00", "Walk the dog"), 900, 1)}
	store := &shelf{routines: map[string][]byte{}}
	process := func(secret string, day summarizer.Day) (read int) {
		failures := 0
		l := novelty.NewLearner(novelty.Config{Source: d, Store: store, Secret: []byte(secret), Failed: func(string, error) { failures++ }})
		v := verdict(t, l, "ada", day, at(day.Date.String()+" 08:00", "Walk the dog"))
		if want := "daily routine, usually 08:00, 365 times in a year"; v.Reason != want {
			t.Errorf("%s: %q, want %q", day, v.Reason, want)
		}
		if changed := secret != "secret"; changed != (failures > 0) {
			t.Errorf("%d failures of the store, secret %q", failures, secret)
		}
		return int(d.last.Load())
	}
	tomorrow := summarizer.Day{Date: today.Date.AddDays(1), Zone: berlin}
	inTokyo := summarizer.Day{Date: today.Date, Zone: zone("Asia/Tokyo")}
	for _, c := range []struct {
		name, secret string
		day          summarizer.Day
		read         int
	}{
		{"the first process", "secret", today, 394},
		{"the second", "secret", tomorrow, 49},
		{"one with another secret", "another secret", tomorrow, 394},
	} {
		if got := process(c.secret, c.day); got != c.read {
			t.Errorf("%s reads %d days, want %d", c.name, got, c.read)
		}
	}
	l := novelty.NewLearner(novelty.Config{Source: d, Store: store, Secret: []byte("another secret")})
	if _, err := l.Routine(t.Context(), "ada", inTokyo); err != nil || d.last.Load() != 394 {
		t.Errorf("in another zone, %d days are read, want a year; error %v", d.last.Load(), err)
	}
}

func TestAStoreThatFailsCostsNoVerdict(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection refused")
	var reported []error
	l := novelty.NewLearner(novelty.Config{
		Source: &diary{}, Store: &shelf{err: broken}, Secret: []byte("secret"),
		Failed: func(user string, err error) { reported = append(reported, err) },
	})
	verdict(t, l, "ada", today, at("2026-06-16 10:00", "Pottery class"))
	if len(reported) != 2 || !errors.Is(reported[0], broken) || !errors.Is(reported[1], broken) {
		t.Errorf("reported %v, want that loading and saving failed", reported)
	}
}
