package novelty

import (
	"foreday/summarizer"
)

// Evidence is for people, who can check it in their calendar: it is days, times and
// numbers, and no title, as none is known.

// whyFirst is for what was never seen.
func (j *judged) whyFirst() summarizer.Why {
	weeks, known := j.knownWeeks()
	if !known {
		return summarizer.Why{Kind: summarizer.NewCalendar}
	}
	return summarizer.Why{Kind: summarizer.FirstTime, Weeks: weeks}
}

// whySeldom is for what was seen now and then. What was seen in the event's week
// alone is known for one week.
func (j *judged) whySeldom(seen []occurred) summarizer.Why {
	weeks, known := j.knownWeeks()
	if !known {
		weeks = 1
	}
	return summarizer.Why{Kind: summarizer.NthTime, Times: len(seen) + 1, Weeks: weeks, Last: dateOf(seen[len(seen)-1].On)}
}

// longEnough is the number of weeks from which on a calendar is not new. Weeks
// without any event may have come before them.
const longEnough = 26

// knownWeeks returns how many weeks before the event's the calendar goes back, 0 if
// that is a year, and false if it has nothing before the event's week.
func (j *judged) knownWeeks() (weeks int, known bool) {
	if len(j.model.firstWeeks) == 0 {
		return 0, false
	}
	switch weeks := (monday(j.at.On) - j.model.firstWeeks[0]) / 7; {
	case weeks <= 0:
		return 0, false
	case weeks >= longEnough:
		return 0, true
	default:
		return int(weeks), true
	}
}

// whyHabitual says how often and in what rhythm something has been held, and where it
// has its place.
func whyHabitual(kind summarizer.WhyKind, s schedule) summarizer.Why {
	why := summarizer.Why{Kind: kind, Times: len(s.held), Rhythm: s.rhythm()}
	switch {
	case why.Rhythm == summarizer.NoRhythm:
		why.Last = dateOf(s.held[len(s.held)-1].On)
	case len(s.places) == 1 && why.Rhythm != summarizer.Daily:
		why.Usual = s.places[0].asSlot()
	case s.clock >= 0:
		why.Usual = summarizer.Slot{Kind: summarizer.SlotClock, Minute: int(s.clock)}
	}
	return why
}

func whyCancelled(s schedule) summarizer.Why {
	why := summarizer.Why{Kind: summarizer.CalledOff}
	if len(s.places) == 1 {
		why.Usual = s.places[0].asSlot()
	}
	return why
}

// whyMoved says where the event would have been: in the week, if that was the nearest
// of its usual times, or else on which day.
func (j *judged) whyMoved(usual schedule) summarizer.Why {
	why := summarizer.Why{Kind: summarizer.Moved, Renamed: j.renamed()}
	from, _ := j.original()
	if len(usual.places) == 1 && usual.near(from.place(), drift) && !usual.near(j.at.place(), drift) && distance(from, j.at) < weekLength/2 {
		why.Usual = usual.places[0].asSlot()
		return why
	}
	why.From = summarizer.Moment{Date: dateOf(from.On)}
	if from.Minute == allDay {
		why.From.AllDay = true
	} else {
		why.From.Minute = int(from.Minute)
	}
	return why
}

func whyOutOfTurn(due, every int32) summarizer.Why {
	return summarizer.Why{Kind: summarizer.OutOfTurn, Every: int(every), From: summarizer.Moment{Date: dateOf(due), AllDay: true}}
}

// asSlot returns the place as others know it.
func (p place) asSlot() summarizer.Slot {
	if p.minute == allDay {
		return summarizer.Slot{Kind: summarizer.SlotDay, Weekday: p.weekday}
	}
	return summarizer.Slot{Kind: summarizer.SlotAt, Weekday: p.weekday, Minute: int(p.minute)}
}

// withoutEvidence leaves of a reason what the calendar says itself: where not all of
// the history is known, nothing that is counted in it need be so.
func withoutEvidence(w summarizer.Why) summarizer.Why {
	switch w.Kind {
	case summarizer.Moved:
		return summarizer.Why{Kind: w.Kind, From: w.From}
	case summarizer.CalledOff:
		return summarizer.Why{Kind: w.Kind}
	}
	return summarizer.Why{}
}
