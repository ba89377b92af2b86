package novelty_test

import (
	"slices"
	"testing"
	"time"

	"foreday/summarizer"
)

// dates makes events like e, at its time of day, on the dates given.
func dates(e summarizer.Event, on ...string) []summarizer.Event {
	var events []summarizer.Event
	for _, d := range on {
		if e.AllDay {
			events = append(events, at(d, e.Title))
		} else {
			events = append(events, at(d+" "+e.Start.In(berlin).Format("15:04"), e.Title))
		}
	}
	return events
}

// numbered gives the events numbers, from 1 on.
func numbered(events []summarizer.Event) []summarizer.Event {
	for i := range events {
		events[i].Title += " " + string(rune('1'+i%9))
	}
	return events
}

func judgedOn(e summarizer.Event, past []summarizer.Event) summarizer.Verdict {
	day := summarizer.Day{Date: summarizer.DateOf(e.Start.In(berlin)), Zone: berlin}
	if e.AllDay {
		day.Date = e.StartDate
	}
	return learn(history(past)).Judge(day, one(e))[0]
}

// What is the same but for numbers, or nearly spelt the same, is no routine for having
// been met often: a burst of days counts once, what ended long ago is over, and what
// comes without a rhythm is none.
func TestNearlyTheSameTitleIsRoutineOnlyInARhythmThatGoesOn(t *testing.T) {
	t.Parallel()
	course, race, camp := at("2026-06-16 09:00", "First aid course"), at("2026-06-14", "Trail race"), at("2026-06-16 09:00", "Ski camp")
	titled := func(e summarizer.Event, title string) summarizer.Event { e.Title = title; return e }
	irregularly := []string{"2025-09-07", "2025-10-26", "2026-03-29", "2026-04-12", "2026-05-31", "2026-06-06"}
	for name, c := range map[string]struct {
		event summarizer.Event
		past  []summarizer.Event
	}{
		"a course of five days a year ago": {titled(course, "First aid course 2026"),
			before(titled(shifted(course, -340, 0), "First aid course 2025"), 5, 1)},
		"a course of two weeks of days a month ago": {titled(course, "First aid course 2026"),
			before(titled(shifted(course, -30, 0), "First aid course 2025"), 14, 1)},
		"two courses of five days, in spring and autumn": {titled(course, "First aid course 3"),
			slices.Concat(before(titled(shifted(course, -240, 0), "First aid course 1"), 5, 1),
				before(titled(shifted(course, -60, 0), "First aid course 2"), 5, 1))},
		"a weekly course that ended half a year ago": {titled(course, "First aid course 2"),
			before(titled(shifted(course, -180, 0), "First aid course 1"), 10, 7)},
		"race days now and then":                     {titled(race, "Trail race 7"), numbered(dates(race, irregularly...))},
		"nearly the spelling of a burst":             {titled(camp, "Ski camps"), before(camp, 6, 1)},
		"nearly the spelling of what ended long ago": {titled(camp, "Ski camps"), before(shifted(camp, -182, 0), 12, 7)},
		"nearly the spelling of what has no rhythm":  {titled(race, "Trial races"), dates(race, irregularly...)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judgedOn(c.event, c.past); !v.Novel || v.Novelty != 1 || v.Why != firstTime(0) {
				t.Errorf("it is novel: %v, %v, %+v", v.Novel, v.Novelty, v.Why)
			}
		})
	}
}

// The longer ago a routine was held, the more its kin is news.
func TestAgeTellsOfKin(t *testing.T) {
	t.Parallel()
	last := 0.0
	for _, weeks := range []int{0, 2, 4, 6, 8, 12, 20, 40} {
		v := judgedOn(at("2026-06-16 10:00", "Sprint 43 review"), before(shifted(at("2026-06-16 10:00", "Sprint 41 review"), -7*weeks, 0), 5, 14))
		if v.Novelty < last {
			t.Errorf("after %d weeks it is %v, after fewer %v", weeks, v.Novelty, last)
		}
		last = v.Novelty
	}
	if last != 1 {
		t.Errorf("after 40 weeks it is %v, want as new", last)
	}
}

// A word that says no more than that there is an event makes no other event of it, if
// it is where the routine is: in the week, or in the month.
func TestANeutralWordMoreIsNoFirstTimeInTheRoutinesSlot(t *testing.T) {
	t.Parallel()
	sync, monthly := at("2026-06-16 10:00", "Team Sync"), at("2026-06-16 10:00", "Monthly Meeting")
	firstTuesdays := dates(monthly, "2025-12-02", "2026-01-06", "2026-02-03", "2026-03-03", "2026-04-07", "2026-05-05")
	fifteenths := dates(monthly, "2025-12-15", "2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15", "2026-05-15")
	for name, c := range map[string]struct {
		event   summarizer.Event
		past    []summarizer.Event
		routine bool
	}{
		"a word more":                         {at("2026-06-16 10:00", "Team Sync Meeting"), before(sync, 20, 7), true},
		"in a series of its own":              {inSeries(at("2026-06-16 10:00", "Team Sync Meeting")), before(sync, 20, 7), true},
		"some minutes later":                  {at("2026-06-16 10:10", "Team Sync Meeting"), before(sync, 20, 7), true},
		"a word less":                         {at("2026-06-16 10:00", "Team"), before(sync, 20, 7), true},
		"on the first Tuesday of the month":   {at("2026-06-02 10:00", "Monthly Meeting Discussion"), firstTuesdays, true},
		"on the fifteenth of the month":       {at("2026-06-15 10:00", "Monthly Meeting Discussion"), fifteenths, true},
		"on the fifteenth, a month left out":  {at("2026-06-15 10:00", "Monthly Meeting Discussion"), fifteenths[:5], true},
		"a week before the fifteenth":         {at("2026-06-08 10:00", "Monthly Meeting Discussion"), fifteenths, false},
		"at another time":                     {at("2026-06-16 17:00", "Team Sync Meeting"), before(sync, 20, 7), false},
		"on another day":                      {at("2026-06-18 10:00", "Team Sync Meeting"), before(sync, 20, 7), false},
		"a word that says more":               {at("2026-06-16 10:00", "Team Sync Farewell"), before(sync, 20, 7), false},
		"in a place that was left months ago": {at("2026-06-16 10:00", "Team Sync Meeting"), before(shifted(sync, -140, 0), 20, 7), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judgedOn(c.event, c.past); v.Novel == c.routine || (v.Why.Kind == summarizer.LikeRoutine) != c.routine ||
				(v.Why.Kind == summarizer.FirstTime) == c.routine {
				t.Errorf("it is novel: %v, %+v", v.Novel, v.Why)
			}
		})
	}
}

// One more, beside what is held as ever, is news.
func TestAnExtraOccurrenceADayAfterTheUsualOneIsNews(t *testing.T) {
	t.Parallel()
	sync := at("2026-06-16 10:00", "Team Sync")
	workdays := func(past int) []summarizer.Event {
		var events []summarizer.Event
		for _, day := range []string{"15", "16", "17", "18", "19"} {
			e := at("2026-06-"+day+" 10:00", "Stand-up")
			events = append(append(events, before(e, past, 7)...), e)
		}
		return events
	}
	for name, c := range map[string]struct {
		event summarizer.Event
		past  []summarizer.Event
		why   summarizer.Why
	}{
		"at the same time": {at("2026-06-17 10:00", "Team Sync"), append(before(sync, 20, 7), sync), besides("Tuesday 10:00")},
		"at another time":  {at("2026-06-17 16:00", "Team Sync"), append(before(sync, 20, 7), sync), besides("Tuesday 10:00")},
		"of a series": {at("2026-06-17 10:00", "Team Sync"), append(before(inSeries(sync), 20, 7), inSeries(sync)),
			besides("Tuesday 10:00")},
		"of what was moved once, weeks ago": {at("2026-06-17 10:00", "Team Sync"),
			slices.Concat(before(shifted(sync, -35, 0), 15, 7), one(at("2026-05-14 10:00", "Team Sync")), before(sync, 4, 7), one(sync)),
			besides("Tuesday 10:00")},
		"of what is held monthly": {at("2026-06-17 10:00", "Team Sync"), append(before(sync, 10, 28), sync),
			besides("Tuesday 10:00")},
		"on the Saturday after working days": {at("2026-06-20 10:00", "Stand-up"), workdays(20), besides("Friday 10:00")},
		"of what is all day": {at("2026-06-17", "Bins out"),
			append(before(at("2026-06-16", "Bins out"), 20, 14), at("2026-06-16", "Bins out")), besides("Tuesday")},
		"of what comes every nine days": {at("2026-06-17", "On duty"),
			append(before(at("2026-06-16", "On duty"), 12, 9), at("2026-06-16", "On duty")), outOfTurn(9, "2026-06-25")},
		"between two of three days of a week": {at("2026-06-18 10:00", "Gym"),
			slices.Concat(before(at("2026-06-22 10:00", "Gym"), 20, 7), before(at("2026-06-24 10:00", "Gym"), 20, 7),
				before(at("2026-06-26 10:00", "Gym"), 20, 7)), besides("Friday 10:00")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judgedOn(c.event, c.past); !v.Novel || v.Why != c.why {
				t.Errorf("it is novel: %v, %+v, want %+v", v.Novel, v.Why, c.why)
			}
		})
	}
}

// The usual one beside it is not.
func TestTheUsualOneBesideAnExtraIsRoutine(t *testing.T) {
	t.Parallel()
	sync := at("2026-06-16 10:00", "Team Sync")
	past := slices.Concat(before(sync, 20, 7), one(sync), one(shifted(sync, 1, time.Hour)))
	if v := judgedOn(sync, past); v.Novel || v.Why != habitual(summarizer.Weekly, "Tuesday 10:00", 20) {
		t.Errorf("it is novel: %v, %+v", v.Novel, v.Why)
	}
}
