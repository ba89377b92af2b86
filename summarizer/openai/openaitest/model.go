package openaitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// day is what the model finds in the prompt.
type day struct {
	Events []event `json:"events"`
	Facts  []fact  `json:"facts"`
}

type event struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type fact struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Of   string `json:"of"` // an event's ID, "" if the fact is about the day
}

// foremost is how many events the model puts into a list for the whole day.
const foremost = 3

// urgent are the kinds of facts that put an event first.
var urgent = []string{"cancelled", "moved"}

// write is the model: the answer to a conversation, by its schema or by the example of
// JSON in it.
func write(req Request) string {
	d, _ := findDay(req.Messages)
	s := req.schema()
	if s == nil {
		s = exampleIn(req.Messages)
	}
	if s == nil {
		return fmt.Sprintf("There are %d events.", len(d.Events))
	}
	b, err := json.Marshal(filler{day: d, defs: s.Defs}.fill(s, nil, 0))
	if err != nil {
		panic(err) // maps, slices, strings and numbers always marshal
	}
	return string(b)
}

// findDay returns the day that the first message with events describes, or an
// empty day.
func findDay(messages []Message) (day, bool) {
	for _, m := range messages {
		var d day
		if m.Role == "user" && json.Unmarshal([]byte(m.Content), &d) == nil && len(d.Events) > 0 {
			return d, true
		}
	}
	return day{}, false
}

// exampleIn returns the schema of the first JSON object in the instructions, nil if
// there is none.
func exampleIn(messages []Message) *schema {
	for _, m := range messages {
		for from, r := range m.Content {
			var example map[string]any
			if r == '{' && m.Role != "user" && json.NewDecoder(strings.NewReader(m.Content[from:])).Decode(&example) == nil {
				return schemaLike(example)
			}
		}
	}
	return nil
}

// first returns the IDs of the events that matter most.
func (d day) first() []string {
	events := slices.Clone(d.Events)
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(d.rank(a), d.rank(b)) })
	var ids []string
	for _, e := range events[:min(len(events), foremost)] {
		ids = append(ids, e.ID)
	}
	return ids
}

func (d day) rank(e event) int {
	if slices.ContainsFunc(d.Facts, func(f fact) bool { return f.Of == e.ID && slices.Contains(urgent, f.Kind) }) {
		return 0
	}
	return 1
}

// about returns the IDs of the event and its facts.
func (d day) about(e event) []string {
	ids := []string{e.ID}
	for _, f := range d.Facts {
		if f.Of == e.ID {
			ids = append(ids, f.ID)
		}
	}
	return ids
}
