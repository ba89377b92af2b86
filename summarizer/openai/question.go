package openai

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// How many facts, and how many characters of a name, are put to the model. It bounds
// what a hostile calendar can make a summary cost.
const maxFacts, maxTitle, maxCalendar = 160, 80, 40

// question is a day as the model is given it: no description, no attendee, no link,
// no ID of the calendar's own. Its events and facts have the places of the day's.
type question struct {
	Date    string          `json:"date"`
	Weekday string          `json:"weekday"`
	Events  []questionEvent `json:"events"`
	Facts   []questionFact  `json:"facts,omitempty"`
	Routine int             `json:"routine"` // how many events are not told of
}

type questionEvent struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	When     string `json:"when"`
	Calendar string `json:"calendar,omitempty"` // if there are several, and this one has a name
}

func newQuestion(day facts.Day) question {
	date := day.Day.Date
	q := question{Date: date.String(), Weekday: date.Weekday().String(), Routine: len(day.Routine) + day.Unread}
	several := inSeveralCalendars(day)
	for _, e := range day.Events[:min(len(day.Events), summarizer.MaxEvents)] {
		put := questionEvent{ID: e.ID, Title: titles.Clean(e.Event.Title, maxTitle), When: when(e.Event, day.Day)}
		if several && !titles.IsAddress(e.Event.Calendar) { // else it is named by a mail address
			put.Calendar = titles.Clean(e.Event.Calendar, maxCalendar)
		}
		q.Events = append(q.Events, put)
	}
	for _, f := range day.Facts[:min(len(day.Facts), maxFacts)] {
		q.Facts = append(q.Facts, newQuestionFact(f, day))
	}
	return q
}

func inSeveralCalendars(day facts.Day) bool {
	first := day.Events[0].Event.CalendarID
	other := func(e facts.Event) bool { return e.Event.CalendarID != first }
	return slices.ContainsFunc(day.Events, other) || slices.ContainsFunc(day.Routine, other)
}

// schema returns the JSON schema of the answer. It is in the subset that strict mode
// takes, without references, which many servers do not follow.
func (q question) schema() json.RawMessage {
	var events, facts []string
	for _, e := range q.Events {
		events = append(events, e.ID)
	}
	for _, f := range q.Facts {
		facts = append(facts, f.ID)
	}
	list := `{"type":"array","items":{"type":"string","enum":%s}}`
	return fmt.Appendf(nil, `{"type":"object","properties":{"lead":`+list+`,"parts":{"type":"array","items":`+list+`}},`+
		`"required":["lead","parts"],"additionalProperties":false}`, encode(events), encode(slices.Concat(events, facts)))
}

// encode returns JSON as a model reads it best, without the escapes that json.Marshal
// makes for web pages.
func encode(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // strings and numbers always encode
	}
	return strings.TrimSpace(b.String())
}
