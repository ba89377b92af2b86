package openai

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/plain"
)

// What of a day is put to the model, in characters where not said otherwise. It
// bounds what a hostile calendar can make a summary cost.
const (
	maxEvents   = 40 // events
	maxTitle    = 80
	maxCalendar = 40
	maxReason   = 80
)

//go:embed prompt.txt
var instructions string

// systemPrompt is the same for every day and user.
var systemPrompt = strings.TrimSpace(instructions)

// prompt is a day as the model is given it: no description, no attendee, no
// link, no ID of the calendar's own.
type prompt struct {
	Day     string        `json:"day"`
	Total   int           `json:"total_events"`
	Unusual int           `json:"unusual_events"`
	Events  []promptEvent `json:"events"`

	date summarizer.Date
	true *truths
}

type promptEvent struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	When     string `json:"when"`
	Starts   string `json:"starts,omitempty"` // "" if not on this day
	Ends     string `json:"ends,omitempty"`
	Calendar string `json:"calendar,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Status   string `json:"status,omitempty"` // "" if it takes place

	length  time.Duration
	number  int    // in order of time
	weekday string // the day's
}

func newPrompt(b summarizer.Brief) prompt {
	p := prompt{Day: plain.LongDate(b.Day.Date), Total: b.Total, Unusual: len(b.Novel), date: b.Day.Date, true: newTruths()}
	for i, v := range b.Novel[:min(len(b.Novel), maxEvents)] {
		e := promptEvent{
			ID:       fmt.Sprintf("e%d", i+1),
			Title:    plain.Title(v.Event.Title, maxTitle),
			When:     plain.When(v.Event, b.Day),
			Calendar: plain.Clean(v.Event.Calendar, maxCalendar),
			Reason:   strings.TrimRight(plain.Clean(v.Reason, maxReason), "."),
			length:   v.Event.End.Sub(v.Event.Start),
			number:   i,
			weekday:  b.Day.Date.Weekday().String(),
		}
		if starts, ok := plain.Starts(v.Event, b.Day); ok {
			e.Starts = starts
		}
		if ends, ok := plain.Ends(v.Event, b.Day); ok {
			e.Ends = ends
		}
		if s := v.Event.Status; s == summarizer.Cancelled || s == summarizer.Tentative {
			e.Status = string(s)
		}
		p.Events = append(p.Events, e)
	}
	return p
}

// json returns the prompt as the model reads it: titles as they are to be
// copied, without the escapes that json.Marshal makes for web pages.
func (p prompt) json() string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		panic(err) // strings and numbers always encode
	}
	return strings.TrimSpace(b.String())
}

// cited returns the events with the IDs, each once, or the first ID that no event
// has.
func (p prompt) cited(ids []string) (events []promptEvent, unknown string, ok bool) {
	for i, id := range ids {
		n := slices.IndexFunc(p.Events, func(e promptEvent) bool { return e.ID == id })
		if n < 0 {
			return nil, id, false
		}
		if !slices.Contains(ids[:i], id) {
			events = append(events, p.Events[n])
		}
	}
	return events, "", true
}
