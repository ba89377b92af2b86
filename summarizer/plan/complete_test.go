package plan_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/words/wordstest"
)

// draw draws a day and a plan that somebody made of any bytes.
func draw(t *rapid.T) (facts.Day, plan.Plan) {
	day := facts.Of(wordstest.Brief(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }))
	return day, wordstest.Plan(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "plan"))
}

func TestACompletePlanTellsEachEventOnceAndWhatMustBeTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day, drawn := draw(t)
		p := plan.Complete(day, drawn)
		events, told := make([]int, len(day.Events)), make([]int, len(day.Facts))
		for _, e := range p.Events() {
			events[e]++
		}
		for _, i := range p.Facts {
			told[i]++
		}
		for e, n := range events {
			if n != 1 {
				t.Errorf("event %d is told %d times", e, n)
			}
		}
		for i, n := range told {
			f := day.Facts[i]
			must := false
			if f.Kind == facts.Reason && day.Events[f.Event].Event.Status != summarizer.Cancelled {
				k := day.Events[f.Event].Why.Kind
				must = k == summarizer.Moved || k == summarizer.Renamed
			}
			if n > 1 || must && n == 0 {
				t.Errorf("%+v is told %d times", f, n)
			}
		}
		if again := plan.Complete(day, p); !reflect.DeepEqual(again, p) {
			t.Errorf("completing %v twice gives %v", p, again)
		}
	})
}

func TestWhatGoesOnNeverLeads(t *testing.T) {
	t.Parallel()
	goesOn := func(e summarizer.Event, day summarizer.Day) bool {
		before := e.Start.Before(day.Start())
		if e.AllDay {
			before = e.StartDate.Before(day.Date)
		}
		return before && e.Status != summarizer.Cancelled
	}
	rapid.Check(t, func(t *rapid.T) {
		day, drawn := draw(t)
		first := 0
		for _, e := range day.Events {
			if !goesOn(e.Event, day.Brief.Day) {
				first++
			}
		}
		p := plan.Complete(day, drawn)
		if len(p.Lead) > 3 || (len(p.Lead) == 0) != (first == 0) {
			t.Errorf("%v lead, of %d events that begin on the day or are cancelled", p.Lead, first)
		}
		for i, e := range p.Lead {
			if slices.Contains(p.Lead[:i], e) || goesOn(day.Events[e].Event, day.Brief.Day) {
				t.Errorf("%d leads in %v", e, p.Lead)
			}
		}
	})
}

func TestAPlansOrderIsKept(t *testing.T) {
	t.Parallel()
	for _, d := range wordstest.Days() {
		if d.Name != "five" {
			continue
		}
		day := facts.Of(d.Brief)
		p := plan.Complete(day, plan.Plan{Lead: []int{4, -1, 4, 99, 0}, Parts: [][]int{{4, 7, 1}, {}, {0, 4}}})
		if want := []int{4, 0}; !slices.Equal(p.Lead, want) {
			t.Errorf("Lead = %v, want %v", p.Lead, want)
		}
		if want := [][]int{{4, 1}, {0}, {2}, {3}}; !reflect.DeepEqual(p.Parts, want) {
			t.Errorf("the parts are %v, want %v", p.Parts, want)
		}
	}
}
