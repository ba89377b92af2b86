package novelty_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

func TestAnEventStillRunningIsJudgedByWhatCameBeforeIt(t *testing.T) {
	t.Parallel()
	festival := with(at("2026-06-14", "Festival"), func(e *summarizer.Event) { e.EndDate = date("2026-06-18") })
	if v := learn(history(one(festival))).Judge(today, one(festival))[0]; v.Novelty != 1 {
		t.Errorf("on its third day the festival is %v, %+v", v.Novelty, v.Why)
	}
}

// A holiday is on for weeks, and is on its last day what it was on its first.
func TestWhatRunsForWeeksIsJudgedAsOnItsFirstDay(t *testing.T) {
	t.Parallel()
	holidays := with(at("2026-06-16", "School holidays"), func(e *summarizer.Event) { e.EndDate = date("2026-08-04") })
	d := &diary{events: append(before(at("2026-08-20 08:00", "Walk the dog"), 600, 1), at("2025-06-17", "School holidays"), holidays)}
	l := novelty.NewLearner(novelty.Config{Source: d})
	for on := holidays.StartDate; on.Before(holidays.EndDate); on = on.AddDays(1) {
		v := verdict(t, l, "ada", summarizer.Day{Date: on, Zone: berlin}, holidays)
		if v.Novelty != 0.7 || v.Why != yearly("2025-06-17") {
			t.Fatalf("on %s it is %v, %+v", on, v.Novelty, v.Why)
		}
	}
}

// Nor does it matter that the calendar has nothing for months before it, or that it was
// not known for long when it began.
func TestWhatIsKnownOfARunningEventIsCountedFromItsFirstDay(t *testing.T) {
	t.Parallel()
	leave := with(at("2026-06-16", "Parental leave"), func(e *summarizer.Event) { e.EndDate = date("2026-08-04") })
	for name, c := range map[string]struct {
		past []summarizer.Event
		why  summarizer.Why
	}{
		"in a calendar of a year, with nothing lately": {before(at("2025-11-01 08:00", "Walk the dog"), 200, 1), firstTime(0)},
		"in a calendar of nine weeks":                  {before(at("2026-06-16 08:00", "Walk the dog"), 60, 1), firstTime(9)},
		"in a new calendar":                            {before(at("2026-06-16 08:00", "Walk the dog"), 1, 1), newCalendar},
		"twice, months ago":                            {slices.Concat(longAgo, before(leave, 2, 150)), nth(3, "2026-01-17")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := novelty.NewLearner(novelty.Config{Source: &diary{events: append(slices.Clone(c.past), leave)}})
			for on := leave.StartDate; on.Before(leave.EndDate); on = on.AddDays(1) {
				if v := verdict(t, l, "ada", summarizer.Day{Date: on, Zone: berlin}, leave); v.Why != c.why {
					t.Fatalf("on %s it is %v, %+v, want %+v", on, v.Novelty, v.Why, c.why)
				}
			}
		})
	}
}

func TestARunningEventIsOnEachDayWhatItWasOnItsFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := history(diaries().Draw(t, "history"))
		title := rapid.SampledFrom([]string{"Choir", "Choir 12", "Gym", "Retreat"}).Draw(t, "title")
		e := shifted(at("2026-06-16 10:00", title), -rapid.IntRange(0, 5).Draw(t, "day"),
			time.Duration(rapid.IntRange(0, 800).Draw(t, "minute"))*time.Minute)
		e.ID, e.End = "running", e.End.AddDate(0, 0, 20)
		events = append(events, e)
		m := learn(events)
		on := func(day summarizer.Day) summarizer.Verdict {
			verdicts := m.Judge(day, eventsOf(day, events))
			return verdicts[slices.IndexFunc(verdicts, func(v summarizer.Verdict) bool { return v.Event.ID == "running" })]
		}
		first := on(summarizer.Day{Date: summarizer.DateOf(e.Start), Zone: berlin})
		if later := on(summarizer.Day{Date: today.Date.AddDays(1), Zone: berlin}); later != first {
			t.Errorf("later it is\n%+v, on its first day\n%+v", later, first)
		}
	})
}
