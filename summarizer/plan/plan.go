package plan

import (
	"context"
	"slices"

	"foreday/summarizer/facts"
)

// Plan says which of a day's facts are told, and in which order its events are. A fact
// is told with the event that it is about.
type Plan struct {
	Lead  []int   // the headline's events, by their index in Day.Events, what matters most first
	Parts [][]int // the text's events in its order, likewise: those of a part are told together
	Facts []int   // what is worth telling, by the index in Day.Facts
}

// Events returns the text's events in its order.
func (p Plan) Events() []int { return slices.Concat(p.Parts...) }

// Planner makes plans. Implementations must be safe for concurrent use.
type Planner interface {
	// Name is what Summary.Writer says: "openai:MODEL", or summarizer.PlainWriter.
	Name() string
	// Version changes whenever the same day would be planned differently.
	Version() string
	// Plan plans how to tell the day, which has at least one novel event. The plan
	// need not be complete, nor hold only what exists: Complete sees to that. It may
	// block until ctx is done.
	Plan(ctx context.Context, day facts.Day) (Plan, error)
}
