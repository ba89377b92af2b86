package words

import (
	"context"
	"fmt"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// Writer words the days that its Planner plans.
type Writer struct {
	Planner plan.Planner
}

var _ summarizer.Writer = Writer{}

// wording changes when the same plan of the same day would be worded differently.
const wording = "words/3"

// Name returns the planner's.
func (w Writer) Name() string { return w.Planner.Name() }

// Version changes with the planner and the words.
func (w Writer) Version() string { return w.Planner.Version() + " " + wording }

// Write words the brief, in its language. The planner is not asked about a day without
// novel events. The only error is the planner's.
func (w Writer) Write(ctx context.Context, b summarizer.Brief) (summarizer.Text, error) {
	day := facts.Of(b)
	if len(day.Events) == 0 {
		text := Write(day, plan.Plan{})
		text.Writer = summarizer.PlainWriter
		return text, nil
	}
	p, err := w.Planner.Plan(ctx, day)
	if err != nil {
		return summarizer.Text{}, fmt.Errorf("plan %s: %w", b.Day, err)
	}
	return Write(day, p), nil
}

// Write words the day as planned, in the language of its brief. The plan need not be
// complete.
func Write(day facts.Day, p plan.Plan) summarizer.Text {
	w := newWriting(day, plan.Complete(day, p))
	text := summarizer.Text{Headline: w.headline(), Language: w.Tag.String()}
	text.Body = w.body(text.Headline)
	for _, e := range day.Events {
		text.Reasons = append(text.Reasons, w.reason(e))
	}
	return text
}
