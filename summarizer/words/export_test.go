package words

import (
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// Terse reports whether there is no room for all that the plan tells of the day.
func Terse(day facts.Day, p plan.Plan) bool {
	w := newWriting(day, plan.Complete(day, p))
	w.body("")
	return w.terse
}
