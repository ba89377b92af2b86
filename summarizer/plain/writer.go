package plain

import (
	"context"

	"foreday/summarizer"
)

// Writer writes summaries without a model. The zero value is ready for use, by
// any number of goroutines.
type Writer struct{}

var _ summarizer.Writer = Writer{}

// Name returns summarizer.PlainWriter.
func (Writer) Name() string { return summarizer.PlainWriter }

// Version changes when the same brief would be worded differently.
func (Writer) Version() string { return "plain/2" }

// Write words the brief, in English whatever its Locale. It does not block and
// its error is always nil, whatever the calendar holds.
func (Writer) Write(_ context.Context, b summarizer.Brief) (summarizer.Text, error) {
	return summarizer.Text{Headline: headline(b), Body: body(b)}, nil
}
