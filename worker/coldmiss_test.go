package worker_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"foreday/cache/redistest"
)

// Nothing is known of the user: not their settings, nor their calendars, nor what is
// usual. What does not need the answer to the other is asked for side by side, so that all
// takes two calls of Google; and no more is asked for than one after the other.
func TestAColdMissTakesTwoCallsOfTheCalendar(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	b.google.AddUser("ada", berlin)
	b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	// Two calls are let in together, and neither alone.
	pair := func() (come func()) {
		var came atomic.Int32
		both := make(chan struct{})
		return func() {
			if came.Add(1) == 2 {
				close(both)
			}
			select {
			case <-both:
			case <-t.Context().Done():
			}
		}
	}
	about, events := pair(), pair()
	b.googleDoor.onKnock(func(path string) {
		switch path[strings.LastIndex(path, "/"):] {
		case "/settings", "/calendarList":
			about()
		case "/events":
			events()
		}
	})
	before := b.google.Requests().ByMethod
	b.work()
	b.publish(changed("ada"))
	b.awaitFresh("ada", today, holding("Dentist"))
	asked := b.google.Requests().ByMethod
	for method, want := range map[string]int{"settings.list": 1, "calendarList.list": 1, "events.list": 2, "broker": 1} {
		if n := asked[method] - before[method]; n != want {
			t.Errorf("%d calls of %s, want %d", n, method, want)
		}
	}
}
