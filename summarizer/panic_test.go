package summarizer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
)

// panicking reads no calendar, and knows no routine.
type panicking struct{ summarizer.Source }

func (panicking) Day(context.Context, string, summarizer.Day, summarizer.Selection) (summarizer.Listing, error) {
	panic("Dentist")
}

func (panicking) Routine(context.Context, string, summarizer.Day, summarizer.Selection) (summarizer.Routine, error) {
	return nil, errors.ErrUnsupported
}

// In a goroutine, it would end the process, and with it everybody else's summaries.
func TestASourceThatPanicsFailsForItsUserAlone(t *testing.T) {
	t.Parallel()
	s := summarizer.Summarizer{Source: panicking{}, Routines: panicking{}, Now: time.Now}
	day := summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
	_, err := s.Fetch(t.Context(), "ada", day, summarizer.Preferences{})
	if err == nil || !strings.Contains(err.Error(), "panic: of type string in summarizer/panic_test.go:") ||
		strings.Contains(err.Error(), "Dentist") {
		t.Errorf("Fetch fails with %v", err)
	}
}
