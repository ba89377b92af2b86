package worker_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
)

// What gives access to some users' calendars hangs. Their jobs do not take the places
// of others'.
func TestReadersOfCalendarsThatHangHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	const hanging = 24
	for n := range hanging {
		b.google.AddUser(fmt.Sprint("slow", n), berlin)
	}
	b.google.AddUser("ada", berlin)
	b.google.AddUser("bob", berlin)
	b.google.Inject(googletest.Fault{Method: "broker", Delay: time.Hour, Match: func(r *http.Request) bool {
		return strings.Contains(r.URL.Path, "/slow")
	}})
	b.work()
	if _, err := b.reader.Get(t.Context(), "ada", today); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	defer func() { leave(); readers.Wait() }()
	for n := range hanging {
		readers.Go(func() { _, _ = b.reader.Get(ctx, fmt.Sprint("slow", n), today) })
	}
	b.eventually("a job of each", func() bool { return len(b.jobs()) == hanging })
	began := time.Now()
	_, err := b.reader.Get(t.Context(), "bob", today)
	if took := time.Since(began); err != nil || took > 3*time.Second {
		t.Errorf("bob, whose calendar can be read, waited %v: %v", took, err)
	}
}

// A calendar that hangs before a run can begin keeps its job waiting, and no other is
// put in its place, which would only wait beside it.
func TestAJobWhoseCalendarHangsIsNotTakenForLost(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	b.google.AddUser("slow", berlin)
	arrived, open := b.googleDoor.hold("/settings")
	defer open()
	p := b.work()
	b.publish(changed("slow"))
	b.await("a call for the zone", arrived)
	time.Sleep(5 * time.Second) // the sweep looks after 1.5 s
	if n := p.counted("foreday_takeovers_total", ""); n > 0 {
		t.Errorf("%d jobs were put in the place of one that waits", n)
	}
	if n := len(b.jobs()); n != 1 {
		t.Errorf("%d jobs, want the one", n)
	}
}
