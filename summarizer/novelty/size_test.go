package novelty_test

import (
	"slices"
	"testing"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

// eventful is how many events a year has that holds much.
const eventful = 1000

// eventfulYears returns years of so many events around Monday, of people who live a life
// of their own and keep the calendars of others, which hold groups and classes.
func eventfulYears(t *testing.T, seed uint64, monday summarizer.Date) [][]summarizer.Event {
	people := noveltytest.People(seed)
	var lives [][]summarizer.Event
	for _, p := range people {
		events, err := noveltytest.Read(t.Context(), p.Calendar, berlin)
		if err != nil {
			t.Fatal(err)
		}
		lives = append(lives, slices.DeleteFunc(events, func(e summarizer.Event) bool {
			start, _ := e.Span(berlin)
			on := summarizer.DateOf(start)
			return on.Before(monday.AddDays(-365)) || !on.Before(monday.AddDays(noveltytest.DaysAfter))
		}))
	}
	var years [][]summarizer.Event
	for i := range lives {
		year := lives[i]
		for _, also := range []string{"house of groups", "coordinator", "parent"} {
			if k := slices.IndexFunc(people, func(p noveltytest.Person) bool { return p.Name == also }); k != i && len(year) < eventful {
				year = slices.Concat(year, lives[k])
			}
		}
		years = append(years, year[:eventful])
	}
	return years
}

// What the Store is given to keep of a year of a thousand events, most of whose titles
// happen once, is small.
func TestARoutineOfAThousandEventsTakesThreeKilobytesAtMost(t *testing.T) {
	t.Parallel()
	const most = 3000
	monday := date("2025-12-08")
	var sizes []int
	for seed := range uint64(3) {
		for i, year := range eventfulYears(t, seed+1, monday) {
			titles := map[string]bool{}
			for _, e := range year {
				titles[e.Title] = true
			}
			store := &shelf{routines: map[string][]byte{}}
			l := novelty.NewLearner(novelty.Config{Source: &diary{events: year}, Store: store})
			if _, err := l.Routine(t.Context(), "ada", summarizer.Day{Date: monday, Zone: berlin}, summarizer.Selection{}); err != nil {
				t.Fatal(err)
			}
			size := len(store.routines["ada"])
			sizes = append(sizes, size)
			if size > most {
				t.Errorf("seed %d, person %d: a routine of %d titles takes %d bytes, more than %d", seed+1, i, len(titles), size, most)
			}
		}
	}
	slices.Sort(sizes)
	t.Logf("of %d people, the median is %d bytes and the most %d", len(sizes), sizes[len(sizes)/2], sizes[len(sizes)-1])
}
