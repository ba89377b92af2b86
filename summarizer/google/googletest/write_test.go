package googletest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/calendar/v3"
)

func TestAnInsertedEventIsCompletedAsGoogleDoes(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	e := b.insert(t, timed("Dentist", "2026-03-25T09:00:00", "2026-03-25T10:00:00", "Europe/Berlin"))
	if len(e.Id) != 26 || e.ICalUID != e.Id+"@google.com" || e.Status != "confirmed" || e.EventType != "default" {
		t.Errorf("completed to %+v", e)
	}
	if e.Start.DateTime != "2026-03-25T03:00:00-05:00" || e.Start.TimeZone != "Europe/Berlin" {
		t.Errorf("a time without offset, in Berlin, became %+v", e.Start)
	}
	if !e.Creator.Self || e.Organizer.Email != user || e.Created != "2026-03-20T12:00:00.000Z" {
		t.Errorf("made by %+v at %s", e.Creator, e.Created)
	}
	got, err := b.client.Events.Get(user, e.Id).Do() // by the calendar's own name
	if err != nil || got.Etag != e.Etag || got.Summary != "Dentist" {
		t.Errorf("got back %+v, %v", got, err)
	}
}

func TestEventsThatGoogleRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	taken := b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	withID := func(id string) *calendar.Event {
		e := allDay("Fair", "2026-03-24", "2026-03-26")
		e.Id = id
		return e
	}
	for name, c := range map[string]struct {
		event  *calendar.Event
		status int
		reason string
	}{
		"no times":            {&calendar.Event{Summary: "x"}, 400, "required"},
		"end before start":    {timed("x", "2026-03-25T09:00:00Z", "2026-03-25T08:00:00Z", ""), 400, "timeRangeEmpty"},
		"a date that is none": {allDay("x", "2026-02-30", "2026-03-01"), 400, "invalid"},
		"a zone that is none": {timed("x", "2026-03-25T09:00:00", "2026-03-25T10:00:00", "Mars/Olympus"), 400, "invalid"},
		"a rule that is none": {recurring(allDay("x", "2026-03-24", "2026-03-25"), "RRULE:FREQ=SOMETIMES"), 400, "invalid"},
		"every second":        {recurring(allDay("x", "2026-03-24", "2026-03-25"), "RRULE:FREQ=SECONDLY"), 400, "invalid"},
		"a series in no zone": {recurring(timed("x", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", ""), "RRULE:FREQ=DAILY"), 400,
			"required"},
		"an ID with other signs": {withID("Dentist!"), 400, "invalid"},
		"an ID that is taken":    {withID(taken.Id), 409, "duplicate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.client.Events.Insert("primary", c.event).Do()
			wantStatus(t, err, c.status, c.reason)
		})
	}
}

func TestPatchChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	e := timed("Dentist", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", "")
	e.Location = "High Street"
	e = b.insert(t, e)
	b.clock.Advance(time.Minute)
	p, err := b.client.Events.Patch("primary", e.Id, &calendar.Event{Summary: "Doctor", NullFields: []string{"Location"}}).Do()
	if err != nil {
		t.Fatal(err)
	}
	if p.Summary != "Doctor" || p.Location != "" || p.Start.DateTime != e.Start.DateTime || p.Sequence != 0 {
		t.Errorf("patched to %+v", p)
	}
	if p.Etag == e.Etag || p.Updated == e.Updated || p.Created != e.Created || p.Id != e.Id {
		t.Errorf("patched at %s with tag %s, before at %s with %s", p.Updated, p.Etag, e.Updated, e.Etag)
	}
	moved, err := b.client.Events.Patch("primary", e.Id, timed("", "2026-03-25T11:00:00Z", "2026-03-25T12:00:00Z", "")).Do()
	if err != nil || moved.Sequence != 1 || moved.Summary != "Doctor" {
		t.Errorf("moved to %+v, %v; want another sequence number", moved, err)
	}
}

func TestUpdateReplacesAllThatAClientMaySet(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	e := timed("Dentist", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", "")
	e.Location = "High Street"
	e = b.insert(t, e)
	for name, update := range map[string]func(*calendar.Event) error{
		"client": func(to *calendar.Event) error {
			_, err := b.client.Events.Update("primary", e.Id, to).Do()
			return err
		},
		"program": func(to *calendar.Event) error { return b.Update(user, "primary", e.Id, to) },
	} {
		if err := update(allDay(name, "2026-03-25", "2026-03-26")); err != nil {
			t.Fatal(err)
		}
		u, err := b.client.Events.Get("primary", e.Id).Do()
		if err != nil {
			t.Fatal(err)
		}
		if u.Summary != name || u.Location != "" || u.Start.Date != "2026-03-25" || u.Start.DateTime != "" || u.ICalUID != e.ICalUID {
			t.Errorf("updated by the %s to %+v", name, u)
		}
	}
}

func TestWritesGoByTheStateTheyKnow(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	e := b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	patch := b.client.Events.Patch("primary", e.Id, &calendar.Event{Summary: "Big fair"})
	patch.Header().Set("If-Match", e.Etag)
	if _, err := patch.Do(); err != nil {
		t.Fatal(err)
	}
	_, err := patch.Do()
	wantStatus(t, err, http.StatusPreconditionFailed, "conditionNotMet")
	remove := b.client.Events.Delete("primary", e.Id)
	remove.Header().Set("If-Match", e.Etag)
	wantStatus(t, remove.Do(), http.StatusPreconditionFailed, "conditionNotMet")
}

func TestDeletedEventsStayAsCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	e := b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	if err := b.client.Events.Delete("primary", e.Id).Do(); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, b.client.Events.Delete("primary", e.Id).Do(), http.StatusGone, "deleted")
	got, err := b.client.Events.Get("primary", e.Id).Do()
	if err != nil || got.Status != "cancelled" {
		t.Errorf("after deletion it is %+v, %v", got, err)
	}
	wantStatus(t, b.client.Events.Delete("primary", "nothing").Do(), http.StatusNotFound, "notFound")
}

func TestOneOccurrenceCanBeMovedAndCancelled(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(allDay("Fast", "2026-03-24", "2026-03-25"), "RRULE:FREQ=DAILY;COUNT=3"))
	if _, err := b.client.Events.Patch("primary", series.Id+"_20260325", allDay("Feast", "2026-03-30", "2026-03-31")).Do(); err != nil {
		t.Fatal(err)
	}
	if err := b.client.Events.Delete("primary", series.Id+"_20260326").Do(); err != nil {
		t.Fatal(err)
	}
	list := b.day(t, "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z")
	if got, want := summaries(list), []string{"Fast", "Feast"}; !slices.Equal(got, want) {
		t.Fatalf("listed %q, want %q", got, want)
	}
	if got := list[1]; got.Start.Date != "2026-03-30" || got.OriginalStartTime.Date != "2026-03-25" || got.RecurringEventId != series.Id {
		t.Errorf("moved occurrence is %+v", got)
	}
	_, err := b.client.Events.Get("primary", series.Id+"_20260327").Do()
	wantStatus(t, err, http.StatusNotFound, "notFound")
}

func TestThisAndFollowingMakesASeriesOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"),
		"RRULE:FREQ=DAILY;COUNT=5", "EXDATE:20260327T123000Z"))
	late := timed("Dishes, late", "2026-03-26T20:00:00-05:00", "2026-03-26T20:30:00-05:00", "America/Chicago")
	if _, err := b.PatchFollowing(user, "primary", series.Id+"_20260326T123000Z", late); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range b.day(t, "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z") {
		got = append(got, e.Summary+" "+e.Start.DateTime+" "+e.RecurringEventId)
	}
	next := series.Id + "_R20260326T123000"
	want := []string{
		"Dishes 2026-03-24T07:30:00-05:00 " + series.Id, "Dishes 2026-03-25T07:30:00-05:00 " + series.Id,
		"Dishes, late 2026-03-26T20:00:00-05:00 " + next, "Dishes, late 2026-03-28T20:00:00-05:00 " + next,
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed\n%q\nwant\n%q", got, want)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	holidays := b.AddCalendar(user, &calendar.CalendarListEntry{Id: "en.usa#holiday@group.v.calendar.google.com", Summary: "Holidays",
		AccessRole: "reader"})
	_, err := b.client.Events.Insert(holidays, allDay("x", "2026-03-24", "2026-03-25")).Do()
	wantStatus(t, err, http.StatusForbidden, "requiredAccessLevel")
	if _, err := b.Insert(user, holidays, allDay("Easter", "2026-04-05", "2026-04-06")); err != nil {
		t.Errorf("the program itself writes anywhere, but: %v", err)
	}
	list, err := b.client.Events.List(holidays).Do()
	if err != nil || len(list.Items) != 1 || list.AccessRole != "reader" {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestWritesAreListedAfterTheLag(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{Lag: 2 * time.Second})
	e := b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	listed := func() []string { return summaries(b.day(t, "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z")) }
	if got := listed(); len(got) != 0 {
		t.Errorf("listed at once: %q", got)
	}
	if _, err := b.client.Events.Get("primary", e.Id).Do(); err != nil {
		t.Errorf("it can be got by its ID, but: %v", err)
	}
	b.clock.Advance(2 * time.Second)
	if _, err := b.client.Events.Patch("primary", e.Id, &calendar.Event{Summary: "Big fair"}).Do(); err != nil {
		t.Fatal(err)
	}
	if got := listed(); !slices.Equal(got, []string{"Fair"}) {
		t.Errorf("before the lag of the change listed %q, want the state before", got)
	}
	b.clock.Advance(2 * time.Second)
	if got := listed(); !slices.Equal(got, []string{"Big fair"}) {
		t.Errorf("after the lag listed %q", got)
	}
}
