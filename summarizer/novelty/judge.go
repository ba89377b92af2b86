package novelty

import (
	"math"

	"foreday/summarizer"
)

// The novelty of what is news though it is not simply new, and of what is
// routine but not as ever. What is seen now and then has one that is worked out,
// by uncertainty.
const (
	noveltyRenamed   = 0.95
	noveltyMoved     = 0.9
	noveltyCancelled = 0.9
	noveltyYearly    = 0.7
	noveltyExtra     = 0.6
	noveltyUnusual   = 0.45
	noveltyRespelt   = 0.3
)

// Judge returns a verdict on each event, in the order given. Of what was learnt,
// it counts the year before the event as evidence that it is routine; what is
// planned for the days after it only tells whether it takes another's place. An
// event that began on an earlier day is judged as on that day.
func (m *Model) Judge(day summarizer.Day, events []summarizer.Event) []summarizer.Verdict {
	hasher := newHasher(m.key)
	cases := make([]judged, len(events))
	for i, e := range events {
		cases[i] = m.examine(hasher, e)
		cases[i].running = cases[i].at.On < dayNumber(day.Date)
	}
	verdicts := make([]summarizer.Verdict, len(events))
	for i := range cases {
		verdicts[i] = cases[i].verdict(cases)
	}
	sayLittle(cases, verdicts)
	for i := range verdicts {
		if m.cut {
			verdicts[i].Why = withoutEvidence(verdicts[i].Why)
		}
	}
	return verdicts
}

// verdict weighs the evidence. others are all events of the day.
func (j *judged) verdict(others []judged) summarizer.Verdict {
	seen := j.seen()
	usual := scheduleOf(union(j.similar, j.retitled()))
	renamed, moved := j.renamed(), j.movedInSeries()
	switch {
	case j.cancelled():
		return j.is(noveltyCancelled, whyCancelled(usual))
	case renamed && moved:
		return j.is(noveltyRenamed, j.whyMoved(usual))
	case renamed:
		return j.is(noveltyRenamed, summarizer.Why{Kind: summarizer.Renamed, Rhythm: usual.rhythm()})
	case moved:
		return j.is(noveltyMoved, j.whyMoved(usual))
	case len(seen) < routineFrom && len(j.similar) == len(j.same):
		return j.seldom(seen)
	}
	if instead, ok := j.insteadOf(usual, others); ok {
		return j.is(noveltyMoved, summarizer.Why{Kind: summarizer.Instead, Usual: instead.asSlot()})
	}
	if due, every, ok := j.outOfTurn(usual, others); ok {
		return j.is(noveltyMoved, whyOutOfTurn(due, every))
	}
	if usually, ok := j.inAddition(usual, others); ok {
		return j.is(noveltyExtra, summarizer.Why{Kind: summarizer.Extra, Usual: usually.asSlot()})
	}
	novelty := min(uncertainty(usual.held, j.at.On), noveltyUnusual)
	if len(seen) < routineFrom {
		return j.is(max(noveltyRespelt, novelty), whyHabitual(summarizer.LikeRoutine, usual))
	}
	if len(usual.places) > 0 && !usual.near(j.at.place(), nearby) {
		novelty = noveltyUnusual
	}
	return j.is(novelty, whyHabitual(summarizer.Habitual, usual))
}

// seldom judges what was seen too seldom to be routine whenever that was, or
// never. What is becoming routine is known by how recent it is, and by being a
// series.
func (j *judged) seldom(seen []occurred) summarizer.Verdict {
	if last, ok := j.aYearBefore(); ok && (len(seen) == 0 || seen[len(seen)-1].On == last) {
		return j.is(noveltyYearly, summarizer.Why{Kind: summarizer.Yearly, Last: dateOf(last)})
	}
	if len(seen) == 0 {
		return j.is(1, j.whyFirst())
	}
	novelty := uncertainty(seen, j.at.On)
	if len(j.own) > 0 {
		novelty -= trustInSeries
	}
	return j.is(max(novelty, 0), j.whySeldom(seen))
}

// trustInSeries makes no news of the second time of a series, however long ago
// the first was.
const trustInSeries = 0.51

func (j *judged) is(novelty float64, why summarizer.Why) summarizer.Verdict {
	novelty = rounded(novelty)
	return summarizer.Verdict{Event: j.event, Novelty: novelty, Novel: novelty >= summarizer.NewsFrom, Why: why}
}

// rounded keeps 1 - 3/12 and its like from showing as 0.9166666666666666.
func rounded(novelty float64) float64 { return math.Round(novelty*1000) / 1000 }
