package google_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

// choirToday is the ID that the Tuesday's occurrence of a series at 19:00 has.
const choirToday = "_20260616T170000Z"

func TestACancelledOccurrenceIsListedWhereItsSeriesHadPutIt(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	choir := b.insert("primary", event("Choir", "2026-05-05 19:00", "2026-05-05 21:00", weekly, ofType("focusTime")))
	bins := b.insert("primary", event("Bins", "2026-05-05", "2026-05-07", weekly))
	b.cancel(choir.Id + choirToday)
	b.cancel(bins.Id + "_20260616")
	listing := b.day(today)
	b.wantTitles(listing.Events, "Bins", "Choir")
	for i, want := range []summarizer.Event{
		{
			ID: bins.Id + "_20260616", SeriesID: bins.Id, CalendarID: "ada", Calendar: "ada", Title: "Bins", AllDay: true,
			StartDate: today.Date, EndDate: today.Date.AddDays(2), OriginalDate: today.Date, Status: summarizer.Cancelled, Kind: "default",
		},
		{
			ID: choir.Id + choirToday, SeriesID: choir.Id, CalendarID: "ada", Calendar: "ada", Title: "Choir",
			Start: at("2026-06-16 19:00"), End: at("2026-06-16 21:00"), Original: at("2026-06-16 19:00"), Status: summarizer.Cancelled,
			Kind: "focusTime",
		},
	} {
		got := listing.Events[i]
		if !got.Start.Equal(want.Start) || !got.End.Equal(want.End) || !got.Original.Equal(want.Original) {
			t.Errorf("%s is from %v to %v, and was at %v", got.Title, got.Start, got.End, got.Original)
		}
		got.Start, got.End, got.Original = want.Start, want.End, want.Original
		if got != want {
			t.Errorf("listed is\n%+v, want\n%+v", got, want)
		}
	}
	if len(listing.Seen) > 0 {
		t.Errorf("seen are %v, want no cancelled ones", listing.Seen)
	}
	b.wantTitles(b.day(dayOf("2026-06-17", berlin)).Events, "Bins") // its second day
	b.wantTitles(b.day(dayOf("2026-06-23", berlin)).Events, "Bins", "Choir")
	history, err := b.source.History(t.Context(), "ada", dayOf("2026-06-10", berlin).Start(), dayOf("2026-06-20", berlin).Start(), all)
	if err != nil || len(history) > 0 {
		t.Errorf("history holds %q, %v", titles(history), err)
	}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

// What is no longer there for another reason than that it was cancelled is none
// of the day's business.
func TestWhatIsGoneOtherwiseIsNotCancelled(t *testing.T) {
	t.Parallel()
	type change func(b *bench, series string)
	once, weeks := []func(*calendar.Event){}, []func(*calendar.Event){weekly}
	cancelToday := func(b *bench, series string) { b.cancel(series + choirToday) }
	for name, c := range map[string]struct {
		made    []func(*calendar.Event)
		changes []change
		want    []string // on the day
	}{
		"a single event that was deleted": {once, []change{(*bench).cancel}, nil},
		"a series that was deleted":       {weeks, []change{(*bench).cancel}, nil},
		"an occurrence of such a series":  {weeks, []change{cancelToday, (*bench).cancel}, nil},
		"one behind the end of its series": {weeks, []change{cancelToday, func(b *bench, series string) {
			b.patch(series, &calendar.Event{Recurrence: []string{"RRULE:FREQ=WEEKLY;UNTIL=20260610T170000Z"}})
		}}, nil},
		"one that another series goes on from": {weeks, []change{cancelToday, func(b *bench, series string) {
			if _, err := b.google.PatchFollowing("ada", "primary", series+"_20260609T170000Z", &calendar.Event{Summary: "New choir"}); err != nil {
				b.Fatal(err)
			}
		}}, []string{"New choir"}},
		"one of a series that was moved": {weeks, []change{cancelToday, func(b *bench, series string) {
			b.patch(series, &calendar.Event{Start: stamp("2026-05-06 19:00"), End: stamp("2026-05-06 21:00")})
		}}, nil},
		"one that was moved to another day": {weeks, []change{func(b *bench, series string) {
			b.patch(series+choirToday, &calendar.Event{Start: stamp("2026-06-18 19:00"), End: stamp("2026-06-18 21:00")})
		}}, nil},
		"one of a series that was declined": {weeks, []change{func(b *bench, series string) {
			b.patch(series, &calendar.Event{Attendees: []*calendar.EventAttendee{{Email: "ada", Self: true, ResponseStatus: "declined"}}})
		}, cancelToday}, nil},
		"a day at work": {append(weeks, ofType("workingLocation")), []change{cancelToday}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, googletest.Config{})
			date := "2026-06-16"
			if len(c.made) > 0 {
				date = "2026-05-05"
			}
			e := b.insert("primary", event("Choir", date+" 19:00", date+" 21:00", c.made...))
			for _, change := range c.changes {
				change(b, e.Id)
				b.day(today) // what it remembers must not deceive it
			}
			listing := b.day(today)
			b.wantTitles(listing.Events, c.want...)
			if listing.Seen[e.Id] || listing.Seen[e.Id+choirToday] {
				t.Errorf("it is still seen: %v", listing.Seen)
			}
		})
	}
}

func TestASeriesIsReadOnceForItsCancelledOccurrencesUntilItChanges(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	choir := b.insert("primary", event("Choir", "2026-05-05 19:00", "2026-05-05 21:00", weekly))
	b.cancel(choir.Id + choirToday)
	asked := func() int { return b.google.Requests().ByMethod["events.get"] }
	for range 3 {
		b.wantTitles(b.day(today).Events, "Choir")
	}
	if n := asked(); n != 1 {
		t.Errorf("the series was read %d times, want once", n)
	}
	b.patch(choir.Id, &calendar.Event{Summary: "Great choir"})
	for range 2 {
		b.wantTitles(b.day(today).Events, "Great choir")
	}
	if n := asked(); n != 2 {
		t.Errorf("the series was read %d times, want twice", n)
	}
}

func TestACancelledOccurrenceThatNobodyCanNameIsLeftOut(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.google.AddUser("bob", berlin)
	team := b.google.AddCalendar("bob", &calendar.CalendarListEntry{Summary: "Team", Selected: true})
	b.calendar(team, "Team", func(e *calendar.CalendarListEntry) { e.AccessRole = "reader" })
	series, err := b.google.Insert("bob", team, event("Secret", "2026-05-05 19:00", "2026-05-05 21:00", weekly,
		func(e *calendar.Event) { e.Visibility = "private" }))
	if err != nil {
		t.Fatal(err)
	}
	b.wantTitles(b.day(today).Events, "(no title)")
	if err := b.google.Delete("bob", team, series.Id+choirToday); err != nil {
		t.Fatal(err)
	}
	b.wantTitles(b.day(today).Events)
}

func refuse(w http.ResponseWriter, status int, reason string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": status,
		"errors": []any{map[string]string{"reason": reason}}}})
}

func TestAnOccurrenceWhoseSeriesCannotBeReadFailsTheDayUnlessItIsGone(t *testing.T) {
	t.Parallel()
	for status, want := range map[int][]string{http.StatusNotFound: {}, http.StatusGone: {}, http.StatusServiceUnavailable: nil} {
		server := googletest.New(googletest.Config{})
		server.AddUser("ada", berlin)
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/events/") {
				refuse(w, status, "backendError")
				return
			}
			server.ServeHTTP(w, r)
		})
		series, err := server.Insert("ada", "primary", event("Choir", "2026-05-05 19:00", "2026-05-05 21:00", weekly))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Delete("ada", "primary", series.Id+choirToday); err != nil {
			t.Fatal(err)
		}
		listing, err := sourceAt(t, address.URL, server.Token("ada")).Day(t.Context(), "ada", today, all)
		if got := titles(listing.Events); (err != nil) != (want == nil) || err == nil && !slices.Equal(got, want) {
			t.Errorf("%d: %q, %v", status, got, err)
		}
	}
}

// A page token may outlive its list.
func TestAListThatGoogleLosesIsStartedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		times int32
		fails bool
	}{{0, false}, {1, false}, {2, false}, {3, true}} {
		server := googletest.New(googletest.Config{MaxPage: 2})
		server.AddUser("ada", berlin)
		var left atomic.Int32
		left.Store(c.times)
		address := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("pageToken") != "" && left.Add(-1) >= 0 {
				refuse(w, http.StatusGone, "fullSyncRequired")
				return
			}
			server.ServeHTTP(w, r)
		})
		for _, title := range []string{"a", "b", "c"} {
			if _, err := server.Insert("ada", "primary", event(title, "2026-06-16 19:00", "2026-06-16 21:00")); err != nil {
				t.Fatal(err)
			}
		}
		listing, err := sourceAt(t, address.URL, server.Token("ada")).Day(t.Context(), "ada", today, all)
		if (err != nil) != c.fails || err == nil && !slices.Equal(titles(listing.Events), []string{"a", "b", "c"}) {
			t.Errorf("lost %d times: %q, %v", c.times, titles(listing.Events), err)
		}
	}
}

// sourceAt reads what listens at the address, with the one token.
func sourceAt(t *testing.T, address, token string) *google.Source {
	t.Helper()
	source, err := google.New(google.Config{Endpoint: address, Access: google.FixedToken(token)})
	if err != nil {
		t.Fatal(err)
	}
	return source
}
