package novelty_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"foreday/summarizer"
	"foreday/summarizer/novelty/noveltytest"
)

var (
	berlin = zone("Europe/Berlin")
	// today is a Tuesday in summer, so that a year of history holds both
	// changes of the clocks.
	today = summarizer.Day{Date: date("2026-06-16"), Zone: berlin}
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func date(s string) summarizer.Date {
	d, err := summarizer.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// at makes an event of an hour at "2006-01-02 15:04" in Berlin, or an all-day
// event on "2006-01-02".
func at(when, title string) summarizer.Event {
	e := summarizer.Event{CalendarID: "own", Title: title}
	if d, err := summarizer.ParseDate(when); err == nil {
		e.AllDay, e.StartDate, e.EndDate = true, d, d.AddDays(1)
		return e
	}
	start, err := time.ParseInLocation("2006-01-02 15:04", when, berlin)
	if err != nil {
		panic(err)
	}
	e.Start, e.End = start, start.Add(time.Hour)
	return e
}

// before makes n events like e, the last of them a number of days before it,
// and as many days between them.
func before(e summarizer.Event, n, days int) []summarizer.Event {
	var events []summarizer.Event
	for i := n; i > 0; i-- {
		past := e
		if e.AllDay {
			past.StartDate, past.EndDate = e.StartDate.AddDays(-i*days), e.EndDate.AddDays(-i*days)
		} else {
			past.Start, past.End = e.Start.AddDate(0, 0, -i*days), e.End.AddDate(0, 0, -i*days)
		}
		events = append(events, past)
	}
	return events
}

// spread makes n events like e in the n weeks before it, no two of them at the
// same time of day.
func spread(e summarizer.Event, n int) []summarizer.Event {
	events := before(e, n, 7)
	for i := range events {
		events[i].Start = events[i].Start.Add(time.Duration(i+1) * time.Minute)
	}
	return events
}

func with(e summarizer.Event, change func(*summarizer.Event)) summarizer.Event {
	change(&e)
	return e
}

func judge(t *testing.T, e summarizer.Event, history ...summarizer.Event) summarizer.Verdict {
	t.Helper()
	verdicts := noveltytest.LearnReference(history, today).Judge(today, []summarizer.Event{e})
	if len(verdicts) != 1 {
		t.Fatalf("%d verdicts on one event", len(verdicts))
	}
	return verdicts[0]
}

func TestReferenceJudges(t *testing.T) {
	t.Parallel()
	class := at("2026-06-16 10:00", "Pottery class")
	inSeries := func(e *summarizer.Event) { e.SeriesID = "s1"; e.Original = e.Start }
	for name, c := range map[string]struct {
		event   summarizer.Event
		history []summarizer.Event
		novelty float64
		novel   bool
		why     summarizer.Why
	}{
		"an event never seen as novel": {
			event: class, history: before(at("2026-06-16 10:00", "Dentist"), 20, 7),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"a third time as novel": {
			event: class, history: before(class, 2, 7),
			novelty: 0.833, novel: true, why: nth(3, "2026-06-09"),
		},
		"many patterns of one occurrence each as novel": {
			event: class, history: spread(class, 10),
			novelty: 0.917, novel: true, why: nth(11, "2026-06-09"),
		},
		"a fourth time as routine": {
			event: class, history: before(class, 3, 7),
			novelty: 0.75, why: habitual(summarizer.Weekly, "", 3),
		},
		"a dozen times as nothing but routine": {
			event: class, history: before(class, 12, 14),
			novelty: 0, why: habitual(summarizer.Fortnightly, "", 12),
		},
		"what happens daily by its weekday, but calls it daily": {
			event: class, history: before(class, 70, 1),
			novelty: 0.167, why: habitual(summarizer.Daily, "", 70),
		},
		"an hour's difference as the same pattern": {
			event: class, history: before(at("2026-06-16 11:00", "Pottery class"), 4, 7),
			novelty: 0.667, why: habitual(summarizer.Weekly, "", 4),
		},
		"a longer difference as news": {
			event: class, history: before(at("2026-06-16 11:01", "Pottery class"), 4, 7),
			novelty: 1, novel: true, why: nth(5, "2026-06-09"),
		},
		"another weekday as news": {
			event: class, history: before(at("2026-06-17 10:00", "Pottery class"), 4, 7),
			novelty: 1, novel: true, why: nth(5, "2026-06-10"),
		},
		"another calendar as news": {
			event: class, history: before(with(class, func(e *summarizer.Event) { e.CalendarID = "club" }), 4, 7),
			novelty: 1, novel: true, why: nth(5, "2026-06-09"),
		},
		"a title that contains a firm pattern as routine": {
			event: at("2026-06-16 10:00", "Pottery class (bring apron)"), history: before(class, 12, 7),
			novelty: 0, why: habitual(summarizer.Weekly, "", 12),
		},
		"a title contained in a firm pattern as routine": {
			event: at("2026-06-16 10:00", "Pottery"), history: before(class, 12, 7),
			novelty: 0, why: habitual(summarizer.Weekly, "", 12),
		},
		"a title that contains a young pattern as novel": {
			event: at("2026-06-16 10:00", "Pottery class (bring apron)"), history: before(class, 11, 7),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"a short title as contained in nothing": {
			event: at("2026-06-16 10:00", "class"), history: before(class, 20, 7),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"what was over a year ago as forgotten": {
			event: class, history: before(class, 10, 366),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"cancelled occurrences as nothing": {
			event:   class,
			history: before(with(class, func(e *summarizer.Event) { e.Status = summarizer.Cancelled }), 20, 7),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"an all-day event by all-day events only": {
			event: at("2026-06-16", "Pottery class"), history: before(at("2026-06-16 00:00", "Pottery class"), 20, 7),
			novelty: 1, novel: true, why: nth(21, "2026-06-09"),
		},
		"a weekly all-day event as routine": {
			event: at("2026-06-16", "Bins out"), history: before(at("2026-06-16", "Bins out"), 20, 7),
			novelty: 0, why: habitual(summarizer.Weekly, "", 20),
		},
		"a monthly series as routine though its weekdays differ": {
			event: with(class, inSeries), history: before(with(class, inSeries), 6, 30),
			novelty: 0.5, why: habitual(summarizer.Monthly, "", 6),
		},
		"the same without a series as novel": {
			event: class, history: before(class, 6, 30),
			novelty: 1, novel: true, why: nth(7, "2026-05-17"),
		},
		"an occurrence moved to another time as news": {
			event: with(at("2026-06-16 15:00", "Pottery class"), func(e *summarizer.Event) {
				e.SeriesID = "s1"
				e.Original = class.Start
			}),
			history: before(with(class, inSeries), 20, 7),
			novelty: 1, novel: true, why: nth(21, "2026-06-09"),
		},
		"an occurrence that was given another title as news": {
			event:   with(at("2026-06-16 10:00", "Kiln opening"), inSeries),
			history: before(with(class, inSeries), 20, 7),
			novelty: 1, novel: true, why: firstTime(0),
		},
		"the spaces of a title as nothing": {
			event: at("2026-06-16 10:00", " Pottery  class "), history: before(class, 12, 7),
			novelty: 0, why: habitual(summarizer.Weekly, "", 12),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judge(t, c.event, c.history...)
			if v.Novelty != c.novelty || v.Novel != c.novel || v.Why != c.why {
				t.Errorf("novelty %v, novel %v, %+v; want %v, %v, %+v",
					v.Novelty, v.Novel, v.Why, c.novelty, c.novel, c.why)
			}
			if v.Event.Title != c.event.Title {
				t.Errorf("the verdict is on %q, not on the event", v.Event.Title)
			}
		})
	}
}

func TestNothingOfTheJudgedDayOrLaterIsEvidence(t *testing.T) {
	t.Parallel()
	call := at("2026-06-16 09:00", "Call about the roof")
	var history []summarizer.Event
	for hour := range 10 {
		again := call
		again.Start, again.End = call.Start.Add(time.Duration(hour)*6*time.Minute), call.End
		history = append(history, again)
	}
	history = append(history, before(with(call, func(e *summarizer.Event) { e.Start = e.Start.AddDate(0, 0, 7*20) }), 20, 7)...)
	week := summarizer.Day{Date: today.Date.AddDays(140), Zone: berlin}
	v := noveltytest.LearnReference(history, week).Judge(today, []summarizer.Event{call})[0]
	if !v.Novel || v.Novelty != 1 || v.Why != firstTime(0) {
		t.Errorf("%v %v %+v, though everything like it is of the same day or later", v.Novel, v.Novelty, v.Why)
	}
}

func TestAReferenceKnowsNothingSinceItWasLearnt(t *testing.T) {
	t.Parallel()
	walk := at("2026-06-30 10:00", "Walk")
	later := summarizer.Day{Date: date("2026-06-30"), Zone: berlin}
	v := noveltytest.LearnReference(before(walk, 5, 7), today).Judge(later, []summarizer.Event{walk})[0]
	if want := habitual(summarizer.Weekly, "", 3); v.Why != want {
		t.Errorf("learnt two weeks before, the walk is %+v, want %+v", v.Why, want)
	}
}

func TestAnEventStillRunningIsNoEvidenceForItself(t *testing.T) {
	t.Parallel()
	for name, festival := range map[string]summarizer.Event{
		"all day": with(at("2026-06-14", "Festival"), func(e *summarizer.Event) { e.EndDate = date("2026-06-18") }),
		"timed":   with(at("2026-06-14 18:00", "Festival"), func(e *summarizer.Event) { e.End = e.Start.AddDate(0, 0, 4) }),
	} {
		if v := judge(t, festival, festival); v.Novelty != 1 || v.Why != firstTime(0) {
			t.Errorf("%s: on its third day the festival is %v, %+v", name, v.Novelty, v.Why)
		}
	}
}

// The pattern is to meet at ten by the clock on the wall, summer and winter, and
// a person elsewhere sees the same instants on another weekday.
func TestTimesAndWeekdaysAreThoseOfThePersonsZone(t *testing.T) {
	t.Parallel()
	late := at("2026-06-17 00:30", "Night shift")
	history := before(late, 40, 7)
	day := summarizer.Day{Date: date("2026-06-17"), Zone: berlin}
	if v := noveltytest.LearnReference(history, day).Judge(day, []summarizer.Event{late})[0]; v.Novel {
		t.Errorf("in Berlin the night shift is %+v", v.Why)
	}
	lisbon := summarizer.Day{Date: date("2026-06-16"), Zone: zone("Europe/Lisbon")}
	if v := noveltytest.LearnReference(history, lisbon).Judge(lisbon, []summarizer.Event{late})[0]; v.Novel {
		t.Errorf("in Lisbon, where it starts on Tuesdays at 23:30, it is %+v", v.Why)
	}
}

func TestVerdictsComeInTheOrderOfTheEvents(t *testing.T) {
	t.Parallel()
	events := []summarizer.Event{at("2026-06-16 18:00", "c"), at("2026-06-16", "a"), at("2026-06-16 09:00", "b")}
	verdicts := noveltytest.LearnReference(nil, today).Judge(today, events)
	for i, v := range verdicts {
		if v.Event.Title != events[i].Title {
			t.Errorf("verdict %d is on %q, want %q", i, v.Event.Title, events[i].Title)
		}
	}
	if len(verdicts) != len(events) {
		t.Errorf("%d verdicts on %d events", len(verdicts), len(events))
	}
}
