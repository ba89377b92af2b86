package openai

import (
	"reflect"
	"testing"

	"foreday/summarizer/plan"
)

// three is a question about three events and two facts.
var three = question{
	Events: []questionEvent{{ID: "e1"}, {ID: "e2"}, {ID: "e3"}},
	Facts:  []questionFact{{ID: "f1", Of: "e1"}, {ID: "f2"}},
}

func TestAnAnswerIsReadLeniently(t *testing.T) {
	t.Parallel()
	whole := plan.Plan{Lead: []int{1}, Parts: [][]int{{0, 2}}, Facts: []int{0, 1}}
	for name, c := range map[string]struct {
		content string
		want    plan.Plan
	}{
		"as asked":            {`{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}`, whole},
		"facts first":         {`{"lead":["e2"],"parts":[["f1","e1","e3"],["f2"]]}`, whole},
		"thoughts before":     {`<think>{"lead":["e3"]} or so</think>{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}`, whole},
		"only thoughts' end":  {`perhaps {"lead":["e3"]}</think>{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}`, whole},
		"a draft before":      {`{"lead":["e3"],"parts":[]} No: {"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}`, whole},
		"braces around":       {`{Here} it is: {"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]} {or so}`, whole},
		"a fence":             {"```json\n{\"lead\":[\"e2\"],\"parts\":[[\"e1\",\"e3\",\"f1\"],[\"f2\"]]}\n```", whole},
		"a wrapper":           {`{"plan":{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}}`, whole},
		"a list around":       {`[{"lead":["e2"],"parts":[["e1","e3","f1"],["f2"]]}]`, whole},
		"fields of its own":   {`{"title":"x","lead":["e2"],"parts":[["e1","e3","f1"],["f2"]],"note":{"a":["e1"]}}`, whole},
		"numbers":             {`{"lead":[2],"parts":[[1,"3","f1"],["f2"]]}`, whole},
		"capitals and blanks": {`{"Lead":[" E2 "],"PARTS":[["E1","e3","F1"],["f2"]]}`, whole},
		"parts as objects":    {`{"lead":["e2"],"parts":[{"events":["e1","e3"],"facts":["f1"]},{"facts":["f2"]}]}`, whole},
		"no list of one":      {`{"lead":"e2","parts":[["e1","e3","f1"],"f2"]}`, whole},
		"unknown IDs":         {`{"lead":["e9","e2","e0","f1",9],"parts":[["e1","e4","e3","f1","f3","g1"],["x"],["f2"]]}`, whole},
		"the same again":      {`{"lead":["e2","e2"],"parts":[["e1","e3","e1","f1"],["e1","f1"],["f2"]]}`, whole},
		"wrong types":         {`{"lead":["e2",null,true,1.5,{}],"parts":[["e1",["e3"],[["f1"]]],7,null,false,{},["f2"]]}`, whole},
		"no parts":            {`{"lead":["e2"]}`, plan.Plan{Lead: []int{1}}},
		"parts of no list":    {`{"lead":["e2"],"parts":"e1"}`, plan.Plan{Lead: []int{1}}},
		"parts of their own": {`{"lead":[],"parts":[["e1"],["e3","e1"],["f2"],["e2"]]}`,
			plan.Plan{Parts: [][]int{{0}, {2}, {1}}, Facts: []int{1}}},
		"a flat list":           {`{"lead":[],"parts":["e1","f1"]}`, plan.Plan{Parts: [][]int{{0}}, Facts: []int{0}}},
		"nothing that there is": {`{"lead":[],"parts":[]}`, plan.Plan{}},
	} {
		if got, ok := three.read(c.content); !ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, ok, c.want)
		}
	}
}

func TestWhatHoldsNoPlanIsNone(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		"", "prose", "{}", "null", "[]", `["e1"]`, `"e1"`, "{", `{"lead":["e1"]`, `{"summary":{"title":"e1"}}`, `{"lead":null,"parts":null}`,
		`{"lead":["e1"],"parts":[["e1"]]}</think>`,
	} {
		if got, ok := three.read(content); ok {
			t.Errorf("%q is read as %+v", content, got)
		}
	}
}
