package openai

// truths are what may be said of the events of a prompt and of its day, worked
// out when it is first asked for. They are for one goroutine.
type truths struct {
	events map[string]phrases // by the event's ID
	days   map[int]phrases    // by the number of events cited; see aboutDay
	rest   *phrases
}

func newTruths() *truths { return &truths{events: map[string]phrases{}, days: map[int]phrases{}} }

func (t *truths) ofEvent(e promptEvent) phrases {
	p, ok := t.events[e.ID]
	if !ok {
		p = aboutEvent(e)
		t.events[e.ID] = p
	}
	return p
}

func (t *truths) ofDay(p prompt, cited int) phrases {
	say, ok := t.days[cited]
	if !ok {
		say = aboutDay(p, cited)
		t.days[cited] = say
	}
	return say
}

func (t *truths) ofRest(p prompt) phrases {
	if t.rest == nil {
		say := aboutRest(p.Total - p.Unusual)
		t.rest = &say
	}
	return *t.rest
}
