package googletest_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
)

func TestSeriesAreListedAsOccurrencesInOrderOfTime(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"),
		"RRULE:FREQ=DAILY"))
	b.insert(t, timed("Dentist", "2026-03-25T07:00:00-05:00", "2026-03-25T08:00:00-05:00", ""))

	list := b.day(t, "2026-03-24T00:00:00-05:00", "2026-03-26T00:00:00-05:00")
	if got, want := summaries(list), []string{"Dishes", "Dentist", "Dishes"}; !slices.Equal(got, want) {
		t.Fatalf("listed %q, want %q", got, want)
	}
	first := list[0]
	if want := series.Id + "_20260324T123000Z"; first.Id != want || first.RecurringEventId != series.Id {
		t.Errorf("occurrence has ID %q of series %q, want %q", first.Id, first.RecurringEventId, want)
	}
	if got := first.OriginalStartTime.DateTime; got != "2026-03-24T07:30:00-05:00" {
		t.Errorf("original start is %q", got)
	}
}

func TestSeriesKeepTheirLocalTimeWhenClocksChange(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, recurring(timed("Standup", "2026-03-06T09:00:00-06:00", "2026-03-06T09:15:00-06:00", "America/Chicago"), "RRULE:FREQ=WEEKLY"))
	var starts []string
	for _, e := range b.day(t, "2026-03-01T00:00:00Z", "2026-03-15T00:00:00Z") {
		starts = append(starts, e.Start.DateTime)
	}
	if want := []string{"2026-03-06T09:00:00-06:00", "2026-03-13T09:00:00-05:00"}; !slices.Equal(starts, want) {
		t.Errorf("starts are %q, want %q", starts, want)
	}
}

func TestTimeMinBoundsTheEndAndTimeMaxTheStart(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	for _, e := range []*calendar.Event{
		timed("ends at the lower bound", "2026-03-24T09:00:00Z", "2026-03-24T10:00:00Z", ""),
		timed("crosses the lower bound", "2026-03-24T09:00:00Z", "2026-03-24T10:01:00Z", ""),
		timed("no length, at the lower bound", "2026-03-24T10:00:00Z", "2026-03-24T10:00:00Z", ""),
		timed("no length, within", "2026-03-24T10:00:01Z", "2026-03-24T10:00:01Z", ""),
		timed("crosses the upper bound", "2026-03-24T11:59:00Z", "2026-03-24T13:00:00Z", ""),
		timed("starts at the upper bound", "2026-03-24T12:00:00Z", "2026-03-24T13:00:00Z", ""),
	} {
		b.insert(t, e)
	}
	got := summaries(b.day(t, "2026-03-24T11:00:00+01:00", "2026-03-24T12:00:00Z"))
	want := []string{"crosses the lower bound", "no length, within", "crosses the upper bound"}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestAllDayEventsLieInTheCalendarsZone(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	b.insert(t, recurring(allDay("Birthday", "1990-03-25", "1990-03-26"), "RRULE:FREQ=YEARLY"))
	for _, c := range []struct {
		min, max string
		want     []string
	}{
		{"2026-03-24T04:00:00Z", "2026-03-24T05:00:00Z", nil}, // the day begins at 05:00Z in Chicago
		{"2026-03-24T04:00:00Z", "2026-03-24T05:00:01Z", []string{"Fair"}},
		{"2026-03-26T04:59:59Z", "2026-03-26T12:00:00Z", []string{"Fair", "Birthday"}},
		{"2026-03-26T05:00:00Z", "2026-03-26T12:00:00Z", nil},
	} {
		got := summaries(b.day(t, c.min, c.max))
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("from %s to %s listed %q, want %q", c.min, c.max, got, c.want)
		}
	}
}

func TestPagesHoldEveryEventOnceWhateverChangesInBetween(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	var want []string
	for i := range 7 {
		e := b.insert(t, timed(fmt.Sprint(i), fmt.Sprintf("2026-03-2%dT09:00:00Z", i+1), fmt.Sprintf("2026-03-2%dT10:00:00Z", i+1), ""))
		want = append(want, e.Id)
	}
	var got []string
	call := b.client.Events.List("primary").SingleEvents(true).OrderBy("startTime").MaxResults(3)
	err := call.Pages(t.Context(), func(page *calendar.Events) error {
		got = append(got, ids(page.Items)...)
		if len(got) == 3 {
			return b.Delete(user, "primary", want[1]) // one that was listed already
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("pages hold %q, %v; want %q", got, err, want)
	}
	_, err = b.client.Events.List("primary").PageToken("nonsense").Do()
	wantStatus(t, err, http.StatusBadRequest, "invalid")
}

func TestCancelledEventsAreListedOnlyWhenAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"),
		"RRULE:FREQ=DAILY;COUNT=3"))
	single := b.insert(t, timed("Dentist", "2026-03-25T07:00:00-05:00", "2026-03-25T08:00:00-05:00", ""))
	for _, id := range []string{series.Id + "_20260325T123000Z", single.Id} {
		if err := b.client.Events.Delete("primary", id).Do(); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		single, deleted bool
		want            int
	}{
		{true, false, 2},
		{true, true, 4},
		{false, false, 2}, // the series and the occurrence it lacks
		{false, true, 3},
	} {
		list, err := b.client.Events.List("primary").SingleEvents(c.single).ShowDeleted(c.deleted).Do()
		if err != nil || len(list.Items) != c.want {
			t.Errorf("singleEvents=%v showDeleted=%v lists %d events, %v; want %d", c.single, c.deleted, len(list.Items), err, c.want)
		}
	}
}

func TestEventsAreFoundByWordTypeAndUID(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	out := timed("Away", "2026-03-24T09:00:00Z", "2026-03-24T10:00:00Z", "")
	out.EventType = "outOfOffice"
	b.insert(t, out)
	dentist := timed("Dentist", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", "")
	dentist.Location, dentist.ICalUID = "High Street", "teeth@example.com"
	b.insert(t, dentist)
	list := func(narrow func(*calendar.EventsListCall)) []string {
		call := b.client.Events.List("primary")
		narrow(call)
		list, err := call.Do()
		if err != nil {
			t.Fatal(err)
		}
		return summaries(list.Items)
	}
	for name, got := range map[string][]string{
		"words in any field": list(func(c *calendar.EventsListCall) { c.Q("street DENTIST") }),
		"type":               list(func(c *calendar.EventsListCall) { c.EventTypes("default", "focusTime") }),
		"UID":                list(func(c *calendar.EventsListCall) { c.ICalUID("teeth@example.com") }),
	} {
		if !slices.Equal(got, []string{"Dentist"}) {
			t.Errorf("by %s found %q, want the dentist", name, got)
		}
	}
}

func TestPartialResponsesHoldTheFieldsAskedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, timed("Dentist", "2026-03-25T09:00:00Z", "2026-03-25T10:00:00Z", ""))
	list, err := b.client.Events.List("primary").Fields("items(id,start/dateTime),nextPageToken").Do()
	if err != nil {
		t.Fatal(err)
	}
	e := list.Items[0]
	if e.Id == "" || e.Start == nil || e.Start.DateTime == "" {
		t.Errorf("what was asked for is missing from %+v", e)
	}
	if e.Summary != "" || e.End != nil || e.Start.TimeZone != "" || list.Kind != "" {
		t.Errorf("%+v holds what was not asked for", e)
	}
	for _, bad := range []googleapi.Field{"items(id", "items)", ",", "a//b"} {
		_, err := b.client.Events.List("primary").Fields(bad).Do()
		wantStatus(t, err, http.StatusBadRequest, "invalid")
	}
}

func TestTimesAreInTheZoneOfTheRequestOrTheCalendar(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, timed("Call", "2026-03-25T09:00:00+01:00", "2026-03-25T10:00:00+01:00", "Europe/Berlin"))
	for asked, want := range map[string]string{"": "2026-03-25T03:00:00-05:00", "Asia/Tokyo": "2026-03-25T17:00:00+09:00"} {
		call := b.client.Events.List("primary")
		if asked != "" {
			call.TimeZone(asked)
		}
		list, err := call.Do()
		if err != nil {
			t.Fatal(err)
		}
		if got := list.Items[0].Start; got.DateTime != want || got.TimeZone != "Europe/Berlin" {
			t.Errorf("in zone %q it starts at %s %s, want %s Europe/Berlin", asked, got.DateTime, got.TimeZone, want)
		}
	}
}

func TestMistakesInParametersAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	for name, call := range map[string]*calendar.EventsListCall{
		"order by start of series": b.client.Events.List("primary").OrderBy("startTime"),
		"unknown order":            b.client.Events.List("primary").OrderBy("size"),
		"time without offset":      b.client.Events.List("primary").TimeMin("2026-03-25T09:00:00"),
		"unknown zone":             b.client.Events.List("primary").TimeZone("Mars/Olympus"),
		"zone of the machine":      b.client.Events.List("primary").TimeZone("Local"),
		"unknown type":             b.client.Events.List("primary").EventTypes("nap"),
		"no page size":             b.client.Events.List("primary").MaxResults(0),
	} {
		if _, err := call.Do(); !isStatus(err, http.StatusBadRequest) {
			t.Errorf("%s: %v, want 400", name, err)
		}
	}
	_, err := b.client.Events.List("primary").TimeMin("2026-03-25T09:00:00Z").TimeMax("2026-03-25T09:00:00Z").Do()
	wantStatus(t, err, http.StatusBadRequest, "timeRangeEmpty")
	_, err = b.client.Events.List("primary").Do(googleapi.QueryParameter("singleEvent", "true"))
	wantStatus(t, err, http.StatusBadRequest, "invalid")
}

func TestInstancesOfOneSeries(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"),
		"RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20260326T123000Z"))
	b.insert(t, timed("Dentist", "2026-03-25T07:00:00-05:00", "2026-03-25T08:00:00-05:00", ""))
	moved := series.Id + "_20260325T123000Z"
	if _, err := b.client.Events.Patch("primary", moved, timed("Dishes, late", "2026-03-25T20:00:00-05:00", "2026-03-25T21:00:00-05:00",
		"America/Chicago")).Do(); err != nil {
		t.Fatal(err)
	}
	all, err := b.client.Events.Instances("primary", series.Id).Do()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := summaries(all.Items), []string{"Dishes", "Dishes, late", "Dishes"}; !slices.Equal(got, want) {
		t.Errorf("instances are %q, want %q", got, want)
	}
	one, err := b.client.Events.Instances("primary", series.Id).OriginalStart("2026-03-25T12:30:00Z").Do()
	if err != nil || !slices.Equal(ids(one.Items), []string{moved}) {
		t.Errorf("the instance that was to start then is %q, %v; want %q", ids(one.Items), err, moved)
	}
	_, err = b.client.Events.Instances("primary", "nothing").Do()
	wantStatus(t, err, http.StatusNotFound, "notFound")
}

func TestEndlessSeriesAreListedUpToAHorizon(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, recurring(timed("Dishes", "2026-03-20T07:30:00-05:00", "2026-03-20T08:15:00-05:00", "America/Chicago"), "RRULE:FREQ=DAILY"))
	b.insert(t, recurring(allDay("Never", "2026-03-20", "2026-03-21"), "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"))
	n := 0
	err := b.client.Events.List("primary").SingleEvents(true).MaxResults(2500).Pages(t.Context(), func(page *calendar.Events) error {
		n += len(page.Items)
		return nil
	})
	if err != nil || n < 365 || n > 1000 {
		t.Errorf("listed %d occurrences, %v; want one to three years of them", n, err)
	}
}

func TestAnUnchangedListingNeedNotBeSentAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	list, err := b.client.Events.List("primary").Do()
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.client.Events.List("primary").IfNoneMatch(list.Etag).Do()
	if !googleapi.IsNotModified(err) {
		t.Errorf("unchanged listing: %v, want 304", err)
	}
	b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	if _, err = b.client.Events.List("primary").IfNoneMatch(list.Etag).Do(); err != nil {
		t.Errorf("changed listing: %v", err)
	}
}

func TestTheTruthIsWhatAListingShows(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"), "RRULE:FREQ=DAILY"))
	truth, err := b.Events(user, "primary", at(t, "2026-03-24T00:00:00Z"), at(t, "2026-03-27T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ids(truth), ids(b.day(t, "2026-03-24T00:00:00Z", "2026-03-27T00:00:00Z")); !slices.Equal(got, want) || len(got) != 3 {
		t.Errorf("the truth is %q, listed is %q", got, want)
	}
}

// day lists the events between two instants as foreday does.
func (b *bench) day(t *testing.T, from, to string) []*calendar.Event {
	t.Helper()
	list, err := b.client.Events.List("primary").SingleEvents(true).OrderBy("startTime").TimeMin(from).TimeMax(to).Do()
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func isStatus(err error, status int) bool {
	var e *googleapi.Error
	return errors.As(err, &e) && e.Code == status
}

// wantStatus checks that err is Google's error of that status and reason.
func wantStatus(t *testing.T, err error, status int, reason string) {
	t.Helper()
	var e *googleapi.Error
	if !errors.As(err, &e) || e.Code != status || len(e.Errors) == 0 || e.Errors[0].Reason != reason {
		t.Errorf("error is %v, want status %d for reason %s", err, status, reason)
	}
}

// Pages come from one ordered listing, and hold each event once, whether or not the
// calendar is changed between them.
func TestPagesOfAListingHoldEachEventOnce(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{false, true} {
		b := setup(t, googletest.Config{MaxPage: 7})
		for i := range 5 {
			b.insert(t, recurring(timed(fmt.Sprint(i), "2026-03-24T07:00:00Z", "2026-03-24T08:00:00Z", "UTC"), "RRULE:FREQ=DAILY;COUNT=10"))
		}
		seen, pages := map[string]bool{}, 0
		call := b.client.Events.List("primary").SingleEvents(true).OrderBy("startTime")
		for token := ""; pages == 0 || token != ""; pages++ {
			page, err := call.PageToken(token).Do()
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page.Items {
				if seen[e.Id] {
					t.Errorf("%s is listed twice", e.Id)
				}
				seen[e.Id] = true
			}
			token = page.NextPageToken
			if changed && pages == 2 {
				b.insert(t, timed("late", "2026-04-24T07:00:00Z", "2026-04-24T08:00:00Z", "UTC"))
			}
		}
		if want := map[bool]int{false: 50, true: 51}[changed]; len(seen) != want {
			t.Errorf("%d events in %d pages, want %d", len(seen), pages, want)
		}
	}
}
