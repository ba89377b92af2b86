package googletest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/calendar/v3"
	"pgregory.net/rapid"
)

func TestASyncTokenListsWhatChangedSince(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, allDay("Old", "2026-03-24", "2026-03-25"))
	gone := b.insert(t, allDay("Gone", "2026-03-24", "2026-03-25"))
	first, err := b.client.Events.List("primary").Do()
	if err != nil || first.NextSyncToken == "" {
		t.Fatalf("first listing has token %q, %v", first.NextSyncToken, err)
	}
	b.insert(t, allDay("New", "2026-03-24", "2026-03-25"))
	if err := b.Delete(user, "primary", gone.Id); err != nil {
		t.Fatal(err)
	}
	next, err := b.client.Events.List("primary").SyncToken(first.NextSyncToken).Do()
	if err != nil || len(next.Items) != 2 {
		t.Fatalf("changes are %q, %v; want two", summaries(next.Items), err)
	}
	if got := next.Items[1]; got.Id != gone.Id || got.Status != "cancelled" || got.Start != nil {
		t.Errorf("the deleted event is listed as %+v", got)
	}
	last, err := b.client.Events.List("primary").SyncToken(next.NextSyncToken).Do()
	if err != nil || len(last.Items) != 0 {
		t.Errorf("nothing changed, but listed are %q, %v", summaries(last.Items), err)
	}
}

func TestAChangeOfOneOccurrenceListsItsSeriesWithIt(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"),
		"RRULE:FREQ=DAILY"))
	list, err := b.client.Events.List("primary").Do()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.client.Events.Delete("primary", series.Id+"_20260325T123000Z").Do(); err != nil {
		t.Fatal(err)
	}
	changes, err := b.client.Events.List("primary").SyncToken(list.NextSyncToken).Do()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ids(changes.Items), []string{series.Id, series.Id + "_20260325T123000Z"}; !slices.Equal(got, want) {
		t.Fatalf("changes are %q, want %q", got, want)
	}
	whole, gone := changes.Items[0], changes.Items[1]
	if whole.Etag != gone.Etag || whole.Etag == series.Etag {
		t.Errorf("tags are %s and %s, before %s; want one new one", whole.Etag, gone.Etag, series.Etag)
	}
	if gone.Status != "cancelled" || gone.Summary != "" || gone.RecurringEventId != series.Id ||
		gone.OriginalStartTime.DateTime != "2026-03-25T07:30:00-05:00" {
		t.Errorf("the cancelled occurrence is listed as %+v", gone)
	}
}

func TestSyncTokensDoNotGoWithBounds(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	list, err := b.client.Events.List("primary").SingleEvents(true).Do()
	if err != nil {
		t.Fatal(err)
	}
	token := list.NextSyncToken
	for name, call := range map[string]*calendar.EventsListCall{
		"timeMin": b.client.Events.List("primary").SyncToken(token).TimeMin("2026-03-24T00:00:00Z"),
		"timeMax": b.client.Events.List("primary").SyncToken(token).TimeMax("2026-03-24T00:00:00Z"),
		"orderBy": b.client.Events.List("primary").SyncToken(token).SingleEvents(true).OrderBy("startTime"),
		"q":       b.client.Events.List("primary").SyncToken(token).Q("x"),
	} {
		if _, err := call.Do(); !isStatus(err, http.StatusBadRequest) {
			t.Errorf("with %s: %v, want 400", name, err)
		}
	}
	ordered, err := b.client.Events.List("primary").SingleEvents(true).OrderBy("startTime").Do()
	if err != nil || ordered.NextSyncToken != "" {
		t.Errorf("an ordered listing gives the token %q, %v", ordered.NextSyncToken, err)
	}
}

func TestAnOldOrUnknownSyncTokenAsksForAFullSync(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{SyncTokenLifetime: 10 * time.Minute})
	token := func() string {
		list, err := b.client.Events.List("primary").Do()
		if err != nil {
			t.Fatal(err)
		}
		return list.NextSyncToken
	}
	refused := func(token string) {
		t.Helper()
		_, err := b.client.Events.List("primary").SyncToken(token).Do()
		wantStatus(t, err, http.StatusGone, "fullSyncRequired")
	}
	refused("nonsense")
	old := token()
	b.clock.Advance(5 * time.Minute)
	if _, err := b.client.Events.List("primary").SyncToken(old).Do(); err != nil {
		t.Errorf("five minutes later: %v", err)
	}
	b.clock.Advance(5 * time.Minute)
	refused(old)
	dropped := token()
	b.ExpireSyncTokens(user)
	refused(dropped)
}

// A client that asks for changes again and again has, each time, exactly what
// one has that lists everything anew.
func TestSyncingGivesWhatListingAnewGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := &syncBench{clock: &clock{now: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)}}
		b.Server = googletest.New(googletest.Config{Now: b.clock.Now, Seed: rapid.Uint64().Draw(rt, "seed")})
		b.AddUser(user, time.UTC)
		clients := []*syncClient{{single: true}, {single: false}}
		for range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			b.change(rt)
			b.clock.Advance(time.Duration(rapid.IntRange(0, 100).Draw(rt, "ms")) * time.Millisecond)
			for _, c := range clients {
				if rapid.Bool().Draw(rt, "syncs") {
					c.sync(rt, b)
				}
			}
		}
	})
}

// syncBench is a stand-in that is asked without a network, for speed.
type syncBench struct {
	*googletest.Server
	clock  *clock
	events []string // IDs of what was inserted
}

// change makes one change, or fails to because the event is gone.
func (b *syncBench) change(rt *rapid.T) {
	day := fmt.Sprintf("2026-03-%02d", rapid.IntRange(21, 28).Draw(rt, "day"))
	event := timed("x", day+"T09:00:00Z", day+"T10:00:00Z", "UTC")
	var target string
	if len(b.events) > 0 {
		target = rapid.SampledFrom(b.events).Draw(rt, "target")
		if rapid.Bool().Draw(rt, "one occurrence") {
			target += "_" + day[:4] + day[5:7] + day[8:] + "T090000Z"
		}
	}
	var err error
	switch kind := rapid.IntRange(0, 5).Draw(rt, "kind"); {
	case kind == 0 || target == "":
		if rapid.Bool().Draw(rt, "recurs") {
			recurring(event, "RRULE:FREQ=DAILY;COUNT=6")
		}
		stored, insertErr := b.Insert(user, "primary", event)
		if err = insertErr; err == nil {
			b.events = append(b.events, stored.Id)
		}
	case kind == 1:
		err = b.Delete(user, "primary", target)
	case kind == 2:
		_, err = b.Patch(user, "primary", target, event)
	case kind == 3:
		_, err = b.Patch(user, "primary", target, &calendar.Event{Summary: "y"})
	case kind == 4:
		var stored *calendar.Event
		if stored, err = b.PatchFollowing(user, "primary", target, &calendar.Event{Summary: "z"}); err == nil {
			b.events = append(b.events, stored.Id)
		}
	default:
		_, err = b.Patch(user, "primary", target, &calendar.Event{Recurrence: []string{"RRULE:FREQ=DAILY;COUNT=2"}})
	}
	if status := googletest.ErrorStatus(err); err != nil && status != http.StatusNotFound && status != http.StatusGone &&
		status != http.StatusConflict {
		rt.Fatal(err)
	}
}

// syncClient keeps a copy of the calendar up to date.
type syncClient struct {
	single bool
	token  string
	copy   map[string]string // what each event shows, by ID
}

func (c *syncClient) sync(rt *rapid.T, b *syncBench) {
	if c.copy == nil {
		c.copy = map[string]string{}
	}
	for _, e := range c.list(rt, b, c.token, &c.token) {
		if e.Status == "cancelled" && (c.single || e.RecurringEventId == "") {
			// With a series go the exceptions of it.
			maps.DeleteFunc(c.copy, func(id, _ string) bool { return id == e.Id || strings.HasPrefix(id, e.Id+"_2") })
			continue
		}
		c.copy[e.Id] = show(e)
	}
	anew := map[string]string{}
	for _, e := range c.list(rt, b, "", new(string)) {
		anew[e.Id] = show(e)
	}
	if !maps.Equal(c.copy, anew) {
		rt.Fatalf("singleEvents=%v: synced\n%q\nlisted anew\n%q", c.single, sorted(c.copy), sorted(anew))
	}
}

func (c *syncClient) list(rt *rapid.T, b *syncBench, token string, next *string) []*calendar.Event {
	var all []*calendar.Event
	for page := ""; ; {
		url := fmt.Sprintf("/calendar/v3/calendars/primary/events?maxResults=7&singleEvents=%v&syncToken=%s&pageToken=%s", c.single, token, page)
		var list calendar.Events
		if err := json.Unmarshal(ask(rt, b.Server, b.Token(user), url), &list); err != nil {
			rt.Fatal(err)
		}
		all = append(all, list.Items...)
		if page = list.NextPageToken; page == "" {
			*next = list.NextSyncToken
			return all
		}
	}
}

func show(e *calendar.Event) string {
	if e.Status == "cancelled" {
		return "cancelled"
	}
	return e.Summary + " " + e.Start.DateTime + fmt.Sprint(e.Recurrence)
}

func sorted(m map[string]string) []string {
	var list []string
	for id, shown := range m {
		list = append(list, id+" "+shown)
	}
	slices.Sort(list)
	return list
}
