package plan_test

import (
	"reflect"
	"testing"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/words/wordstest"
)

func planned(t *testing.T, name string) (facts.Day, plan.Plan) {
	t.Helper()
	for _, d := range wordstest.Days() {
		if d.Name == name {
			day := facts.Of(d.Brief)
			p, err := plan.Default{}.Plan(t.Context(), day)
			if err != nil {
				t.Fatal(err)
			}
			return day, p
		}
	}
	t.Fatalf("there is no day %s", name)
	return facts.Day{}, plan.Plan{}
}

// titlesOf returns the titles of the events.
func titlesOf(day facts.Day, events []int) (titles []string) {
	for _, e := range events {
		titles = append(titles, day.Events[e].Event.Title)
	}
	return titles
}

func TestWhatChangesPlansComesFirst(t *testing.T) {
	t.Parallel()
	day, p := planned(t, "changes-of-all-kinds")
	lead, order := titlesOf(day, p.Lead), titlesOf(day, p.Events())
	if want := []string{"Team sync", "Early shift", "Physiotherapy"}; !reflect.DeepEqual(lead, want) {
		t.Errorf("%v lead, want %v", lead, want)
	}
	if want := []string{"Team sync", "Early shift", "Physiotherapy", "Book club", "Dentist"}; !reflect.DeepEqual(order, want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
}

func TestTheMostNovelLeadAndAllAreToldByTime(t *testing.T) {
	t.Parallel()
	day, p := planned(t, "five")
	lead, order := titlesOf(day, p.Lead), titlesOf(day, p.Events())
	if want := []string{"Breakfast with Sam", "Dentist", "Parents' evening"}; !reflect.DeepEqual(lead, want) {
		t.Errorf("%v lead, want %v", lead, want)
	}
	if want := []string{"Breakfast with Sam", "Car inspection", "Dentist", "Parents' evening", "Film club"}; !reflect.DeepEqual(order, want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
}

func TestWhatIsAlikeIsToldTogether(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]plan.UnitKind{
		"two-of-one-title":                    {plan.Same},
		"many-interviews":                     {plan.Alike},
		"many-interviews-with-others-between": {plan.Single, plan.Alike, plan.Single},
		"many-deadlines":                      {plan.Crowd, plan.Single},
		"many-talks-of-a-conference":          {plan.Crowd},
		"cancelled-and-held-again":            {plan.Replaced},
		"two":                                 {plan.Single, plan.Single},
	} {
		day, p := planned(t, name)
		var kinds []plan.UnitKind
		for _, u := range plan.Units(day, p.Events()) {
			kinds = append(kinds, u.Kind)
		}
		if !reflect.DeepEqual(kinds, want) {
			t.Errorf("%s: the units are of kinds %v, want %v", name, kinds, want)
		}
	}
}

// "First time in a year" on every line tells nobody anything.
func TestAReasonIsToldWhereItTellsSomething(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"one": 1, "five": 0, "two": 1, "one-second-time": 1, "moved": 1, "renamed": 1} {
		day, p := planned(t, name)
		n := 0
		for _, f := range p.Facts {
			if day.Facts[f].Kind == facts.Reason {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d reasons are told, want %d", name, n, want)
		}
	}
}

func TestTheDefaultPlannerIsThePlainWriter(t *testing.T) {
	t.Parallel()
	if p := (plan.Default{}); p.Name() != summarizer.PlainWriter || p.Version() == "" {
		t.Errorf("Name = %q, Version = %q", p.Name(), p.Version())
	}
}
