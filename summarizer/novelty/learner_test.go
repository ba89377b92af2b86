package novelty_test

import (
	"context"
	"errors"
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
	err      error
	hold     chan struct{} // if not nil, a reading waits until it is closed
}

func (d *diary) Zone(context.Context, string) (*time.Location, error) { return berlin, nil }

func (d *diary) Day(context.Context, string, summarizer.Day) (summarizer.Listing, error) {
	return summarizer.Listing{}, errors.New("a routine is not learnt from the day")
}

func (d *diary) History(ctx context.Context, _ string, from, to time.Time) ([]summarizer.Event, error) {
	d.readings.Add(1)
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
		want := novelty.LearnReference(d.events, day).Judge(day, []summarizer.Event{e})[0]
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
