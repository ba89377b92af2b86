package novelty_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// longAgo makes a calendar that goes back a year.
var longAgo = []summarizer.Event{at("2025-06-20 11:00", "Flat viewing"), at("2025-07-01 11:00", "Boiler"), at("2025-08-01 11:00", "Picnic")}

func inSeries(e summarizer.Event) summarizer.Event {
	e.SeriesID, e.Original, e.OriginalDate = "s1", e.Start, e.StartDate
	if e.AllDay {
		e.Original = time.Time{}
	}
	return e
}

// putBy says where the series had put the event.
func putBy(e summarizer.Event, original string) summarizer.Event {
	e.SeriesID, e.Original = "s1", at(original, "").Start
	return e
}

func history(parts ...[]summarizer.Event) []summarizer.Event {
	all := longAgo
	for _, p := range parts {
		all = append(all[:len(all):len(all)], p...)
	}
	return all
}

func one(e summarizer.Event) []summarizer.Event { return []summarizer.Event{e} }

func TestModelJudges(t *testing.T) {
	t.Parallel()
	class := at("2026-06-16 10:00", "Pottery class") // a Tuesday
	weekly, series := before(class, 20, 7), before(inSeries(class), 20, 7)
	var loose []summarizer.Event
	for i, minutes := range []int{0, 20, -15, 5, 15, -10, -20, 10, -5, 15, 0, -15, 5, 20} {
		loose = append(loose, shifted(at("2026-06-09 18:00", "Frisbee"), -7*i, time.Duration(minutes)*time.Minute))
	}
	var workdays []summarizer.Event
	for _, day := range []string{"15", "16", "17", "18", "19"} {
		workdays = append(workdays, before(at("2026-06-"+day+" 10:00", "Stand-up"), 20, 7)...)
	}
	for _, day := range []string{"15", "16", "17", "18"} {
		workdays = append(workdays, at("2026-06-"+day+" 10:00", "Stand-up"))
	}
	for name, c := range map[string]struct {
		event   summarizer.Event
		history []summarizer.Event
		novelty float64
		why     summarizer.Why
	}{
		"an event never seen": {
			class, history(), 1, firstTime(0),
		},
		"what was seen lately, but once": {
			class, history(before(class, 1, 7)), 0.769, nth(2, "2026-06-09"),
		},
		"what was seen three times lately, as becoming routine": {
			class, history(before(class, 3, 7)), 0.361, nth(4, "2026-06-09"),
		},
		"what was seen three times long ago": {
			class, history(before(class, 3, 100)), 0.889, nth(4, "2026-03-08"),
		},
		"a weekly routine": {
			class, history(weekly), 0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"four times long ago, as routine that is fading": {
			class, history(before(class, 4, 80)), 0.45, irregular(4, "2026-03-28"),
		},
		"a daily routine": {
			class, history(before(class, 60, 1)), 0, habitual(summarizer.Daily, "10:00", 60),
		},
		"a fortnightly routine": {
			class, history(before(class, 12, 14)), 0, habitual(summarizer.Fortnightly, "Tuesday 10:00", 12),
		},
		"a fortnightly routine of two days": {
			class, history(before(class, 12, 14), before(at("2026-06-18 10:00", "Pottery class"), 12, 14)), 0, habitual(summarizer.Fortnightly,
				"10:00", 24),
		},
		"a routine of two days, one of them every other week": {
			class, history(before(class, 12, 14), before(at("2026-06-18 10:00", "Pottery class"), 20, 7)), 0, irregular(32, "2026-06-11"),
		},
		"a first-Tuesday routine": {
			at("2026-06-02 10:00", "Board"), history(one(at("2026-01-06 10:00", "Board")), one(at("2026-02-03 10:00", "Board")),
				one(at("2026-03-03 10:00", "Board")), one(at("2026-04-07 10:00", "Board")), one(at("2026-05-05 10:00", "Board"))),
			0.45, habitual(summarizer.Monthly, "Tuesday 10:00", 5),
		},
		"what is on the fifteenth of each month, whatever the weekday": {
			at("2026-06-15 10:00", "Invoices"), history(one(at("2026-01-15 10:00", "Invoices")), one(at("2026-02-15 10:00", "Invoices")),
				one(at("2026-03-15 10:00", "Invoices")), one(at("2026-04-15 10:00", "Invoices")), one(at("2026-05-15 10:00", "Invoices"))),
			0.45, habitual(summarizer.Monthly, "10:00", 5),
		},
		"a yearly event": {
			at("2026-06-16", "Anniversary"), history(one(at("2025-06-16", "Anniversary"))),
			0.7, yearly("2025-06-16"),
		},
		"a yearly event that is on the third Tuesday in June": {
			at("2026-06-16", "Street party"), history(one(at("2025-06-17", "Street party"))),
			0.7, yearly("2025-06-17"),
		},
		"a routine that drifts by minutes": {
			at("2026-06-16 10:10", "Pottery class"), history(weekly), 0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"a routine crossing midnight by minutes": {
			at("2026-06-15 23:55", "Handover"), history(before(at("2026-06-16 00:05", "Handover"), 10, 7)),
			0, habitual(summarizer.Weekly, "Tuesday 00:05", 10),
		},
		"a routine moved within the day": {
			at("2026-06-16 15:00", "Pottery class"), history(weekly), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a routine moved by half an hour": {
			at("2026-06-16 10:30", "Pottery class"), history(weekly), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a routine moved to the day after": {
			at("2026-06-17 10:00", "Pottery class"), history(weekly), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a routine moved to the day before, though nothing is known of the days after": {
			at("2026-06-15 10:00", "Pottery class"), history(weekly), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a routine held twice in a week": {
			at("2026-06-17 10:00", "Pottery class"), history(weekly, one(class)),
			0.6, besides("Tuesday 10:00"),
		},
		"one held in advance, with the usual one still to come": {
			at("2026-06-15 10:00", "Pottery class"), history(weekly, one(class)),
			0.6, besides("Tuesday 10:00"),
		},
		"a routine that goes on at its new place": {
			at("2026-06-16 15:00", "Pottery class"), history(weekly, one(at("2026-06-23 15:00", "Pottery class"))),
			0.45, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"one of two in a week that go on at new places": {
			at("2026-06-16 15:00", "Pottery class"), history(weekly, before(at("2026-06-18 10:00", "Pottery class"), 20, 7),
				one(at("2026-06-19 15:00", "Pottery class")), one(at("2026-06-23 15:00", "Pottery class")), one(at("2026-06-26 15:00",
					"Pottery class"))),
			0.45, habitual(summarizer.Weekly, "10:00", 40),
		},
		"a routine that never kept to a time": {
			at("2026-06-16 20:00", "Gym"), history(one(at("2026-06-01 07:00", "Gym")), one(at("2026-06-03 12:00", "Gym")),
				one(at("2026-06-04 18:00", "Gym")),
				one(at("2026-06-07 09:30", "Gym")), one(at("2026-06-10 16:00", "Gym")), one(at("2026-06-13 11:00", "Gym"))),
			0, irregular(6, "2026-06-13"),
		},
		"a loose routine at one of its times": {
			at("2026-06-16 18:20", "Frisbee"), history(loose), 0, habitual(summarizer.Weekly, "Tuesday 18:00", 14),
		},
		"a loose routine on another day": {
			at("2026-06-17 18:00", "Frisbee"), history(loose), 0.9, insteadOf("Tuesday 18:00"),
		},
		"a routine of working days on a Saturday, in place of the Friday": {
			at("2026-06-20 10:00", "Stand-up"), history(workdays), 0.9, insteadOf("Friday 10:00"),
		},
		"a monthly routine moved, of which a month was skipped": {
			at("2026-06-03 10:00", "Board"), history(one(at("2025-11-04 10:00", "Board")), one(at("2025-12-02 10:00", "Board")),
				one(at("2026-01-06 10:00", "Board")),
				one(at("2026-02-03 10:00", "Board")), one(at("2026-04-07 10:00", "Board")), one(at("2026-05-05 10:00", "Board"))),
			0.9, insteadOf("Tuesday 10:00"),
		},
		"a routine every nine days, in turn": {
			at("2026-06-16", "On duty"), history(before(at("2026-06-16", "On duty"), 12, 9)), 0, irregular(12, "2026-06-07"),
		},
		"a routine every nine days, out of turn": {
			at("2026-06-18", "On duty"), history(before(at("2026-06-16", "On duty"), 12, 9)), 0.9, outOfTurn(9, "2026-06-16"),
		},
		"a routine every nine days that begins anew after a pause": {
			at("2026-07-18", "On duty"), history(before(at("2026-06-16", "On duty"), 12, 9)), 0, irregular(12, "2026-06-07"),
		},
		"a numbered routine moved by half an hour": {
			at("2026-06-16 10:30", "Sprint 43 review"), history(before(at("2026-06-16 10:00", "Sprint 41 review"), 8,
				14)), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a title in words that others write as one, in another order": {
			at("2026-06-16 10:00", "Choir practice"), history(before(at("2026-06-16 10:00", "Choirpractice"), 2, 7),
				before(at("2026-06-02 10:00", "Practice: choir"), 2, 7)),
			0.18, habitual(summarizer.Weekly, "Tuesday 10:00", 4),
		},
		"a title spelt otherwise": {
			at("2026-06-16 10:00", "Potery class"), history(weekly),
			0.3, like(habitual(summarizer.Weekly, "Tuesday 10:00", 20)),
		},
		"a title spelt otherwise, elsewhere": {
			at("2026-06-18 19:00", "Potery class"), history(weekly), 1, firstTime(0),
		},
		"a number that is another each time": {
			at("2026-06-16 10:00", "Pottery class 24"), history(before(at("2026-06-16 10:00", "Pottery class 7"), 8, 14),
				before(at("2026-06-09 10:00", "Pottery class 8"), 8, 14)),
			0.3, like(habitual(summarizer.Weekly, "Tuesday 10:00", 16)),
		},
		"a numbered routine moved by a day": {
			at("2026-06-17 10:00", "Sprint 43 review"), history(before(at("2026-06-16 10:00", "Sprint 41 review"), 8,
				14)), 0.9, insteadOf("Tuesday 10:00"),
		},
		"a number more, beside what is numbered as ever": {
			at("2026-06-17 15:00", "Sprint 43 review"), history(before(at("2026-06-16 10:00", "Sprint 41 review"), 8, 14),
				one(at("2026-06-16 10:00", "Sprint 42 review"))),
			0.6, besides("Tuesday 10:00"),
		},
		"a number that is another each time, of what keeps to no time": {
			at("2026-06-17 12:00", "Driving snapshot 7"), history(one(at("2026-05-19 15:00", "Driving snapshot 1")),
				one(at("2026-05-25 08:00", "Driving snapshot 2")),
				one(at("2026-05-28 17:00", "Driving snapshot 3")), one(at("2026-06-02 10:00", "Driving snapshot 4")), one(at("2026-06-06 13:30",
					"Driving snapshot 5")),
				one(at("2026-06-12 19:00", "Driving snapshot 6"))),
			0.3, like(irregular(6, "2026-06-12")),
		},
		"a routine's title with a word that says nothing more": {
			at("2026-06-16 10:00", "Pottery class meeting"), history(weekly),
			0.3, like(habitual(summarizer.Weekly, "Tuesday 10:00", 20)),
		},
		"a routine's title without its word that says nothing more": {
			at("2026-06-16 10:00", "Team"), history(before(at("2026-06-16 10:00", "Weekly team meeting"), 20, 7)),
			0.3, like(habitual(summarizer.Weekly, "Tuesday 10:00", 20)),
		},
		"a routine's title with such a word, elsewhere": {
			at("2026-06-18 15:00", "Pottery class meeting"), history(weekly), 1, firstTime(0),
		},
		"words that say nothing more, of which nothing is left in common": {
			at("2026-06-16 10:00", "Meeting"), history(before(at("2026-06-16 10:00", "Weekly call"), 20, 7)), 1, firstTime(0),
		},
		"a course that was held on a few days a year ago, with another number": {
			at("2026-06-16 09:00", "First aid 2026"), history(before(at("2025-07-05 09:00", "First aid 2025"), 5, 1)), 1, firstTime(0),
		},
		"a course of many weeks that ended long ago, with another number": {
			at("2026-06-16 19:00", "Spanish 2"), history(before(at("2025-11-25 19:00", "Spanish 1"), 10, 7)), 1, firstTime(0),
		},
		"races now and then, with another number": {
			at("2026-06-14", "Race 7"), history(one(at("2025-09-07", "Race 1")), one(at("2025-10-26", "Race 2")), one(at("2026-03-29", "Race 3")),
				one(at("2026-04-12", "Race 4")), one(at("2026-05-31", "Race 5")), one(at("2026-06-06", "Race 6"))), 1, firstTime(0),
		},
		"the second time of a series soon after the first ones": {
			inSeries(class), history(before(inSeries(class), 3, 1)), 0, nth(4, "2026-06-15"),
		},
		"an extra one at a place where extra ones have been": {
			at("2026-06-17 10:00", "Pottery class"), history(weekly, one(class), one(at("2026-04-15 10:00", "Pottery class"))),
			0.45, habitual(summarizer.Weekly, "Tuesday 10:00", 22),
		},
		"a title with an addition": {
			at("2026-06-16 10:00", "Pottery class (glazing)"), history(weekly), 1, firstTime(0),
		},
		"an occurrence of a series": {
			inSeries(class), history(series), 0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"an occurrence that its series had put elsewhere in the week": {
			putBy(at("2026-06-17 15:00", "Pottery class"), "2026-06-16 10:00"), history(series), 0.9, movedFromUsual("Tuesday 10:00"),
		},
		"an occurrence moved by five minutes": {
			putBy(at("2026-06-16 10:05", "Pottery class"), "2026-06-16 10:00"), history(series), 0.9, movedFrom("2026-06-16 10:00"),
		},
		"an occurrence moved by a week": {
			putBy(at("2026-06-16 10:00", "Pottery class"), "2026-06-09 10:00"), history(series), 0.9, movedFrom("2026-06-09 10:00"),
		},
		"an occurrence moved by a week, to another time of its weekday": {
			putBy(at("2026-06-16 15:00", "Pottery class"), "2026-06-09 10:00"), history(series), 0.9, movedFrom("2026-06-09 10:00"),
		},
		"an occurrence of a daily series moved to another's place": {
			putBy(at("2026-06-16 10:00", "Pottery class"), "2026-06-15 10:00"), history(before(inSeries(class), 60, 1)),
			0.9, movedFrom("2026-06-15 10:00"),
		},
		"an occurrence put elsewhere as all the others lately": {
			putBy(at("2026-06-16 10:30", "Pottery class"),
				"2026-06-16 10:00"), history(before(putBy(at("2026-06-16 10:30", "Pottery class"), "2026-06-16 10:00"), 20, 7)),
			0, habitual(summarizer.Weekly, "Tuesday 10:30", 20),
		},
		"a renamed occurrence": {
			inSeries(at("2026-06-16 10:00", "Kiln opening")), history(series), 0.95, renamed(summarizer.Weekly),
		},
		"a renamed and moved occurrence": {
			putBy(at("2026-06-16 15:00", "Kiln opening"), "2026-06-16 10:00"), history(series), 0.95, alsoRenamed(movedFromUsual("Tuesday 10:00")),
		},
		"an occurrence whose title is spelt otherwise": {
			inSeries(at("2026-06-16 10:00", "pottery CLASS!")), history(series), 0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"a series that goes on under a new ID": {
			with(inSeries(class), func(e *summarizer.Event) { e.SeriesID = "s1_R20260616T080000" }), history(series),
			0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"a series that goes on under a new ID and title": {
			with(inSeries(at("2026-06-16 10:00", "Ceramics")), func(e *summarizer.Event) { e.SeriesID = "s1_R20260616T080000" }), history(series),
			0.95, renamed(summarizer.Weekly),
		},
		"its third occurrence under the new title": {
			with(inSeries(at("2026-06-16 10:00", "Ceramics")), func(e *summarizer.Event) { e.SeriesID = "s1_R20260602T080000" }),
			history(series[:18], before(with(inSeries(at("2026-06-16 10:00", "Ceramics")),
				func(e *summarizer.Event) { e.SeriesID = "s1_R20260602T080000" }), 2, 7)),
			0, habitual(summarizer.Weekly, "Tuesday 10:00", 20),
		},
		"the second time of a series": {
			inSeries(class), history(before(inSeries(class), 1, 7)), 0.259, nth(2, "2026-06-09"),
		},
		"a cancelled occurrence": {
			with(inSeries(class), func(e *summarizer.Event) { e.Status = summarizer.Cancelled }), history(series), 0.9, calledOff("Tuesday 10:00"),
		},
		"an all-day routine": {
			at("2026-06-16", "Bins out"), history(before(at("2026-06-16", "Bins out"), 20, 14)),
			0, habitual(summarizer.Fortnightly, "Tuesday", 20),
		},
		"an all-day routine moved by a day": {
			at("2026-06-17", "Bins out"), history(before(at("2026-06-16", "Bins out"), 20, 14)), 0.9, insteadOf("Tuesday"),
		},
		"what was more than a year ago": {
			class, history(before(at("2025-05-20 10:00", "Pottery class"), 8, 7)), 1, firstTime(0),
		},
		"what is yet to come, as no evidence": {
			class, history(before(at("2026-08-30 10:00", "Pottery class"), 8, 7)), 1, firstTime(0),
		},
		"an event in a calendar of some weeks": {
			class, before(at("2026-06-16 08:00", "Walk"), 30, 1), 1, firstTime(5),
		},
		"an event in an empty calendar": {
			class, nil, 1, newCalendar,
		},
		"an occurrence of a series in a new calendar": {
			inSeries(class), before(at("2026-06-16 08:00", "Walk"), 6, 1), 0.45, tooYoung,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day := summarizer.Day{Date: summarizer.DateOf(c.event.Start), Zone: berlin}
			if c.event.AllDay {
				day.Date = c.event.StartDate
			}
			v := learn(c.history).Judge(day, one(c.event))[0]
			if v.Novelty != c.novelty || v.Why != c.why {
				t.Errorf("novelty %v, %+v; want %v, %+v", v.Novelty, v.Why, c.novelty, c.why)
			}
		})
	}
}

// What is cancelled does not take place: another event may stand for it.
func TestWhatIsHeldInsteadOfACancelledOccurrenceIsNews(t *testing.T) {
	t.Parallel()
	cancelled := func(e *summarizer.Event) { e.Status = summarizer.Cancelled }
	class, shift := at("2026-06-16 10:00", "Pottery class"), at("2026-06-16 07:00", "Early shift")
	for name, c := range map[string]struct {
		usual   summarizer.Event
		instead summarizer.Event
		history []summarizer.Event
		why     summarizer.Why
	}{
		"at another time": {class, at("2026-06-16 15:00", "Pottery class"), before(inSeries(class), 20, 7), insteadOf("Tuesday 10:00")},
		"out of its turn": {shift, at("2026-06-17 07:00", "Early shift"), before(inSeries(shift), 20, 5), outOfTurn(5, "2026-06-16")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listed := []summarizer.Event{with(inSeries(c.usual), cancelled), c.instead}
			verdicts := learn(history(c.history)).Judge(today, listed)
			if v := verdicts[0]; !v.Novel || v.Why.Kind != summarizer.CalledOff {
				t.Errorf("what is cancelled is novel: %v, as %+v", v.Novel, v.Why)
			}
			if v := verdicts[1]; !v.Novel || v.Why != c.why {
				t.Errorf("what is held instead is novel: %v, as %+v; want %+v", v.Novel, v.Why, c.why)
			}
			listed[0].Status = summarizer.Confirmed
			if v := learn(history(c.history)).Judge(today, listed)[1]; v.Why == c.why {
				t.Errorf("beside the usual one it stands for it: %+v", v.Why)
			}
		})
	}
}

// Of a day on which nearly everything is new, a new calendar tells a little; what
// happens once is told all the same.
func TestANewCalendarSaysLittle(t *testing.T) {
	t.Parallel()
	var events, day []summarizer.Event
	for hour, title := range []string{"Maths", "Biology", "Art", "Latin", "Sports", "History", "Music"} {
		e := shifted(at("2026-06-16 08:00", title), 0, time.Duration(hour)*time.Hour)
		events = append(events, e, shifted(e, 7, 0), shifted(e, 14, 0))
		day = append(day, e)
	}
	day = append(day, at("2026-06-16 18:00", "Leaving party"), at("2026-06-16", "Move to the new flat"))
	m := learn(events)
	news := 0
	for _, v := range m.Judge(today, day) {
		if v.Novel {
			news++
		} else if v.Event.Title == "Leaving party" || v.Event.Title == "Move to the new flat" {
			t.Errorf("%s is not told: %+v", v.Event.Title, v.Why)
		}
	}
	if news != 5 {
		t.Errorf("%d are novel of 7 that will repeat and 2 that will not, want 3 and 2", news)
	}
}

// The clocks on the wall count, and a meeting held by others' clocks is no news
// for being an hour off after theirs were changed.
func TestChangedClocksAreNoNews(t *testing.T) {
	t.Parallel()
	utc := summarizer.Day{Date: date("2026-03-31"), Zone: time.UTC}
	call := at("2026-03-31 15:00", "Call")
	m := novelty.Learn(novelty.Key{}, time.UTC, date("2025-03-20"), date("2026-04-14"), before(call, 15, 7))
	if v := m.Judge(utc, one(call))[0]; v.Novel {
		t.Errorf("in UTC, after the clocks were changed in Berlin: %+v", v.Why)
	}
	autumn := summarizer.Day{Date: date("2026-10-27"), Zone: zone("America/New_York")}
	lecture := with(call, func(e *summarizer.Event) { e.Start, e.End = e.Start.AddDate(0, 0, 210), e.End.AddDate(0, 0, 210) })
	moved := with(lecture, func(e *summarizer.Event) { e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour) })
	m = novelty.Learn(novelty.Key{}, zone("America/New_York"), date("2025-10-20"), date("2026-11-14"), before(lecture, 15, 7))
	if v := m.Judge(autumn, one(moved))[0]; !v.Novel {
		t.Errorf("in New York, after the clocks were changed in Berlin: %+v", v.Why)
	}
	inBerlin := summarizer.Day{Date: date("2026-03-31"), Zone: berlin}
	m = novelty.Learn(novelty.Key{}, berlin, date("2025-03-20"), date("2026-04-14"), before(call, 15, 7))
	if v := m.Judge(inBerlin, one(call))[0]; v.Why != habitual(summarizer.Weekly, "Tuesday 15:00", 15) {
		t.Errorf("in Berlin: %+v", v.Why)
	}
}

// No routine that is learnt makes a score that is none.
func TestScoresLieBetweenZeroAndOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		event := inSeries(at("2026-06-16 10:00", "Pottery class"))
		var held []summarizer.Event
		for range rapid.IntRange(0, 12).Draw(t, "times") {
			days := -rapid.IntRange(1, 380).Draw(t, "days before")
			held = append(held, shifted(event, days, time.Duration(rapid.IntRange(-300, 300).Draw(t, "minutes"))*time.Minute))
		}
		if rapid.Bool().Draw(t, "alone") {
			event.SeriesID = ""
		}
		if v := learn(history(held)).Judge(today, one(event))[0]; v.Novelty < 0 || v.Novelty > 1 ||
			v.Novel != (v.Novelty >= summarizer.NewsFrom) {
			t.Errorf("novelty %v, novel %v: %+v", v.Novelty, v.Novel, v.Why)
		}
	})
}
