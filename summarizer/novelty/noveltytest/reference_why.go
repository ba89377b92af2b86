package noveltytest

import (
	"foreday/summarizer"
)

// whyRare says how rare an event is, given every occurrence of its title, wherever
// in the week and in whichever calendar. It counts what lies in [from, to).
func whyRare(all []occurrence, from, to summarizer.Date) summarizer.Why {
	times, last := 0, summarizer.Date{}
	for _, o := range all {
		if !o.on.Before(from) && o.on.Before(to) {
			times++
			if last.Before(o.on) {
				last = o.on
			}
		}
	}
	if times == 0 {
		return summarizer.Why{Kind: summarizer.FirstTime}
	}
	return summarizer.Why{Kind: summarizer.NthTime, Times: times + 1, Last: last}
}

// whyRoutine says how often the event has been before and, where the dates show one,
// in what rhythm. best are the dates of the pattern that vouches for it, which knows
// one weekday only: all that the calendar has of the same title tells a daily event
// from a weekly one.
func whyRoutine(best dates, calendar string, all []occurrence, from, to summarizer.Date) summarizer.Why {
	var on dates
	for _, o := range all {
		if o.slot.calendar == calendar && !o.on.Before(from) && o.on.Before(to) {
			on = append(on, o.on)
		}
	}
	times := len(on) // an event may take place twice on one day
	on = on.tidy()
	if times < len(best) { // best is of a title that only contains this one
		on, times = best, len(best)
	}
	why := summarizer.Why{Kind: summarizer.Habitual, Times: times, Rhythm: on.rhythm()}
	if why.Rhythm == summarizer.NoRhythm {
		why.Last = on[len(on)-1]
	}
	return why
}

// rhythm names the rhythm that at least three in four of the gaps between the dates
// keep.
func (d dates) rhythm() summarizer.Rhythm {
	counts := map[summarizer.Rhythm]int{}
	for i := 1; i < len(d); i++ {
		switch gap := d[i-1].DaysUntil(d[i]); {
		case gap == 1:
			counts[summarizer.Daily]++
		case gap == 7:
			counts[summarizer.Weekly]++
		case gap == 14:
			counts[summarizer.Fortnightly]++
		case gap >= 28 && gap <= 35: // a first Tuesday comes after four weeks or five
			counts[summarizer.Monthly]++
		}
	}
	for rhythm, kept := range counts {
		if 4*kept >= 3*(len(d)-1) {
			return rhythm
		}
	}
	return summarizer.NoRhythm
}
