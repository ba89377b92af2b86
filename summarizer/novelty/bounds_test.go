package novelty_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// hostileYear is as many events as are read of a year, each with a title and a series of
// its own, and a habit among them.
func hostileYear() []summarizer.Event {
	var events []summarizer.Event
	for i := range 10_000 {
		start := today.Start().AddDate(0, 0, -(i % 360)).Add(time.Duration(i%1300) * time.Minute)
		events = append(events, summarizer.Event{
			CalendarID: "own", Title: fmt.Sprintf("Meeting %d about %x", i*7919, i*104_729), SeriesID: fmt.Sprint("series", i),
			Start: start, End: start.Add(time.Hour),
		})
	}
	return append(events, before(at("2026-06-16 07:00", "Walk the dog"), 100, 1)...)
}

// A routine of ten thousand titles takes little more than one of a few hundred, and
// still knows what comes again.
func TestARoutineStaysSmallWhateverTheCalendarHolds(t *testing.T) {
	events := hostileYear()
	held := inUse()
	m := learnYear(events)
	took := inUse() - held
	if took > 3<<20 {
		t.Errorf("it takes %d KB", took>>10)
	}
	if n := len(m.Encode()); n > 400<<10 {
		t.Errorf("encoded it takes %d KB", n>>10)
	}
	walk := at("2026-06-16 07:00", "Walk the dog")
	if v := m.Judge(today, []summarizer.Event{walk})[0]; v.Novel {
		t.Errorf("what was met a hundred times is news: %+v", v.Why)
	}
	if u := m.Usual(today, nil); u.Days != 0 {
		t.Errorf("usual days are told of what is not all known: %+v", u)
	}
	runtime.KeepAlive(events)
}

// Many such routines are kept, some in memory and all in the Store.
func TestOfLargeRoutinesOnlyAFewAreKeptInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("learns a hundred large routines")
	}
	events := hostileYear()[:3_000]
	l := novelty.NewLearner(novelty.Config{Source: &diary{events: events}})
	held := inUse()
	for n := range 100 {
		if _, err := l.Routine(t.Context(), fmt.Sprint("user", n), today, summarizer.Selection{}); err != nil {
			t.Fatal(err)
		}
	}
	if took := inUse() - held; took > 90<<20 {
		t.Errorf("a hundred take %d MB", took>>20)
	}
	runtime.KeepAlive(events)
	runtime.KeepAlive(l)
}

// inUse returns the bytes in use, once garbage is collected.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
