package novelty_test

import (
	"net/http/httptest"
	"testing"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
	"foreday/summarizer/novelty"
)

// Outlook tells of a cancelled meeting by its title. Read from Google, it is told as
// cancelled, with the place of the routine that it is of; and what was cancelled counts
// as never held.
func TestWhatATitleSaysIsCancelledIsCancelled(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"Canceled: ", "Cancelled: ", "Abgesagt: ", "Annulé : ", "Cancelado: "} {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			past := before(at("2026-06-16 10:00", "Team Sync"), 20, 7)
			source := sourceOf(t, append(history(past, before(at("2026-06-16 12:00", prefix+"Lunch"), 8, 7)),
				at("2026-06-16 10:00", prefix+"Team Sync"), at("2026-06-16 12:00", "Lunch"), at("2026-06-16 18:00", prefix+"Concert")))
			listing, err := source.Day(t.Context(), "ada", today, summarizer.Selection{})
			if err != nil {
				t.Fatal(err)
			}
			routine, err := novelty.NewLearner(novelty.Config{Source: source}).Routine(t.Context(), "ada", today, summarizer.Selection{})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]summarizer.Why{"Team Sync": calledOff("Tuesday 10:00"), "Lunch": firstTime(0), "Concert": calledOff("")}
			for _, v := range routine.Judge(today, listing.Events) {
				if !v.Novel || v.Why != want[v.Event.Title] {
					t.Errorf("%s is novel: %v, %+v", v.Event.Title, v.Novel, v.Why)
				}
				delete(want, v.Event.Title)
			}
			if len(want) > 0 {
				t.Errorf("nothing is said of %v", want)
			}
			if missing := routine.Usual(today, listing.Events).Missing; len(missing) > 0 {
				t.Errorf("what is cancelled is missing, too: %v", missing)
			}
		})
	}
}

// sourceOf serves the events as Google does.
func sourceOf(t *testing.T, events []summarizer.Event) summarizer.Source {
	cal := &ical.Calendar{Name: "own", Zone: berlin}
	for i, e := range events {
		cal.Events = append(cal.Events, &calendar.Event{
			Id: "e" + string(rune('a'+i/20)) + string(rune('a'+i%20)), Summary: e.Title,
			Start: &calendar.EventDateTime{DateTime: e.Start.Format("2006-01-02T15:04:05Z07:00"), TimeZone: berlin.String()},
			End:   &calendar.EventDateTime{DateTime: e.End.Format("2006-01-02T15:04:05Z07:00"), TimeZone: berlin.String()},
		})
	}
	server := googletest.New(googletest.Config{})
	server.AddUser("ada", berlin)
	if err := server.Import("ada", "primary", cal); err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	source, err := google.New(google.Config{Endpoint: listening.URL, Access: google.FixedToken(server.Token("ada")),
		Transport: listening.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	return source
}
