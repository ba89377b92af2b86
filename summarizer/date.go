package summarizer

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar in no time zone: what an all-day
// event is given in, and what a summary is about.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Epoch is the date from which dates are numbered where one is kept as a number.
var Epoch = Date{1970, time.January, 1}

// ParseDate reads YYYY-MM-DD. A date that does not exist is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("date %q does not exist or is not written YYYY-MM-DD", s)
	}
	return DateOf(t), nil
}

// DateOf returns the date that clocks in t's location show at t.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String returns the date as YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// AppendTo appends the date as YYYY-MM-DD.
func (d Date) AppendTo(b []byte) []byte { return d.utc().AppendFormat(b, time.DateOnly) }

// AddDays returns the date n days later; n may be negative.
func (d Date) AddDays(n int) Date { return DateOf(d.utc().AddDate(0, 0, n)) }

// DaysUntil returns the number of days from d to o, negative if o is earlier.
func (d Date) DaysUntil(o Date) int { return int(o.utc().Sub(d.utc()) / (24 * time.Hour)) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare returns -1, 0 or +1 as d is before, equal to or after o.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Before reports whether d is an earlier date than o.
func (d Date) Before(o Date) bool { return d.Compare(o) < 0 }

// IsZero reports whether d is the zero Date, which is no date at all.
func (d Date) IsZero() bool { return d == Date{} }

// MarshalText writes the date as YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// Day is a date as it is lived in a time zone: 24 hours long, but for the days
// on which clocks change, and empty for the few dates that a zone skipped.
type Day struct {
	Date Date
	Zone *time.Location
}

// Start returns the first instant whose local date is not before the day's
// date. It is midnight, except where the clocks skip midnight; of two midnights
// it is the earlier. So days follow each other without gap or overlap.
func (d Day) Start() time.Time {
	y, m, dd := d.Date.Year, d.Date.Month, d.Date.Day
	t := time.Date(y, m, dd, 0, 0, 0, 0, d.Zone)
	switch {
	case DateOf(t).Before(d.Date):
		// Midnight was skipped, and Date chose the offset that puts it before
		// the change: the day starts at the change.
		_, t = t.ZoneBounds()
	default:
		// Midnight was skipped and Date landed after it, or midnight comes
		// twice: look whether the change just before t is the earlier start.
		if from, _ := t.ZoneBounds(); !from.IsZero() && t.Sub(from) <= 24*time.Hour {
			_, before := from.Add(-time.Nanosecond).Zone()
			_, after := from.Zone()
			shift := time.Duration(after-before) * time.Second
			switch earlier := t.Add(shift); {
			case shift > 0 && !DateOf(from.In(d.Zone)).Before(d.Date):
				t = from
			case shift < 0 && earlier.Before(from) && !DateOf(earlier.In(d.Zone)).Before(d.Date):
				t = earlier
			}
		}
	}
	return t.In(d.Zone)
}

// End returns the first instant of the next day.
func (d Day) End() time.Time { return Day{d.Date.AddDays(1), d.Zone}.Start() }

// DayAt returns the day that the instant lies in: it starts at t at the latest, and
// ends after it. Its date is what the clocks of zone show at t, unless they have
// been set back across midnight shortly before: the day that had begun goes on.
func DayAt(t time.Time, zone *time.Location) Day {
	t = t.In(zone)
	day := Day{DateOf(t), zone}
	if changed, _ := t.ZoneBounds(); changed.IsZero() || t.Sub(changed) > 24*time.Hour {
		return day
	}
	for !t.Before(day.End()) {
		day.Date = day.Date.AddDays(1)
	}
	return day
}

// String names the day with its zone, for logs and errors.
func (d Day) String() string { return d.Date.String() + " " + d.Zone.String() }
