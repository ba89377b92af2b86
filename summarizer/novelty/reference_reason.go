package novelty

import (
	"fmt"

	"foreday/summarizer"
)

// newsReason says how rare an event at the slot is, given every occurrence of
// its title. It counts what lies in [from, to), and names the place in the week
// only where the same title is also found elsewhere: "first time in a year on a
// Tuesday around 15:00".
func newsReason(at slot, all []occurrence, from, to summarizer.Date) string {
	anywhere, here, near := 0, 0, 0
	for _, o := range all {
		if o.on.Before(from) || !o.on.Before(to) {
			continue
		}
		anywhere++
		if o.slot.calendar == at.calendar {
			here++
		}
		if o.slot.near(at) {
			near++
		}
	}
	reason := ordinal(near+1) + " time in a year"
	switch {
	case here > near && at.allDay:
		reason += fmt.Sprintf(" all day on a %s", at.weekday)
	case here > near:
		reason += fmt.Sprintf(" on a %s around %02d:%02d", at.weekday, at.minute/60, at.minute%60)
	case anywhere > here:
		reason += " in this calendar"
	}
	return reason
}

// routineReason says how often the event has been before and, where the dates
// show one, in what rhythm. best are the dates of the pattern that vouches for
// it, which knows one weekday only: all that the calendar has of the same title
// tells a daily event from a weekly one.
func routineReason(best dates, calendar string, all []occurrence, from, to summarizer.Date) string {
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
	return fmt.Sprintf("%sroutine, %d times in a year", rhythm(on), times)
}

// rhythm names the rhythm that at least three in four of the gaps between the
// dates keep, with a space after it, or "" if there is none.
func rhythm(on dates) string {
	var daily, weekly, fortnightly, monthly int
	for i := 1; i < len(on); i++ {
		switch gap := on[i-1].DaysUntil(on[i]); {
		case gap == 1:
			daily++
		case gap == 7:
			weekly++
		case gap == 14:
			fortnightly++
		case gap >= 28 && gap <= 35: // a first Tuesday comes after four weeks or five
			monthly++
		}
	}
	kept := func(n int) bool { return len(on) > 1 && 4*n >= 3*(len(on)-1) }
	switch {
	case kept(daily):
		return "daily "
	case kept(weekly):
		return "weekly "
	case kept(fortnightly):
		return "fortnightly "
	case kept(monthly):
		return "monthly "
	}
	return ""
}

// ordinal returns first, 2nd, 3rd, 4th and so on.
func ordinal(n int) string {
	suffix := "th"
	switch {
	case n == 1:
		return "first"
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprintf("%d%s", n, suffix)
}
