package words

import (
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// Terse reports whether there is no room for all that the plan tells of the day.
func Terse(day facts.Day, p plan.Plan) bool {
	w := newWriting(day, plan.Complete(day, p))
	w.body("")
	return w.terse
}

// HeadlineCut reports whether the headline has no room for whole titles and all that
// clashes with what leads.
func HeadlineCut(day facts.Day, p plan.Plan) bool {
	w := newWriting(day, plan.Complete(day, p))
	if len(w.plan.Lead) == 0 {
		return false
	}
	h := heading{writing: w, limit: facts.MaxTitle, named: map[int]bool{}}
	return utf8.RuneCountInString(w.Stop(w.Clauses(h.worded(w.plan.Lead)))) > summarizer.MaxHeadline
}
