package summarizer_test

import (
	"testing"
	"time"

	"foreday/summarizer"
)

func TestASummaryAgreesWithTheCalendarWhateverIsUsual(t *testing.T) {
	t.Parallel()
	events := []summarizer.Event{lasting("Dentist", 100), lasting("Lunch", 40)}
	made := func(h *house, prefer summarizer.Preferences) summarizer.Summary {
		s, err := h.summarizer().Summarize(t.Context(), "u1", theDay, prefer)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one := made(&house{events: events}, summarizer.Preferences{})
	two := made(&house{events: events, usual: summarizer.Usual{Days: 8, Begins: 540}}, threshold(0.4))
	if one.Fingerprint == two.Fingerprint {
		t.Error("what is usual makes no difference to the fingerprint")
	}
	with := func(change func(*summarizer.Event)) []summarizer.Event {
		e := events[0]
		change(&e)
		return []summarizer.Event{e, events[1]}
	}
	for name, c := range map[string]struct {
		listing summarizer.Listing
		agrees  bool
	}{
		"the same":  {summarizer.Listing{Events: events}, true},
		"one less":  {summarizer.Listing{Events: events[:1]}, false},
		"renamed":   {summarizer.Listing{Events: with(func(e *summarizer.Event) { e.Title = "Barber" })}, false},
		"moved":     {summarizer.Listing{Events: with(func(e *summarizer.Event) { e.End = e.End.Add(time.Minute) })}, false},
		"tentative": {summarizer.Listing{Events: with(func(e *summarizer.Event) { e.Status = summarizer.Tentative })}, false},
		"confirmed": {summarizer.Listing{Events: with(func(e *summarizer.Event) { e.Status = summarizer.Confirmed })}, true},
		"many more": {summarizer.Listing{Events: events, Unread: 1}, false},
	} {
		for _, s := range []summarizer.Summary{one, two} {
			if s.Agrees(c.listing) != c.agrees {
				t.Errorf("%s: the summary agrees: %v, want %v", name, !c.agrees, c.agrees)
			}
		}
	}
	empty := made(&house{}, summarizer.Preferences{})
	if !empty.Agrees(summarizer.Listing{}) || empty.Agrees(summarizer.Listing{Events: events}) {
		t.Error("a day without events agrees with one that has some, or not with itself")
	}
	one.Timezone = "Nowhere/Such"
	if one.Agrees(summarizer.Listing{Events: events}) {
		t.Error("it agrees in a zone that nobody knows")
	}
}
