package novelty

import (
	"fmt"
	"time"
)

// Reasons are for people, who can check them in their calendar: they name days,
// times and numbers, and no title, as none is known. Each is a phrase that may
// follow a colon.

// firstReason is for what was never seen.
func (j *judged) firstReason() string {
	if known := j.knownWeeks(); known == "" {
		return "first time, in a new calendar"
	} else {
		return "first time in " + known
	}
}

// longEnough is the number of weeks from which on a calendar is not new. Weeks
// without any event may have come before them.
const longEnough = 26

func (j *judged) seldomReason(seen []occurred) string {
	last := "last on " + longDate(seen[len(seen)-1].on)
	if known := j.knownWeeks(); known != "" {
		return fmt.Sprintf("%s time in %s, %s", ordinal(len(seen)+1), known, last)
	}
	return fmt.Sprintf("%s time, %s", ordinal(len(seen)+1), last)
}

// knownWeeks says how far back the calendar goes, a year at most; "" if it has
// nothing before the event's week.
func (j *judged) knownWeeks() string {
	if len(j.model.firstWeeks) == 0 {
		return ""
	}
	switch weeks := (monday(j.at.on) - j.model.firstWeeks[0]) / 7; {
	case weeks <= 0:
		return ""
	case weeks >= longEnough:
		return "a year"
	case weeks == 1:
		return "the one week known"
	default:
		return fmt.Sprintf("the %d weeks known", weeks)
	}
}

// habitReason says how often and in what rhythm something has been held, and
// where it has its place.
func habitReason(s schedule) string {
	times := fmt.Sprintf("%d times in a year", len(s.held))
	name := s.rhythm()
	switch {
	case name == "":
		return fmt.Sprintf("routine, %s, last on %s", times, longDate(s.held[len(s.held)-1].on))
	case len(s.places) == 1 && name != "daily":
		return fmt.Sprintf("%s routine, usually %s, %s", name, s.places[0], times)
	case s.clock >= 0:
		return fmt.Sprintf("%s routine, usually %s, %s", name, place{minute: s.clock}.clock(), times)
	}
	return fmt.Sprintf("%s routine, %s", name, times)
}

func renamedReason(s schedule) string {
	if name := s.rhythm(); name != "" {
		return "renamed, a " + name + " routine under another title"
	}
	return "renamed, a routine under another title"
}

func cancelledReason(s schedule) string {
	if len(s.places) == 1 {
		return "cancelled, usually " + s.places[0].String()
	}
	return "cancelled"
}

// movedReason says where the event would have been: in the week, if that tells,
// or else on which day.
func (j *judged) movedReason(usual schedule) string {
	from, _ := j.original()
	if len(usual.places) == 1 && usual.near(from.place(), drift) && !usual.near(j.at.place(), drift) {
		return "moved, usually " + usual.places[0].String()
	}
	d := dateOf(from.on)
	reason := fmt.Sprintf("moved from %s %d %s", d.Weekday(), d.Day, d.Month)
	if from.minute != allDay {
		reason += " " + from.place().clock()
	}
	return reason
}

func outOfTurnReason(due, every int32) string {
	d := dateOf(due)
	return fmt.Sprintf("usually every %d days, due on %s %d %s", every, d.Weekday(), d.Day, d.Month)
}

// longDate returns "3 March 2026".
func longDate(day int32) string {
	d := dateOf(day)
	return fmt.Sprintf("%d %s %d", d.Day, d.Month, d.Year)
}

// rhythm names the rhythm that at least three in four of the gaps between the
// latest days keep, "" if there is none.
func (s schedule) rhythm() string {
	counts, gaps := map[string]int{}, 0
	for i := 1; i < len(s.latest); i++ {
		if last, next := s.latest[i-1].on, s.latest[i].on; last != next {
			counts[gapName(last, next)]++
			gaps++
		}
	}
	for _, name := range []string{"daily", "weekly", "fortnightly", "monthly"} {
		if gaps >= 2 && 4*counts[name] >= 3*gaps {
			return name
		}
	}
	if len(s.places) > 1 {
		return "weekly" // on several days
	}
	return ""
}

// gapName names the rhythm in which one day follows the other. From Friday to
// Monday is a day's rhythm, too.
func gapName(last, next int32) string {
	switch gap := next - last; {
	case gap == 1 || gap == 3 && weekdayOf(next) == time.Monday:
		return "daily"
	case gap == 7:
		return "weekly"
	case gap == 14:
		return "fortnightly"
	case gap >= 28 && gap <= 35:
		return "monthly"
	}
	return ""
}
