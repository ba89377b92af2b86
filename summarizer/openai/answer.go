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

// plan makes a plan of the values that the answer has.
func (q question) plan(lead, parts any) plan.Plan {
	var head plan.Part
	q.places().collect(lead, &head)
	made := plan.Plan{Lead: head.Events}
	list, _ := parts.([]any)
	places := q.places()
	for _, value := range list {
		var part plan.Part
		places.collect(value, &part)
		if len(part.Events) > 0 || len(part.Facts) > 0 {
			made.Parts = append(made.Parts, part)
		}
	}
	return made
}

// places are by its ID how what an answer may name is put into a part. What was named
// is taken out.
type places map[string]func(*plan.Part)

func (q question) places() places {
	p := make(places, len(q.Events)+len(q.Facts))
	for i, f := range q.Facts {
		p[f.ID] = func(part *plan.Part) { part.Facts = append(part.Facts, i) }
	}
	for i, e := range q.Events {
		p[e.ID] = func(part *plan.Part) { part.Events = append(part.Events, i) }
	}
	return p
}

// collect adds to the part what the value names.
func (p places) collect(value any, part *plan.Part) {
	switch v := value.(type) {
	case string:
		p.add(strings.ToLower(strings.TrimSpace(v)), part)
	case float64:
		p.add(strconv.FormatFloat(v, 'f', -1, 64), part)
	case []any:
		for _, item := range v {
			p.collect(item, part)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			p.collect(v[key], part)
		}
	}
}

func (p places) add(id string, part *plan.Part) {
	if _, err := strconv.Atoi(id); err == nil {
		id = "e" + id // some models leave the letter out
	}
	if put, ok := p[id]; ok {
		put(part)
		delete(p, id)
	}
}
