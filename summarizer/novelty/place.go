package novelty

import "time"

// nearby is how far apart two times of day may be and still be the same pattern.
const nearby = 60 // minutes

// weekLength in minutes.
const weekLength = 7 * 24 * 60

// place is where in the week something happens.
type place struct {
	weekday time.Weekday
	minute  int16 // of the day, or allDay
}

func (o occurred) place() place { return place{weekdayOf(o.On), o.Minute} }

// apart returns how many minutes lie between two places, the shorter way around
// the week, so that five to and five past midnight are close. Nothing is close
// to an all-day event but another.
func (p place) apart(q place) int {
	d := p.to(q)
	return max(d, -d)
}

// to returns how many minutes it is from p to q, negative if q comes earlier.
func (p place) to(q place) int {
	if (p.minute == allDay) != (q.minute == allDay) {
		return weekLength
	}
	d := (int(q.weekday)-int(p.weekday))*24*60 + int(q.minute) - int(p.minute)
	d = ((d+weekLength/2)%weekLength + weekLength) % weekLength
	return d - weekLength/2
}

// plus returns the place so many minutes later; all day stays all day.
func (p place) plus(minutes int) place {
	if p.minute == allDay {
		return p
	}
	m := ((int(p.weekday)*24*60+int(p.minute)+minutes)%weekLength + weekLength) % weekLength
	return place{time.Weekday(m / (24 * 60)), int16(m % (24 * 60))}
}

// plusDays returns the place so many days later.
func (p place) plusDays(days int) place {
	return place{(p.weekday + time.Weekday(days)) % 7, p.minute}
}

// closeClock reports whether two times of day, or two all-day events, are alike.
func closeClock(a, b int16, minutes int) bool {
	if a < 0 || b < 0 {
		return a == b
	}
	d := (int(a) - int(b) + 24*60) % (24 * 60)
	return min(d, 24*60-d) <= minutes
}

// slot numbers the hours of the week, and after them the days.
func (p place) slot(shift int) int {
	const hours = weekLength / 60
	if p.minute == allDay {
		return hours + int(p.weekday)
	}
	return (int(p.weekday)*24 + int(p.minute)/60 + shift + hours) % hours
}
