package novelty_test

import (
	"slices"
	"testing"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

// What the Store is given to keep of a year of a thousand events, most of whose titles
// happen once, is small.
func TestARoutineOfAThousandEventsTakesThreeKilobytesAtMost(t *testing.T) {
	t.Parallel()
	const most = 3000
	monday := date("2025-12-08")
	var sizes []int
	for seed := range uint64(3) {
		years, err := noveltytest.EventfulYears(t.Context(), seed+1, monday, berlin)
		if err != nil {
			t.Fatal(err)
		}
		for i, year := range years {
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
