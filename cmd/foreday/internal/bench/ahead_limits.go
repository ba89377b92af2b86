package bench

import (
	"time"

	"foreday/summarizer"
)

// What limits would do to the simulated days is told from the log of them. Calls are let go by a
// sliding minute, those that a reader waits for before those that are made ahead: as the
// limits of all workers together do.

// userDate is whose summary of which day.
type userDate struct {
	user int
	date summarizer.Date
}

// readingEvent is a summary that was read, or made: ahead, or for a reader who found none.
type readingEvent struct {
	at          time.Time
	of          userDate
	made, ahead bool
	counted     bool
}

// limitedMinute is a limit on calls, under which the log is gone through.
type limitedMinute struct {
	limit int
	calls []time.Time            // the last ones, as many as the limit at most
	queue []readingEvent         // what is to be made ahead
	until map[userDate]time.Time // when the copy ends that there would be
}

// waitsUnder returns how many reads would wait because of a limit of so many calls a minute:
// for a copy that is late, or for a call of their own.
func waitsUnder(limit int, log []readingEvent) int {
	m, waits := limitedMinute{limit: limit, until: map[userDate]time.Time{}}, 0
	for _, e := range log {
		m.drain(e.at)
		late := false
		switch {
		case e.ahead:
			m.queue = append(m.queue, e)
			m.drain(e.at)
		case e.made:
			late = m.free().After(e.at)
			m.call(e.of, e.at)
		default:
			late = !m.until[e.of].After(e.at)
		}
		if late && e.counted {
			waits++
		}
	}
	return waits
}

// free returns from when on there is room for a call.
func (m *limitedMinute) free() time.Time {
	if len(m.calls) < m.limit {
		return time.Time{}
	}
	return m.calls[0].Add(time.Minute)
}

// call makes a copy, as soon as there is room.
func (m *limitedMinute) call(of userDate, at time.Time) {
	if free := m.free(); free.After(at) {
		at = free
	}
	if len(m.calls) == m.limit {
		m.calls = m.calls[1:]
	}
	m.calls = append(m.calls, at)
	m.until[of] = at.Add(readingTTL)
}

// drain lets go what is made ahead, as far as there is room by then.
func (m *limitedMinute) drain(now time.Time) {
	for len(m.queue) > 0 && !m.free().After(now) {
		m.call(m.queue[0].of, m.queue[0].at)
		m.queue = m.queue[1:]
	}
}

// leastLimit returns the smallest limit under which no read would wait, up to most.
func leastLimit(log []readingEvent, most int) int {
	least := 1
	for least < most {
		if middle := (least + most) / 2; waitsUnder(middle, log) == 0 {
			most = middle
		} else {
			least = middle + 1
		}
	}
	return least
}
