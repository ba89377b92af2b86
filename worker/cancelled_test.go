package worker_test

import (
	"strings"
	"testing"

	"google.golang.org/api/calendar/v3"

	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
)

// The whole way: from the calendar, over routine and writer, to what is read.
func TestACancelledOccurrenceOfARoutineIsNews(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	b.google.AddUser("ada", berlin)
	choir, err := b.google.Insert("ada", "primary", &calendar.Event{
		Summary: "Choir", Start: stamp("2026-09-14 19:00"), End: stamp("2026-09-14 21:00"), Recurrence: []string{"RRULE:FREQ=WEEKLY"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.work()
	b.publish(changed("ada"))
	b.awaitFresh("ada", today, holding())

	occurrence := choir.Id + "_20261123T180000Z"
	if err := b.google.Delete("ada", "primary", occurrence); err != nil {
		t.Fatal(err)
	}
	b.publish(events.Message{Type: events.EventDeleted, User: "ada", Event: occurrence,
		Span: events.Between(at("2026-11-23 19:00"), at("2026-11-23 21:00"))})
	sum := b.awaitFresh("ada", today, holding("Choir"))
	if reason := sum.Events[0].Reason; reason != "cancelled, usually on Monday at 19:00" ||
		!strings.Contains(sum.Headline+sum.Text, "cancelled") || sum.Degraded {
		t.Errorf("the model's summary: %+v", sum)
	}
	b.settled()

	plainly := b.summarizer()
	plainly.Writer = words.Writer{Planner: plan.Default{}}
	sum, err = plainly.Summarize(t.Context(), "ada", summarizer.Day{Date: today, Zone: berlin}, summarizer.Preferences{})
	if err != nil || !strings.Contains(sum.Headline, "Choir") || !strings.Contains(sum.Headline, "cancelled") {
		t.Errorf("the plain summary: %+v, %v", sum, err)
	}
}
