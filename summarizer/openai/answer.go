package openai

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"foreday/summarizer/plan"
)

// How much of an answer is looked at: its last bytes, and beginnings of JSON objects in
// them. Honest ones are far below.
const maxContent, maxObjects = 32 << 10, 200

// read returns the plan in what a model wrote: the last JSON object that has a
// plan's keys. Thoughts, prose and fences around it do not matter. Of the object
// only what names something of the day is taken, each at its first place, and
// everything else is passed over. It reports false if there is no such object.
func (q question) read(content string) (plan.Plan, bool) {
	content = content[strings.LastIndex(content, "</think>")+1:] // all of it if there is none
	content = content[max(0, len(content)-maxContent):]
	from := strings.LastIndexByte(content, '{')
	for tries := 0; from >= 0 && tries < maxObjects; tries++ {
		var object struct{ Lead, Parts any }
		err := json.NewDecoder(strings.NewReader(content[from:])).Decode(&object)
		if err == nil && (object.Lead != nil || object.Parts != nil) {
			return q.plan(object.Lead, object.Parts), true
		}
		from = strings.LastIndexByte(content[:from], '{')
	}
	return plan.Plan{}, false
}

// plan makes a plan of the values that the answer has.
func (q question) plan(lead, parts any) plan.Plan {
	var made plan.Plan
	made.Lead, _ = q.pick(q.places(), lead)
	list, _ := parts.([]any)
	left := q.places()
	for _, part := range list {
		events, facts := q.pick(left, part)
		if made.Facts = append(made.Facts, facts...); len(events) > 0 {
			made.Parts = append(made.Parts, events)
		}
	}
	return made
}

// places returns by its ID where what an answer may name is: the index of an event, or
// that of a fact, which come after all events.
func (q question) places() map[string]int {
	places := make(map[string]int, len(q.Events)+len(q.Facts))
	for i, e := range q.Events {
		places[e.ID] = i
	}
	for i, f := range q.Facts {
		places[f.ID] = len(q.Events) + i
	}
	return places
}

// pick returns what the value names, and takes it out of the places.
func (q question) pick(places map[string]int, value any) (events, facts []int) {
	for _, id := range named(value) {
		if i, ok := places[id]; ok && i < len(q.Events) {
			events = append(events, i)
		} else if ok {
			facts = append(facts, i-len(q.Events))
		}
		delete(places, id)
	}
	return events, facts
}

// named returns what a value has that may be IDs.
func named(value any) (ids []string) {
	switch v := value.(type) {
	case string:
		id := strings.ToLower(strings.TrimSpace(v))
		if _, err := strconv.Atoi(id); err == nil {
			id = "e" + id // some models leave the letter out
		}
		return []string{id}
	case float64:
		return named(strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		for _, item := range v {
			ids = append(ids, named(item)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			ids = append(ids, named(v[key])...)
		}
	}
	return ids
}
