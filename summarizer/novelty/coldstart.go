package novelty

import (
	"cmp"
	"slices"

	"foreday/summarizer"
)

const (
	// coldWeeks is how many weeks with events a calendar needs before all that
	// is new in it is news.
	coldWeeks = 3
	// coldNews is how much of what will be routine soon is news on a day until
	// then.
	coldNews = 3
)

var coldStart = summarizer.Why{Kind: summarizer.TooYoung}

// sayLittle takes back news from a calendar so new that nearly everything is
// new in it: what belongs to a series, and all but a little of what else happens
// again in the weeks after, the shortest first. What happens once is news from
// the first day.
func sayLittle(cases []judged, verdicts []summarizer.Verdict) {
	var again []int
	for i := range cases {
		j, v := &cases[i], &verdicts[i]
		switch {
		case !v.Novel || !j.model.isCold(j.at.On) || !j.simplyNew():
		case j.event.SeriesID != "":
			*v = j.is(noveltyUnusual, coldStart)
		case j.plannedUntil(j.at.On + 1):
			again = append(again, i)
		}
	}
	slices.SortStableFunc(again, func(a, b int) int { return cmp.Compare(cases[b].minutes(), cases[a].minutes()) })
	for _, i := range again[min(len(again), coldNews):] {
		verdicts[i] = cases[i].is(noveltyUnusual, coldStart)
	}
}

// simplyNew reports whether nothing but having been seen seldom makes it news.
func (j *judged) simplyNew() bool {
	return !j.cancelled() && !j.renamed() && !j.movedInSeries()
}

// minutes returns how long the event lasts.
func (j *judged) minutes() float64 {
	start, end := j.event.Span(j.model.zone)
	return end.Sub(start).Minutes()
}

// isCold reports whether few weeks before the day have anything in them.
func (m *Model) isCold(on int32) bool {
	return len(m.firstWeeks) < coldWeeks || m.firstWeeks[coldWeeks-1] >= monday(on)
}
