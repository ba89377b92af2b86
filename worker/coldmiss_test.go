package worker_test

import (
	"fmt"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
)

// Nothing is known of the user: not their settings, nor their calendars, nor what is
// usual. What does not need the answer to the other is asked for side by side, and no
// more of it than one after the other.
func TestAColdMissTakesTwoCallsOfTheCalendar(t *testing.T) {
	t.Parallel()
	const call, tries, want = 200 * time.Millisecond, 4, 2.3
	b := setup(t, redistest.Start(t).Client(t))
	b.work()
	var took []float64 // calls
	for n := range tries {
		user := fmt.Sprint("ada", n)
		b.google.AddUser(user, berlin)
		b.insert(user, "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.google.Inject(googletest.Fault{User: user, Delay: call})
		before, began := b.google.Requests().ByMethod, time.Now()
		b.publish(changed(user))
		b.awaitFresh(user, today, holding("Dentist"))
		took = append(took, time.Since(began).Seconds()/call.Seconds())
		asked := b.google.Requests().ByMethod
		for method, want := range map[string]int{"settings.list": 1, "calendarList.list": 1, "events.list": 2, "broker": 1} {
			if n := asked[method] - before[method]; n != want {
				t.Errorf("%d calls of %s, want %d", n, method, want)
			}
		}
		if took[n] <= want {
			return // the machine was busy before, if it took longer
		}
	}
	t.Errorf("cold misses took %.2f calls of the calendar, want 2", took)
}
