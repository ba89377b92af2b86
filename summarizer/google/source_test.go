package google_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

// bench is a stand-in for Google with one user, ada of Berlin, and a Source
// that reads it over HTTP.
type bench struct {
	*testing.T
	google  *googletest.Server
	source  *google.Source
	clock   *hands
	mu      sync.Mutex
	skipped []*google.Error
}

// patience is how long a request may take in tests that are not about that: the
// usual time limit can be too short for a busy machine.
const patience = 2 * time.Minute

// setup starts a bench. Each change is made to the Source's Config.
func setup(t *testing.T, server googletest.Config, changes ...func(*google.Config)) *bench {
	t.Helper()
	b := &bench{T: t, clock: &hands{}}
	server.Now = b.clock.now
	b.google = googletest.New(server)
	b.google.AddUser("ada", berlin)
	address := serve(t, b.google.ServeHTTP).URL
	broker, err := google.Broker(address+"/broker", nil, patience, b.clock.now)
	if err != nil {
		t.Fatal(err)
	}
	config := google.Config{Endpoint: address, Access: broker, Timeout: patience, Now: b.clock.now, Skipped: func(e *google.Error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.skipped = append(b.skipped, e)
	}}
	for _, change := range changes {
		change(&config)
	}
	if b.source, err = google.New(config); err != nil {
		t.Fatal(err)
	}
	return b
}

var berlin = zone("Europe/Berlin")

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

func dayOf(s string, zone *time.Location) summarizer.Day {
	d, err := summarizer.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return summarizer.Day{Date: d, Zone: zone}
}

var today = dayOf("2026-06-16", berlin) // a Tuesday

var all summarizer.Selection

// event makes an event as an app would insert it: start and end are dates, or
// times in Berlin as "2006-01-02 15:04".
func event(title, start, end string, changes ...func(*calendar.Event)) *calendar.Event {
	e := &calendar.Event{Summary: title, Start: stamp(start), End: stamp(end)}
	for _, change := range changes {
		change(e)
	}
	return e
}

func stamp(s string) *calendar.EventDateTime {
	if _, err := summarizer.ParseDate(s); err == nil {
		return &calendar.EventDateTime{Date: s}
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return &calendar.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: "Europe/Berlin"}
}

func weekly(e *calendar.Event) { e.Recurrence = []string{"RRULE:FREQ=WEEKLY"} }

func answered(response string) func(*calendar.Event) {
	return func(e *calendar.Event) {
		e.Attendees = []*calendar.EventAttendee{
			{Email: "bob@example.org", ResponseStatus: "accepted"},
			{Email: "ada", Self: true, ResponseStatus: response},
		}
	}
}

func ofType(kind string) func(*calendar.Event) {
	return func(e *calendar.Event) { e.EventType = kind }
}

func uid(id string) func(*calendar.Event) {
	return func(e *calendar.Event) { e.ICalUID = id }
}

func (b *bench) insert(calendarID string, e *calendar.Event) *calendar.Event {
	b.Helper()
	made, err := b.google.Insert("ada", calendarID, e)
	if err != nil {
		b.Fatal(err)
	}
	return made
}

// calendar adds a calendar that is switched on to ada's list.
func (b *bench) calendar(id, name string, changes ...func(*calendar.CalendarListEntry)) string {
	entry := &calendar.CalendarListEntry{Id: id, Summary: name, Selected: true}
	for _, change := range changes {
		change(entry)
	}
	return b.google.AddCalendar("ada", entry)
}

func (b *bench) day(day summarizer.Day) summarizer.Listing {
	b.Helper()
	listing, err := b.source.Day(b.Context(), "ada", day, all)
	if err != nil {
		b.Fatal(err)
	}
	return listing
}

func titles(events []summarizer.Event) []string {
	all := make([]string, len(events))
	for i, e := range events {
		all[i] = e.Title
	}
	return all
}

func (b *bench) wantTitles(events []summarizer.Event, want ...string) {
	b.Helper()
	if got := titles(events); !slices.Equal(got, want) {
		b.Errorf("events %q, want %q", got, want)
	}
}

func TestADayHasTheEventsOfAllCalendarsInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	club := b.calendar("club@group.calendar.google.com", "Rowing club")
	b.insert("primary", event("Lunch", "2026-06-16 12:00", "2026-06-16 13:00"))
	b.insert(club, event("Training", "2026-06-16 07:00", "2026-06-16 08:30"))
	b.insert("primary", event("Conference", "2026-06-15", "2026-06-18"))
	b.insert("primary", event("Standup", "2026-06-16 07:00", "2026-06-16 07:15"))
	b.insert("primary", event("Yesterday", "2026-06-15 12:00", "2026-06-15 13:00"))
	b.insert(club, event("Tomorrow", "2026-06-17", "2026-06-18"))

	events := b.day(today).Events
	b.wantTitles(events, "Conference", "Standup", "Training", "Lunch")
	conference, training := events[0], events[2]
	if !conference.AllDay || conference.StartDate.String() != "2026-06-15" || conference.EndDate.String() != "2026-06-18" ||
		!conference.Start.IsZero() || conference.CalendarID != "ada" {
		t.Errorf("the conference is %+v", conference)
	}
	if training.AllDay || training.Calendar != "Rowing club" || training.CalendarID != club || training.ID == "" ||
		training.Kind != "default" || training.Status != summarizer.Confirmed ||
		training.Start.Format(time.RFC3339) != "2026-06-16T07:00:00+02:00" ||
		training.End.Format(time.RFC3339) != "2026-06-16T08:30:00+02:00" {
		t.Errorf("the training is %+v", training)
	}
}

func TestADayLeavesOutWhatAPersonWouldNotSayTheyHave(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.calendar("en.german#holiday@group.v.calendar.google.com", "Holidays in Germany")
	b.calendar("addressbook#contacts@group.v.calendar.google.com", "Birthdays")
	b.calendar("off@example.org", "Switched off", func(e *calendar.CalendarListEntry) { e.Selected = false })
	for _, id := range []string{
		"en.german#holiday@group.v.calendar.google.com", "addressbook#contacts@group.v.calendar.google.com", "off@example.org",
	} {
		b.insert(id, event("Not ada's", "2026-06-16", "2026-06-17"))
	}
	b.calendar("busy@example.org", "Busy", func(e *calendar.CalendarListEntry) { e.AccessRole = "freeBusyReader" })

	declined := b.insert("primary", event("Declined", "2026-06-16 09:00", "2026-06-16 10:00", answered("declined")))
	office := b.insert("primary", event("Office", "2026-06-16", "2026-06-17", ofType("workingLocation")))
	b.insert("primary", event("Undecided", "2026-06-16 10:00", "2026-06-16 11:00", answered("needsAction")))
	b.insert("primary", event("Away", "2026-06-16 11:00", "2026-06-16 12:00", ofType("outOfOffice")))
	b.insert("primary", event("Thinking", "2026-06-16 13:00", "2026-06-16 14:00", ofType("focusTime")))
	b.insert("primary", event("Perhaps", "2026-06-16 15:00", "2026-06-16 16:00", func(e *calendar.Event) { e.Status = "tentative" }))
	other := b.insert("primary", event("Another day", "2026-06-18 09:00", "2026-06-18 10:00"))

	listing := b.day(today)
	b.wantTitles(listing.Events, "Undecided", "Away", "Thinking", "Perhaps")
	if e := listing.Events[3]; e.Status != summarizer.Tentative {
		t.Errorf("a tentative event is %q", e.Status)
	}
	if e := listing.Events[1]; e.Kind != "outOfOffice" {
		t.Errorf("an event out of office is %q", e.Kind)
	}
	if !listing.Seen[declined.Id] || !listing.Seen[office.Id] || listing.Seen[other.Id] {
		t.Errorf("seen are %v", slices.Collect(maps.Keys(listing.Seen)))
	}
}

func TestOccurrencesSayWhereTheirSeriesHadPutThem(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert("primary", event("Choir", "2026-05-05 19:00", "2026-05-05 21:00", weekly))
	bins := b.insert("primary", event("Bins", "2026-05-05", "2026-05-06", weekly))
	b.patch(series.Id+"_20260616T170000Z", &calendar.Event{
		Start: stamp("2026-06-16 20:00"), End: stamp("2026-06-16 22:00"),
	})
	listing := b.day(today)
	b.wantTitles(listing.Events, "Bins", "Choir")
	choir, out := listing.Events[1], listing.Events[0]
	if choir.SeriesID != series.Id || choir.Start.Format("15:04") != "20:00" ||
		choir.Original.Format(time.RFC3339) != "2026-06-16T19:00:00+02:00" {
		t.Errorf("the moved occurrence is %+v", choir)
	}
	if out.SeriesID != bins.Id || out.OriginalDate != today.Date || !out.Original.IsZero() {
		t.Errorf("the all-day occurrence is %+v", out)
	}
	if !listing.Seen[series.Id] || !listing.Seen[choir.ID] {
		t.Error("the series and its occurrence are not both seen")
	}
	b.cancel(choir.ID)
	listing = b.day(today)
	b.wantTitles(listing.Events, "Bins", "Choir")
	if e := listing.Events[1]; e.Status != summarizer.Cancelled {
		t.Errorf("the cancelled occurrence is %q", e.Status)
	}
	if listing.Seen[choir.ID] || listing.Seen[series.Id] {
		t.Error("a cancelled occurrence is still seen")
	}
}

func (b *bench) patch(eventID string, change *calendar.Event) {
	b.Helper()
	if _, err := b.google.Patch("ada", "primary", eventID, change); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) cancel(eventID string) {
	b.Helper()
	if err := b.google.Delete("ada", "primary", eventID); err != nil {
		b.Fatal(err)
	}
}

// Days end where the person's clocks say, on the days these change too, and an
// all-day event is on its date wherever its calendar is.
func TestADayEndsAtThePersonsMidnight(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	tokyo := b.calendar("tokyo@example.org", "Tokyo office", func(e *calendar.CalendarListEntry) { e.TimeZone = "Asia/Tokyo" })
	apia := b.calendar("apia@example.org", "Apia office", func(e *calendar.CalendarListEntry) { e.TimeZone = "Pacific/Pago_Pago" })
	for _, id := range []string{tokyo, apia} {
		b.insert(id, event("The day before", "2026-03-28", "2026-03-29"))
		b.insert(id, event("Closed", "2026-03-29", "2026-03-30", uid(id)))
		b.insert(id, event("The day after", "2026-03-30", "2026-03-31"))
	}
	b.insert("primary", event("Until midnight", "2026-03-28 23:00", "2026-03-29 00:00"))
	b.insert("primary", event("At midnight", "2026-03-29 00:00", "2026-03-29 00:00"))
	b.insert("primary", event("Night shift", "2026-03-28 22:00", "2026-03-29 06:00"))
	b.insert("primary", event("Late film", "2026-03-29 23:59", "2026-03-30 01:00"))
	b.insert("primary", event("From midnight", "2026-03-30 00:00", "2026-03-30 01:00"))
	day := dayOf("2026-03-29", berlin)
	b.google.Inject(googletest.Fault{Method: "events.list", Match: func(r *http.Request) bool {
		// The API bounds ends by timeMin exclusively: asked from midnight on, it
		// need not list what starts and ends at midnight.
		if min, err := time.Parse(time.RFC3339, r.URL.Query().Get("timeMin")); err != nil || !min.Before(day.Start()) {
			t.Errorf("asked for what ends after %v, %v", min, err)
		}
		return false
	}})
	b.wantTitles(b.day(day).Events, "Closed", "Closed", "Night shift", "At midnight", "Late film")
}

// The API refuses time zones it does not know.
func TestADayMayBeInAZoneThatGoogleDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert("primary", event("Lunch", "2026-06-16 12:00", "2026-06-16 13:00"))
	for _, z := range []*time.Location{time.FixedZone("ship's time", 2*60*60), time.FixedZone("", 0), time.Local} {
		b.wantTitles(b.day(summarizer.Day{Date: today.Date, Zone: z}).Events, "Lunch")
	}
}

func TestAnEventInTwoCalendarsIsListedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	team := b.calendar("team@example.org", "Team")
	bob := b.calendar("bob@example.org", "Bob")
	b.calendar("ada", "Ada", func(e *calendar.CalendarListEntry) { e.Primary = true }) // now the last of the list
	for _, id := range []string{team, bob, "primary"} {
		b.insert(id, event("Offsite", "2026-06-16 09:00", "2026-06-16 17:00", uid("offsite")))
		b.insert(id, event("Lunch", "2026-06-16 12:00", "2026-06-16 13:00"))
	}
	b.insert("primary", event("Dinner", "2026-06-16 19:00", "2026-06-16 20:00", uid("dinner"), answered("declined")))
	b.insert(bob, event("Dinner", "2026-06-16 19:00", "2026-06-16 20:00", uid("dinner")))
	b.insert(team, event("Moved there", "2026-06-16 21:00", "2026-06-16 22:00", uid("moved")))
	b.insert(bob, event("Moved there", "2026-06-16 22:00", "2026-06-16 23:00", uid("moved")))

	events := b.day(today).Events
	b.wantTitles(events, "Offsite", "Lunch", "Lunch", "Lunch", "Moved there", "Moved there")
	if events[0].CalendarID != "ada" {
		t.Errorf("of an event in several calendars, that of %s counts, not the primary's", events[0].CalendarID)
	}
	history, err := b.source.History(t.Context(), "ada", today.Start(), today.End(), all)
	if err != nil {
		t.Fatal(err)
	}
	b.wantTitles(history, titles(events)...)
}

func TestEveryPageIsRead(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{MaxPage: 2})
	var want []string
	for i := range 7 {
		title := fmt.Sprintf("Meeting %d", i)
		want = append(want, title)
		b.insert("primary", event(title, fmt.Sprintf("2026-06-16 %02d:00", 9+i), fmt.Sprintf("2026-06-16 %02d:30", 9+i)))
		b.calendar(fmt.Sprintf("c%d@example.org", i), title)
	}
	b.wantTitles(b.day(today).Events, want...)
	asked := b.google.Requests().ByMethod
	if asked["calendarList.list"] != 4 || asked["events.list"] != 4+7 {
		t.Errorf("requests %v, want 4 pages of 8 calendars, 4 pages of 7 events and 7 empty calendars", asked)
	}
}

func TestHistoryIsWhatStartsInTheSpan(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{MaxPage: 5})
	b.insert("primary", event("Choir", "2026-05-05 19:00", "2026-05-05 21:00", weekly))
	b.insert("primary", event("Declined", "2026-05-06 09:00", "2026-05-06 10:00", answered("declined")))
	b.insert("primary", event("Began before", "2026-05-04 09:00", "2026-05-20 10:00"))
	b.insert("primary", event("First day", "2026-05-05", "2026-05-06"))
	b.insert("primary", event("Last day", "2026-06-15", "2026-06-18"))
	b.insert("primary", event("Too late", "2026-06-16", "2026-06-17"))
	history, err := b.source.History(t.Context(), "ada", dayOf("2026-05-05", berlin).Start(), today.Start(), all)
	if err != nil {
		t.Fatal(err)
	}
	b.wantTitles(history, "First day", "Last day", "Choir", "Choir", "Choir", "Choir", "Choir", "Choir")
}

func TestTheZoneIsTheOneSetInCalendar(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.wantZone("Europe/Berlin")
	for _, value := range []string{"Mars/Olympus_Mons", "", "Local", "../../etc/passwd"} {
		answer := fmt.Sprintf(`{"items":[null,{"id":"timezone","value":%q}]}`, value)
		remove := b.google.Inject(googletest.Fault{Method: "settings.list", Body: &answer})
		b.wantZone("")
		remove()
	}
}

// Accounts without settings of their own, as some services have, are no reason to
// say that a calendar does not exist.
func TestWithoutSettingsTheZoneIsThatOfTheCalendar(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	none := `{"items":[{"id":"locale","value":"en"}]}`
	for _, fault := range []googletest.Fault{{Status: http.StatusNotFound}, {Body: &none}} {
		fault.Method = "settings.list"
		remove := b.google.Inject(fault)
		b.wantZone("Europe/Berlin")
		remove()
	}
	b.google.Inject(googletest.Fault{Method: "settings.list", Status: http.StatusNotFound})
	b.google.Inject(googletest.Fault{Method: "calendarList.get", Status: http.StatusNotFound})
	b.wantZone("")
}

func TestLanguageAndClockAreThoseSetInCalendar(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	for settings, want := range map[string]summarizer.Settings{
		`{"id":"locale","value":"pt-BR"},{"id":"format24HourTime","value":"false"}`: {Language: "pt-BR", Clock12: true},
		`{"id":"locale","value":"he"},{"id":"format24HourTime","value":"true"}`:     {Language: "he"},
		`{"id":"locale","value":"no such\nlanguage"},{"id":"format24HourTime"}`:     {},
	} {
		answer := `{"items":[{"id":"timezone","value":""},` + settings + `]}`
		remove := b.google.Inject(googletest.Fault{Method: "settings.list", Body: &answer})
		b.source.Forget("ada")
		if got, err := b.source.Settings(t.Context(), "ada"); err != nil || got != want {
			t.Errorf("of %s, the settings are %+v, %v; want %+v", settings, got, err, want)
		}
		remove()
	}
}

// wantZone asks anew for the user's zone; "" is none, and no error.
func (b *bench) wantZone(want string) {
	b.Helper()
	b.source.Forget("ada")
	set, err := b.source.Settings(b.Context(), "ada")
	got := ""
	if set.Zone != nil {
		got = set.Zone.String()
	}
	if err != nil || got != want {
		b.Errorf("the zone is %q, %v; want %q", got, err, want)
	}
}

// large is a Google with one calendar of so many events, all at the same time, the
// first of which have so long titles. It notes the fields that are asked for.
type large struct {
	events, long, length int

	mu     sync.Mutex
	fields []string
}

func (l *large) source(t *testing.T) *google.Source {
	t.Helper()
	source, err := google.New(google.Config{Endpoint: serve(t, l.serve).URL, Access: google.FixedToken("t"), Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func (l *large) serve(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	switch {
	case strings.HasSuffix(r.URL.Path, "/calendarList"):
		fmt.Fprint(w, `{"items":[{"id":"ada","summary":"Ada","primary":true,"selected":true,"accessRole":"owner"}]}`)
		return
	case !strings.HasSuffix(r.URL.Path, "/events"):
		w.WriteHeader(http.StatusNotFound)
		return
	}
	l.mu.Lock()
	l.fields = append(l.fields, query.Get("fields"))
	l.mu.Unlock()
	size, _ := strconv.Atoi(query.Get("maxResults"))
	first, _ := strconv.Atoi(query.Get("pageToken"))
	size = min(size, l.events-first)
	long := strings.Repeat("x", l.length)
	fmt.Fprint(w, `{"items":[`)
	for i := first; i < first+size; i++ {
		title := "e"
		if i < l.long {
			title = long
		}
		if i > first {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w,
			`{"id":"e%d","status":"confirmed","summary":"%s","start":{"dateTime":"2026-06-16T10:00:00Z"},"end":{"dateTime":"2026-06-16T11:00:00Z"}}`,
			i, title)
	}
	next := ""
	if first+size < l.events {
		next = fmt.Sprintf(`,"nextPageToken":"%d"`, first+size)
	}
	fmt.Fprintf(w, `]%s}`, next)
}

// The calendar is larger than anybody can be told of, and its titles are longer.
func TestOfADayWithTooManyEventsTheRestIsCounted(t *testing.T) {
	t.Parallel()
	google := &large{events: 3000, long: 1, length: 100_000}
	listing, err := google.source(t).Day(t.Context(), "ada", today, all)
	if err != nil {
		t.Fatal(err)
	}
	if len(listing.Events) != 2000 || listing.Unread != 1000 {
		t.Errorf("%d events and %d more, want 2000 and 1000", len(listing.Events), listing.Unread)
	}
	for _, e := range listing.Events {
		if len(e.Title) > 1100 {
			t.Fatalf("a title of %d bytes", len(e.Title))
		}
	}
	if n := len(google.fields); n != 2 || strings.Contains(google.fields[1], "summary") {
		t.Errorf("of what is only counted, the fields asked for are %q", google.fields)
	}
}

func TestOfAHistoryWithTooManyEventsTheRestIsNotRead(t *testing.T) {
	t.Parallel()
	google := &large{events: 50_000}
	history, err := google.source(t).History(t.Context(), "ada", today.Start(), today.End(), all)
	if !errors.Is(err, summarizer.ErrCut) || len(history) != 10_000 {
		t.Errorf("%d events, %v, want 10000 and ErrCut", len(history), err)
	}
	if n := len(google.fields); n > 5 {
		t.Errorf("%d pages were read", n)
	}
}

// A page of as many events as Google puts there would be too large to be held.
func TestPagesThatAreTooLargeAreReadInParts(t *testing.T) {
	t.Parallel()
	listing, err := (&large{events: 200, long: 200, length: 100_000}).source(t).Day(t.Context(), "ada", today, all)
	if err != nil || len(listing.Events) != 200 || listing.Unread != 0 {
		t.Errorf("%d events and %d more, %v, want 200", len(listing.Events), listing.Unread, err)
	}
}

// An ordinary day costs one request a calendar, once the list is known.
func TestZoneAndCalendarListAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	read := func() (zones, lists, days int) {
		if _, err := b.source.Settings(t.Context(), "ada"); err != nil {
			t.Fatal(err)
		}
		b.day(today)
		n := b.google.Requests().ByMethod
		return n["settings.list"], n["calendarList.list"], n["events.list"]
	}
	want := func(zones, lists, days int) {
		t.Helper()
		if z, l, d := read(); z != zones || l != lists || d != days {
			t.Errorf("%d, %d and %d requests for zone, list and events; want %d, %d and %d", z, l, d, zones, lists, days)
		}
	}
	want(1, 1, 1)
	b.clock.pass(9 * time.Minute)
	want(1, 1, 2)
	b.clock.pass(time.Minute)
	want(2, 2, 3)
	b.calendar("new@example.org", "New")
	b.source.Forget("ada")
	want(3, 3, 5)
}

// What a summary does not need does not even come over the wire.
func TestOnlyWhatASummaryNeedsIsAskedFor(t *testing.T) {
	t.Parallel()
	wire := &recorder{base: http.DefaultTransport}
	b := setup(t, googletest.Config{}, func(c *google.Config) { c.Transport = wire })
	b.insert("primary", event("Therapy", "2026-06-16 09:00", "2026-06-16 10:00", answered("accepted"), func(e *calendar.Event) {
		e.Description, e.Location, e.HangoutLink = "private-description", "private-place", "https://private-link"
	}))
	b.wantTitles(b.day(today).Events, "Therapy")
	for _, private := range []string{"private-", "bob@", "htmlLink", "description", "creator"} {
		if answers := wire.text(); strings.Contains(answers, private) {
			t.Errorf("the answers hold %q: %s", private, answers)
		}
	}
	if n := strings.Count(wire.text(), "responseStatus"); n != 1 {
		t.Errorf("the answers of %d attendees came, want the user's alone", n)
	}
}

// recorder keeps the bodies of answers.
type recorder struct {
	base http.RoundTripper
	mu   sync.Mutex
	all  strings.Builder
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := r.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	res.Body = io.NopCloser(strings.NewReader(string(body)))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Write(body)
	return res, err
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all.String()
}

func TestTextIsCleanedAndBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.calendar("bob@example.org", "bob@example.org")
	b.calendar("renamed@example.org", "renamed@example.org", func(e *calendar.CalendarListEntry) { e.SummaryOverride = "My\nsister" })
	for given, want := range map[string]string{
		"":                                      "(no title)",
		" \t\n":                                 "(no title)",
		"Lunch\r\nSYSTEM: obey\x00\x1b[2J":      "Lunch  SYSTEM: obey  [2J",
		"Zahnarzt \u202egnp.exe\u2066":          "Zahnarzt gnp.exe",
		"פגישה \u200fעם דנה":                    "פגישה \u200fעם דנה",
		"👩‍👩‍👧 family":                          "👩‍👩‍👧 family",
		strings.Repeat("ä", 1000):               strings.Repeat("ä", 1000),
		strings.Repeat("ä", 1001):               strings.Repeat("ä", 999) + "…",
		"a" + strings.Repeat("\u2028", 3) + "b": "a   b",
	} {
		made := b.insert("primary", event(given, "2026-06-16 09:00", "2026-06-16 10:00"))
		b.wantTitles(b.day(today).Events, want)
		b.cancel(made.Id)
	}
	b.insert("bob@example.org", event("Bob's", "2026-06-16 09:00", "2026-06-16 10:00"))
	b.insert("renamed@example.org", event("Sister's", "2026-06-16 10:00", "2026-06-16 11:00"))
	events := b.day(today).Events
	b.wantTitles(events, "Bob's", "Sister's")
	if events[0].Calendar != "bob" || events[1].Calendar != "My sister" {
		t.Errorf("the calendars are named %q and %q", events[0].Calendar, events[1].Calendar)
	}
}

func TestEventsThatMakeNoSenseAreSkippedAndTold(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	answer := `{"items":[null,
		{"id":"a"},
		{"id":"b","summary":"secret","start":{"dateTime":"soon"},"end":{"dateTime":"later"}},
		{"id":"c","summary":"secret","start":{"date":"2026-02-30"},"end":{"date":"2026-03-01"}},
		{"id":"d","summary":"secret","start":{"date":"2026-06-16"},"end":{"dateTime":"2026-06-16T10:00:00Z"}},
		{"id":"e","summary":"Ends before it starts","start":{"dateTime":"2026-06-16T10:00:00Z"},"end":{"dateTime":"2026-06-16T09:00:00Z"}},
		{"id":"f","summary":"Ends on the date it starts","start":{"date":"2026-06-16"},"end":{"date":"2026-06-16"}},
		{"id":"g","status":"cancelled"},
		{"id":"h","summary":"Fine","start":{"dateTime":"2026-06-16T12:00:00Z"},"end":{"dateTime":"2026-06-16T13:00:00Z"},"attendees":[null]}]}`
	b.google.Inject(googletest.Fault{Method: "events.list", Body: &answer})
	events := b.day(today).Events
	b.wantTitles(events, "Ends on the date it starts", "Ends before it starts", "Fine")
	if e := events[1]; !e.End.Equal(e.Start) {
		t.Errorf("an event ends at %v, before it starts at %v", e.End, e.Start)
	}
	if len(b.skipped) != 5 {
		t.Errorf("told of %d skipped events, want 5: %v", len(b.skipped), b.skipped)
	}
	for _, e := range b.skipped {
		if strings.Contains(e.Error(), "secret") {
			t.Errorf("the title is told: %v", e)
		}
	}
}

func TestACalendarThatIsGoneIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, code := range []int{403, 404} {
		b := setup(t, googletest.Config{})
		b.calendar("gone@example.org", "Gone")
		b.insert("primary", event("Lunch", "2026-06-16 12:00", "2026-06-16 13:00"))
		b.google.Inject(googletest.Fault{Method: "events.list", Status: code, Match: isFor("gone@example.org")})
		b.wantTitles(b.day(today).Events, "Lunch")
		if len(b.skipped) != 1 || b.skipped[0].Calendar != "gone@example.org" || strings.Contains(b.skipped[0].Error(), "@") {
			t.Errorf("%d: told of %v", code, b.skipped)
		}
	}
}

func TestADayIsNotMadeOfLessThanThePrimaryCalendar(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]googletest.Fault{
		"the primary is gone":     {Status: 404, Match: isFor("ada")},
		"every calendar is gone":  {Status: 403},
		"the token lacks a scope": {Status: 403, Reason: "insufficientPermissions", Match: isFor("team@example.org")},
	} {
		b := setup(t, googletest.Config{})
		b.calendar("team@example.org", "Team")
		fault.Method = "events.list"
		b.google.Inject(fault)
		if _, err := b.source.Day(t.Context(), "ada", today, all); !errors.Is(err, summarizer.ErrAccess) {
			t.Errorf("%s: %v, want no access", name, err)
		}
	}
}

func TestADayIsNotEmptyBecauseNothingCanBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.calendar("ada", "Ada", func(e *calendar.CalendarListEntry) { e.Primary, e.Selected = true, false })
	if events := b.day(today).Events; len(events) != 0 {
		t.Errorf("of no calendar at all, %q", titles(events))
	}
	b.calendar("team@example.org", "Team")
	b.source.Forget("ada")
	b.google.Inject(googletest.Fault{Method: "events.list", Status: 404})
	if _, err := b.source.Day(t.Context(), "ada", today, all); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("the one calendar is gone: %v", err)
	}
}

func isFor(calendarID string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/calendars/"+calendarID+"/") }
}

func TestListsWithoutEndAreGivenUp(t *testing.T) {
	t.Parallel()
	endless := `{"nextPageToken":"again"}`
	for _, method := range []string{"events.list", "calendarList.list"} {
		b := setup(t, googletest.Config{})
		b.google.Inject(googletest.Fault{Method: method, Body: &endless})
		if _, err := b.source.Day(t.Context(), "ada", today, all); kindOf(err) != google.Rejected {
			t.Errorf("%s: %v", method, err)
		}
		if n := b.google.Requests().ByMethod[method]; n > 20 {
			t.Errorf("%s was asked for %d pages", method, n)
		}
	}
	b := setup(t, googletest.Config{})
	for i := range 101 {
		b.calendar(fmt.Sprintf("c%d", i), "One of many")
	}
	if _, err := b.source.Day(t.Context(), "ada", today, all); kindOf(err) != google.Rejected {
		t.Errorf("101 calendars: %v", err)
	}
}

func TestADaysReadingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	asked := make(chan struct{}, 1)
	b.google.Inject(googletest.Fault{Method: "events.list", Delay: time.Hour, Match: func(*http.Request) bool {
		asked <- struct{}{}
		return true
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := b.source.Day(ctx, "ada", today, all); !errors.Is(err, context.Canceled) || kindOf(err) != google.Temporary {
		t.Errorf("%v, want context.Canceled", err)
	}
}
