package summarizer_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/zonetest"
)

// around is more than any clock is off UTC, and than any change of clocks.
const around = 3 * 24 * time.Hour

func midnightUTC(d summarizer.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// startOf is when a day starts, worked out from what its clocks show: the first
// instant at which they show the date or a later one.
func startOf(d summarizer.Date, zone *time.Location) time.Time {
	midnight := midnightUTC(d)
	for _, s := range zonetest.Stretches(zone, midnight.Add(-around), midnight.Add(around)) {
		first := midnight.Add(-s.Offset)
		if first.Before(s.Start) {
			first = s.Start
		}
		if first.Before(s.End) {
			return first
		}
	}
	panic("no clock shows a later date within days")
}

// dateOf is the date of the day that an instant lies in: the latest date that
// clocks have shown by then.
func dateOf(t time.Time, zone *time.Location) summarizer.Date {
	latest := summarizer.DateOf(t.In(zone))
	for _, s := range zonetest.Stretches(zone, t.Add(-around), t) {
		if d := summarizer.DateOf(s.End.Add(-time.Nanosecond).In(zone)); latest.Before(d) {
			latest = d
		}
	}
	return latest
}

// In every zone, about every change of its clocks, days begin when the clocks
// first show their date and follow each other without gap or overlap.
func TestDaysAreWhatClocksShowInEveryZone(t *testing.T) {
	t.Parallel()
	changes, skipped, short, long := 0, 0, 0, 0
	for _, zone := range zonetest.All(t) {
		for _, change := range zonetest.Changes(zone) {
			changes++
			for i := -1; i <= 1; i++ {
				d := summarizer.DateOf(change).AddDays(i)
				day := summarizer.Day{Date: d, Zone: zone}
				start, end := day.Start(), day.End()
				if want := startOf(d, zone); !start.Equal(want) {
					t.Errorf("%s starts at %v, want %v", day, start, want)
				}
				if next := (summarizer.Day{Date: d.AddDays(1), Zone: zone}).Start(); !end.Equal(next) || end.Before(start) {
					t.Errorf("%s goes from %v to %v, and the next starts at %v", day, start, end, next)
				}
				if start.Location() != zone || end.Location() != zone {
					t.Errorf("%s goes from %v to %v, in other zones", day, start, end)
				}
				for _, at := range []time.Time{start.Add(-time.Nanosecond), start, change.Add(-time.Nanosecond), change} {
					within := !at.Before(start) && at.Before(end)
					if want := dateOf(at, zone) == d; within != want {
						t.Errorf("%v is in %s: %v, want %v", at, day, within, want)
					}
					if got, want := summarizer.DayAt(at, zone).Date, dateOf(at, zone); got != want {
						t.Errorf("%v is in the day %s, want %s", at, got, want)
					}
				}
				switch length := end.Sub(start); {
				case length == 0:
					skipped++
				case length < 24*time.Hour:
					short++
				case length > 24*time.Hour:
					long++
				}
			}
		}
	}
	if changes < 5000 || skipped < 4 || short == 0 || long == 0 {
		t.Errorf("%d changes of clocks, %d skipped, %d short and %d long days: the zones are not all there", changes, skipped, short, long)
	}
}

// drawInstant draws one near a change of clocks in a zone, or anywhere.
func drawInstant(t *rapid.T, zone *time.Location) time.Time {
	near := time.Unix(rapid.Int64Range(725_846_400, 1_893_456_000).Draw(t, "seconds"), 0) // 1993 to 2030
	if changes := zonetest.Changes(zone); len(changes) > 0 && rapid.IntRange(0, 3).Draw(t, "near a change") > 0 {
		near = rapid.SampledFrom(changes).Draw(t, "change")
	}
	return near.Add(time.Duration(rapid.IntRange(-36*60, 36*60).Draw(t, "minutes")) * time.Minute)
}

func drawZone(t *rapid.T, zones []*time.Location) *time.Location {
	return zones[rapid.IntRange(0, len(zones)-1).Draw(t, "zone")]
}

// wantTouches wants the event to touch the days that its instants are of, which are
// looked at step by step, and no others.
func wantTouches(t interface {
	Errorf(format string, args ...any)
}, e summarizer.Event, zone *time.Location, step time.Duration) {
	touched := map[summarizer.Date]bool{dateOf(e.Start, zone): true}
	for at := e.Start; at.Before(e.End); at = at.Add(step) {
		touched[dateOf(at, zone)] = true
		touched[dateOf(at.Add(step-time.Nanosecond), zone)] = true
	}
	first, last := summarizer.DateOf(e.Start.In(zone)), summarizer.DateOf(e.End.In(zone))
	for d := first.AddDays(-2); !last.AddDays(2).Before(d); d = d.AddDays(1) {
		if got := e.Touches(summarizer.Day{Date: d, Zone: zone}); got != touched[d] {
			t.Errorf("%v to %v touches %s: %v, want %v", e.Start.In(zone), e.End.In(zone), d, got, touched[d])
		}
	}
}

func TestAnEventWhileClocksAreChangedTouchesTheDaysThatItsInstantsAreOf(t *testing.T) {
	t.Parallel()
	for _, zone := range zonetest.All(t) {
		for _, change := range zonetest.Kinds(zone) {
			for _, e := range []summarizer.Event{
				{Start: change.Add(-time.Hour), End: change.Add(time.Hour)},
				{Start: change.Add(30 * time.Minute), End: change.Add(time.Hour)},
				{Start: change, End: change},
			} {
				wantTouches(t, e, zone, 30*time.Minute)
			}
		}
	}
}

func TestAnEventTouchesTheDaysThatItsInstantsAreOf(t *testing.T) {
	t.Parallel()
	zones := zonetest.All(t)
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t, zones)
		start := drawInstant(t, zone)
		const step = 15 * time.Minute
		length := time.Duration(rapid.IntRange(0, 5*24*4).Draw(t, "quarters")) * step
		wantTouches(t, summarizer.Event{Start: start, End: start.Add(length)}, zone, step)
	})
}

// All-day events are dates: clocks have no say in which days they touch, and
// their span holds those days and no others.
func TestAnAllDayEventTouchesItsDatesInEveryZone(t *testing.T) {
	t.Parallel()
	zones := zonetest.All(t)
	rapid.Check(t, func(t *rapid.T) {
		zone := drawZone(t, zones)
		first := summarizer.DateOf(drawInstant(t, zone).In(zone))
		days := rapid.IntRange(1, 6).Draw(t, "days")
		e := summarizer.Event{AllDay: true, StartDate: first, EndDate: first.AddDays(days)}
		from, to := e.Span(zone)
		for i := -3; i <= 9; i++ {
			day := summarizer.Day{Date: first.AddDays(i), Zone: zone}
			want := i >= 0 && i < days
			if got := e.Touches(day); got != want {
				t.Fatalf("%s to %s touches %s: %v, want %v", e.StartDate, e.EndDate, day, got, want)
			}
			if start := day.Start(); start.Before(day.End()) && (!start.Before(from) && start.Before(to)) != want {
				t.Fatalf("the span from %v to %v holds %s: %v, want %v", from, to, day, !want, want)
			}
		}
	})
}
