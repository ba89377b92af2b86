package google_test

import (
	"slices"
	"testing"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
)

func TestIncludedAndExcludedCalendarsCountBesidesTheUsual(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	const (
		holidays  = "en.german#holiday@group.v.calendar.google.com"
		birthdays = "addressbook#contacts@group.v.calendar.google.com"
	)
	for _, c := range []*calendar.CalendarListEntry{
		{Id: "on", Summary: "On", Selected: true},
		{Id: "off", Summary: "Off"},
		{Id: "hidden", Summary: "Hidden", Selected: true, Hidden: true},
		{Id: "busy", Summary: "Busy", Selected: true, AccessRole: "freeBusyReader"},
		{Id: holidays, Summary: "Holidays", Selected: true},
		{Id: birthdays, Summary: "Birthdays", Selected: true},
	} {
		b.google.AddCalendar("ada", c)
	}
	for _, id := range []string{"primary", "on", "off", "hidden", holidays} {
		b.insert(id, event("of "+id, "2026-06-16 10:00", "2026-06-16 11:00"))
	}
	b.insert("primary", event("birthday in primary", "2026-06-16", "2026-06-17", ofType("birthday")))
	b.insert(birthdays, event("birthday", "2026-06-16", "2026-06-17", ofType("birthday")))
	usual := []string{"of on", "of primary"}
	for name, c := range map[string]struct {
		count summarizer.Selection
		want  []string
	}{
		"as usual":              {all, usual},
		"with one switched off": {including("off"), append([]string{"of off"}, usual...)},
		"with a hidden one":     {including("hidden"), append([]string{"of hidden"}, usual...)},
		"with holidays":         {including(holidays), append([]string{"of " + holidays}, usual...)},
		"with birthdays":        {including(birthdays), append([]string{"birthday"}, usual...)},
		"with what counts":      {including("on", "primary"), usual},
		"with unknown ones":     {including("nowhere"), usual},
		"with busy times":       {including("busy"), usual},
		"without one":           {summarizer.Selection{Exclude: []string{"on"}}, []string{"of primary"}},
		"without the primary":   {summarizer.Selection{Exclude: []string{"primary"}}, []string{"of on"}},
		"without it by its ID":  {summarizer.Selection{Exclude: []string{"ada"}}, []string{"of on"}},
		"without any":           {summarizer.Selection{Exclude: []string{"ada", "on"}}, nil},
	} {
		listing, err := b.source.Day(t.Context(), "ada", today, c.count)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		history, err := b.source.History(t.Context(), "ada", today.Start(), today.End(), c.count)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for what, events := range map[string][]summarizer.Event{"day": listing.Events, "history": history} {
			var titles []string
			for _, e := range events {
				titles = append(titles, e.Title)
			}
			slices.Sort(titles)
			slices.Sort(c.want)
			if !slices.Equal(titles, c.want) {
				t.Errorf("%s: the %s holds %q, want %q", name, what, titles, c.want)
			}
		}
	}
	if n := b.google.Requests().ByMethod["calendarList.list"]; n != 1 {
		t.Errorf("the list of calendars was asked for %d times", n)
	}
}

func including(ids ...string) summarizer.Selection { return summarizer.Selection{Include: ids} }
