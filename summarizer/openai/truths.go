package openai

// truths are what may be said of the events of a prompt and of its day, worked
// out when it is first asked for. They are for one goroutine.
type truths struct {
	events map[string]eventTruths // by the event's ID
	counts *phrases
}

// eventTruths are what may be said of an event; see aboutEvent.
type eventTruths struct{ own, marked []phrases }

func newTruths() *truths { return &truths{events: map[string]eventTruths{}} }

func (t *truths) ofEvent(e promptEvent) eventTruths {
	known, ok := t.events[e.ID]
	if !ok {
		known.own, known.marked = aboutEvent(e)
		t.events[e.ID] = known
	}
	return known
}

func (t *truths) ofCounts(p prompt) phrases {
	if t.counts == nil {
		counts := countsOf(p)
		t.counts = &counts
	}
	return *t.counts
}
