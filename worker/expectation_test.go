package worker

import (
	"testing"

	"foreday/events"
	"foreday/summarizer"
)

func TestWhatTheCalendarShouldShow(t *testing.T) {
	t.Parallel()
	say := func(kind events.Type, event, calendar string) string {
		return expectation(events.Message{Type: kind, User: "ada", Event: event, Calendar: calendar})
	}
	listing := summarizer.Listing{
		Seen:      map[string]bool{"there": true},
		Calendars: []string{"ada@example.com", "primary", "work"},
	}
	for name, c := range map[string]struct {
		wants  []string
		agrees bool
	}{
		"nothing said":                    {nil, true},
		"created and there":               {[]string{say(events.EventCreated, "there", "")}, true},
		"created and missing":             {[]string{say(events.EventCreated, "e", "")}, false},
		"deleted and gone":                {[]string{say(events.EventDeleted, "e", "")}, true},
		"deleted and still there":         {[]string{say(events.EventDeleted, "there", "primary")}, false},
		"missing where its own name says": {[]string{say(events.EventCreated, "e", "ada@example.com")}, false},
		"missing in another calendar":     {[]string{say(events.EventCreated, "e", "work")}, false},
		"in a calendar not read":          {[]string{say(events.EventCreated, "e", "club")}, true},
		"updated":                         {[]string{say(events.EventUpdated, "e", "")}, true},
		"created, then updated":           {[]string{say(events.EventCreated, "e", ""), say(events.EventUpdated, "e", "primary")}, true},
		"created, then deleted":           {[]string{say(events.EventCreated, "e", ""), say(events.EventDeleted, "e", "")}, true},
		"moved between two calendars":     {[]string{say(events.EventDeleted, "there", "work"), say(events.EventCreated, "there", "")}, true},
		"moved to a calendar not read": {[]string{say(events.EventDeleted, "there", "work"), say(events.EventCreated, "there", "club")},
			false},
		"one of two missing": {[]string{say(events.EventCreated, "there", ""), say(events.EventCreated, "e", "")}, false},
	} {
		if got := meets(listing, c.wants); got != c.agrees {
			t.Errorf("%s: %q agrees: %v, want %v", name, c.wants, got, c.agrees)
		}
	}
	if got := expectation(events.Message{Type: events.CalendarChanged, User: "ada"}); got != "" {
		t.Errorf("a change of anything wants %q", got)
	}
}
