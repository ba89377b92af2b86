package novelty

import (
	"cmp"
	"slices"

	"foreday/summarizer"
)

const (
	// maxMissing is how many missing routines are named.
	maxMissing = 3
	// putWithin is how many days before or after its turn an occurrence may have been
	// put elsewhere: to half of the way to the next one.
	putWithin = 3
)

// due is a place in the week that a pattern keeps, and the day on which it is due there.
type due struct {
	pattern *pattern
	usual   schedule
	at      occurred
	times   int // how often it was held there in the year before
}

// missing returns where patterns are due on the day of which the events hold nothing.
func (m *Model) missing(on int32, events []summarizer.Event) []summarizer.Slot {
	dues := m.dueOn(on)
	if len(dues) == 0 {
		return nil
	}
	hasher := newHasher(m.key)
	listed := make([]judged, len(events))
	for i, e := range events {
		listed[i] = m.meet(hasher, e)
	}
	all := len(dues)
	dues = slices.DeleteFunc(dues, func(d due) bool { return m.accountedFor(d, listed) })
	if 2*len(dues) > all {
		return nil
	}
	slices.SortFunc(dues, func(a, b due) int {
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(a.at.Minute, b.at.Minute))
	})
	var slots []summarizer.Slot
	for _, d := range dues {
		if slot := d.at.place().asSlot(); len(slots) < maxMissing && !slices.Contains(slots, slot) {
			slots = append(slots, slot)
		}
	}
	return slots
}

// dueOn returns what is due on the day, each title once, however it is spaced. It
// looks at maxCandidates patterns at most.
func (m *Model) dueOn(on int32) []due {
	var dues []due
	met := map[mark]bool{}
	looked, weekday := 0, weekdayOf(on)
	for hour := range 25 {
		at := place{weekday, allDay}
		if hour < 24 {
			at.minute = int16(60 * hour)
		}
		for _, h := range m.slots[at.slot(0)] {
			if looked == maxCandidates || met[h.Words] || met[h.Letters] {
				continue
			}
			met[h.Words], met[h.Letters] = true, true
			looked++
			dues = append(dues, m.dueOf(h, on)...)
		}
	}
	return dues
}

// dueOf returns the places of the pattern that are due on the day.
func (m *Model) dueOf(h *pattern, on int32) []due {
	held := yearBefore(m.timesOf(h.fingerprint), on)
	usual := scheduleOf(held)
	var dues []due
	for _, p := range usual.places {
		at := occurred{On: on, Minute: p.minute}
		if p.weekday != weekdayOf(on) || usual.count(p) < routineFrom || usual.pace(p) > fortnight || !usual.isDue(at) {
			continue
		}
		dues = append(dues, due{h, usual, at, countNear(held, p, usual.drift)})
	}
	return dues
}

// fortnight is the longest pace of which one occurrence is missed, in days.
const fortnight = 14

// accountedFor reports whether the events hold what is due, or it was put elsewhere,
// which was told or will be.
func (m *Model) accountedFor(d due, listed []judged) bool {
	return slices.ContainsFunc(listed, func(e judged) bool { return m.isOf(d, e) && d.heldBy(e) }) || m.putElsewhere(d)
}

// isOf reports whether the event has nearly the pattern's title, or is of the series
// that the pattern's last occurrence there is of, whatever it is called now.
func (m *Model) isOf(d due, e judged) bool {
	last, _ := d.usual.lastAt(d.at)
	return last.Line != (line{}) && last.Line.Root == e.line.Root ||
		d.pattern.alike(e.title) || d.pattern.paddedTo(e.title, m.neutral)
}

// heldBy reports whether an event of the pattern is the occurrence that is due: about
// then, or put from there, or somewhere on the day where the pattern has no place.
func (d due) heldBy(e judged) bool {
	from, known := e.original()
	return about(e.at, d.at) || known && about(from, d.at) ||
		!known && e.at.On == d.at.On && !d.usual.near(e.at.place(), nearby)
}

// putElsewhere reports whether the pattern was, or will be, held where it has no place
// on a day nearby.
func (m *Model) putElsewhere(d due) bool {
	all := m.timesOf(d.pattern.fingerprint)
	around := all[searchDay(all, d.at.On-putWithin):searchDay(all, d.at.On+putWithin+1)]
	return slices.ContainsFunc(around, func(o occurred) bool { return o.On != d.at.On && !d.usual.near(o.place(), nearby) })
}

// about reports whether two times are within the hour, or two all-day events are of
// the same day.
func about(a, b occurred) bool {
	if a.Minute == allDay || b.Minute == allDay {
		return a.On == b.On && a.Minute == b.Minute
	}
	return distance(a, b) <= nearby
}
