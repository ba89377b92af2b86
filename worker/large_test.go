package worker_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

// hugeDay is a calendar with more events on the day than one page holds.
func hugeDay() *ical.Calendar {
	cal := &ical.Calendar{}
	for i := range 2600 {
		start := at("2026-11-23 08:00").Add(time.Duration(i%600) * time.Minute)
		cal.Events = append(cal.Events, &calendar.Event{
			Id: fmt.Sprintf("lot%06d", i), ICalUID: fmt.Sprint("lot", i), Summary: fmt.Sprint("Lot ", i), Status: "confirmed",
			Start: &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
			End:   &calendar.EventDateTime{DateTime: start.Add(5 * time.Minute).Format(time.RFC3339)},
		})
	}
	return cal
}

// Many users have huge days, of which one is read at a time, and the first is never
// read to its end. The others wait without taking the places of those with ordinary
// days.
func TestHugeDaysWaitForEachOtherAndHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	const huge = 6 // more than run at the same time
	cal := hugeDay()
	for n := range huge {
		user := fmt.Sprint("huge", n)
		b.google.AddUser(user, berlin)
		if err := b.google.Import(user, "primary", cal); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 5 {
		b.google.AddUser(fmt.Sprint("ada", n), berlin)
	}
	var days, beyond atomic.Int32 // first pages of days, and others
	b.google.Inject(googletest.Fault{Method: "events.list", Delay: 20 * time.Second, Times: 1, Match: func(r *http.Request) bool {
		query := r.URL.Query()
		switch {
		case query.Get("showDeleted") != "true":
			return false // a history
		case query.Get("pageToken") == "":
			days.Add(1)
			return false
		}
		beyond.Add(1)
		return true
	}})
	b.work()
	ctx, leave := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	defer func() { leave(); readers.Wait() }()
	for n := range huge {
		readers.Go(func() { _, _ = b.reader.Get(ctx, fmt.Sprint("huge", n), today) })
	}
	b.eventually("a job of each", func() bool { return len(b.jobs()) == huge })
	b.eventually("each is begun", func() bool { return days.Load() >= huge })
	for n := range 5 {
		began := time.Now()
		_, err := b.reader.Get(t.Context(), fmt.Sprint("ada", n), today)
		if took := time.Since(began); err != nil || took > 5*time.Second { // of 20
			t.Errorf("ada%d, whose day is ordinary, waited %v: %v", n, took, err)
		}
	}
	if n := beyond.Load(); n != 1 {
		t.Errorf("more than a page is read of %d at the same time, want 1", n)
	}
}
