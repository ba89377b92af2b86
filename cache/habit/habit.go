package habit

import (
	"time"

	"foreday/summarizer"
)

// Kept is for how many days reads are kept: so that there are some weekends among them.
const Kept = 21

// Lately is what counts as reading still: so short that a copy that was read only when it was
// made, of which most last an hour, does not count as being read when it ends.
const Lately = 30 * time.Minute

// perDay is how many quarters of an hour a day has by its clock. When clocks are put
// back, an hour of them comes twice.
const perDay = 24 * 4

// Quarters are quarters of an hour of one day, by the user's clock: a bit each, from the
// lowest of the first byte on.
type Quarters [perDay / 8]byte

// QuarterOf returns the quarter in which an instant lies, by its location's clock.
func QuarterOf(t time.Time) int { return t.Hour()*4 + t.Minute()/15 }

// Add adds a quarter.
func (q *Quarters) Add(n int) { q[n/8] |= 1 << (n % 8) }

// has reports whether any quarter from first on and before end is among them. What lies
// outside the day is not.
func (q Quarters) has(first, end int) bool {
	for n := max(first, 0); n < min(end, perDay); n++ {
		if q[n/8]&(1<<(n%8)) != 0 {
			return true
		}
	}
	return false
}

// Reads are the days on which a user has read the summary of that same day, and when.
type Reads map[summarizer.Date]Quarters

const (
	// likely is from which estimate on a summary is worth making.
	likely = 0.5
	// What is assumed of a day before there is any like it: that somebody who is reading
	// goes on, and that somebody who is not will not begin.
	assumedReading = 0.6
	assumedResting = 0.05
	// usual is from which estimate on a quarter is one in which reading usually begins,
	// instead of the earliest of many: then it may as well begin a quarter earlier.
	usual = 0.3
	// absence is after how many days without a read nothing is expected any more: longer
	// than a weekend that somebody has extended.
	absence = 4
)

// chance estimates how likely the day's summary is to be read from the quarter first on and
// before end, by somebody who has read it lately, or not.
func (r Reads) chance(date summarizer.Date, first, end int, reading bool) float64 {
	read, days := assumedResting, 1.0
	if reading {
		read = assumedReading
	}
	oldest := date
	for d := range r {
		if d.Before(oldest) {
			oldest = d
		}
	}
	for d := oldest; d.Before(date); d = d.AddDays(1) {
		if alike(d, date) && r[d].has(first-quarters(Lately), first) == reading {
			days++
			if r[d].has(first, end) {
				read++
			}
		}
	}
	return read / days
}

// alike reports whether both are workdays, or neither is.
func alike(a, b summarizer.Date) bool { return atWeekend(a) == atWeekend(b) }

func atWeekend(d summarizer.Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Soon reports whether the summary of the day that it is at now, by its location's clock,
// will probably be read within span. reading is whether it was Lately.
func (r Reads) Soon(now time.Time, span time.Duration, reading bool) bool {
	first := QuarterOf(now)
	return r.chance(summarizer.DateOf(now), first, first+quarters(span), reading) >= likely
}

func quarters(span time.Duration) int { return max(1, int(span/(15*time.Minute))) }

// Next returns when, after now, reading may begin again: the start of the first quarter that
// was ever read, of those from which on the summary will probably be read within span, or of
// the one before. It returns the zero time if nothing of the kind is to be expected.
func (r Reads) Next(now time.Time, span time.Duration) time.Time {
	today := summarizer.DateOf(now)
	if r.lastBefore(today.AddDays(-absence)) {
		return time.Time{}
	}
	for ahead := range absence {
		date := today.AddDays(ahead)
		first := 0
		if ahead == 0 {
			first = QuarterOf(now) + 1
		}
		for ; first < perDay; first++ {
			if !r.ever(date, first) || r.chance(date, first, first+quarters(span), false) < likely {
				continue
			}
			if r.chance(date, first, first+1, false) < usual {
				first--
			}
			return time.Date(date.Year, date.Month, date.Day, 0, first*15, 0, 0, now.Location())
		}
	}
	return time.Time{}
}

// lastBefore reports whether nothing was read on the date or later.
func (r Reads) lastBefore(date summarizer.Date) bool {
	for d := range r {
		if !d.Before(date) {
			return false
		}
	}
	return true
}

// ever reports whether the quarter was read on any day like the date.
func (r Reads) ever(date summarizer.Date, quarter int) bool {
	for d, q := range r {
		if alike(d, date) && q.has(quarter, quarter+1) {
			return true
		}
	}
	return false
}
