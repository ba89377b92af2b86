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
	if i := strings.LastIndex(content, "</think>"); i >= 0 {
		content = content[i:]
	}
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

// plan makes a plan of the values that the answer has. That events are in one part says
// nothing more than their order: what is alike is told together anyway.
func (q question) plan(lead, parts any) plan.Plan {
	var head, made plan.Plan
	q.places().collect(lead, &head)
	if list, ok := parts.([]any); ok {
		q.places().collect(list, &made)
	}
	made.Lead = head.Events
	return made
}

// places are by its ID how what an answer may name is put into a plan. What was named
// is taken out.
type places map[string]func(*plan.Plan)

func (q question) places() places {
	p := make(places, len(q.Events)+len(q.Facts))
	for i, f := range q.Facts {
		p[f.ID] = func(made *plan.Plan) { made.Facts = append(made.Facts, i) }
	}
	for i, e := range q.Events {
		p[e.ID] = func(made *plan.Plan) { made.Events = append(made.Events, i) }
	}
	return p
}

// collect adds to the plan what the value names.
func (p places) collect(value any, made *plan.Plan) {
	switch v := value.(type) {
	case string:
		p.add(strings.ToLower(strings.TrimSpace(v)), made)
	case float64:
		p.add(strconv.FormatFloat(v, 'f', -1, 64), made)
	case []any:
		for _, item := range v {
			p.collect(item, made)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			p.collect(v[key], made)
		}
	}
}

func (p places) add(id string, made *plan.Plan) {
	if _, err := strconv.Atoi(id); err == nil {
		id = "e" + id // some models leave the letter out
	}
	if put, ok := p[id]; ok {
		put(made)
		delete(p, id)
	}
}
