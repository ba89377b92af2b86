package novelty_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

func learnModel(zone *time.Location, from, until summarizer.Date, events []summarizer.Event) summarizer.Routine {
	return novelty.Learn(novelty.Key{}, zone, from, until, events)
}

func learnReference(zone *time.Location, _, until summarizer.Date, events []summarizer.Event) summarizer.Routine {
	return noveltytest.LearnReference(events, summarizer.Day{Date: until, Zone: zone})
}

// On everybody's calendar, the Model is better than the reference rules, and it
// misses no occurrence of a series that was moved or renamed.
func TestModelIsBetterThanTheReference(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var all noveltytest.Score
	t.Run("person", func(t *testing.T) {
		for _, p := range noveltytest.People(1) {
			t.Run(p.Name, func(t *testing.T) {
				t.Parallel()
				events, err := noveltytest.Read(t.Context(), p.Calendar, p.Calendar.Zone)
				if err != nil {
					t.Fatal(err)
				}
				measure := func(learn noveltytest.Learner, o noveltytest.Options) noveltytest.Score {
					return noveltytest.Measure(events, p.Changed, p.Calendar.Zone, learn, o)
				}
				without := noveltytest.Options{WithoutSeries: true}
				model, reference := measure(learnModel, without), measure(learnReference, without)
				if model.F1() <= reference.F1() || model.F1() < 0.98 {
					t.Errorf("F1 is %.3f, that of the reference %.3f", model.F1(), reference.F1())
				}
				var missed []string
				series := measure(learnModel, noveltytest.Options{Differs: func(v summarizer.Verdict, want string) {
					missed = append(missed, fmt.Sprintf("%s: %s: %+v", want, v.Event.Title, v.Why))
				}})
				if series.Found < series.Changed || series.Unchanged > 0 {
					t.Errorf("with series, %d of %d changes noticed, %d unchanged ones called novel: %q", series.Found, series.Changed, series.Unchanged,
						missed)
				}
				mu.Lock()
				defer mu.Unlock()
				all = all.Add(model)
			})
		}
	})
	if all.F1() < 0.985 {
		t.Errorf("over all, F1 is %.4f", all.F1())
	}
	if all.Changed < 15 || 5*all.Found < 4*all.Changed {
		t.Errorf("without series, %d of %d changes noticed, want four in five", all.Found, all.Changed)
	}
}
