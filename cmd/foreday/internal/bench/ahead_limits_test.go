package bench

import (
	"testing"
	"time"
)

// Two copies a minute may be made. Of three that are due at once, the third is a minute late; who
// reads it meanwhile waits, unless it still has the copy before.
func TestReadsWaitForCopiesThatALimitMakesLate(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return began.Add(time.Duration(s) * time.Second) }
	ahead := func(s, user int) readingEvent {
		return readingEvent{at: at(s), of: userDate{user: user}, made: true, ahead: true}
	}
	read := func(s, user int) readingEvent {
		return readingEvent{at: at(s), of: userDate{user: user}, counted: true}
	}
	missed := func(s, user int) readingEvent {
		return readingEvent{at: at(s), of: userDate{user: user}, made: true, counted: true}
	}
	three := []readingEvent{ahead(0, 1), ahead(0, 2), ahead(0, 3)}
	for _, c := range []struct {
		name string
		log  []readingEvent
		want int
		all  int // the smallest limit under which nobody waits
	}{
		{"nobody reads", nil, 0, 1},
		{"in time", []readingEvent{read(1, 1), read(1, 2), read(60, 3)}, 0, 2},
		{"the third too soon", []readingEvent{read(1, 1), read(59, 3)}, 1, 3},
		{"a miss goes before what waits", []readingEvent{missed(30, 4), missed(61, 5), read(62, 3)}, 2, 4},
		{"the copy before will do", []readingEvent{read(100, 3), ahead(3500, 1), ahead(3500, 2), ahead(3500, 3), read(3530, 3)}, 0, 2},
		{"until it ends", []readingEvent{ahead(3650, 1), ahead(3650, 2), ahead(3650, 3), read(3661, 3)}, 1, 3},
	} {
		log := append(three[:3:3], c.log...)
		if got := waitsUnder(2, log); got != c.want {
			t.Errorf("%s: %d wait, want %d", c.name, got, c.want)
		}
		if got := leastLimit(log, 100); got != c.all {
			t.Errorf("%s: nobody waits from %d on, want %d", c.name, got, c.all)
		}
	}
}
