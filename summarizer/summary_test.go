package summarizer_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"foreday/summarizer"
)

// unasked is a Writer whom a day is not to be put to.
type unasked struct{ t *testing.T }

func (u unasked) Name() string    { return "nobody" }
func (u unasked) Version() string { return "1" }

func (u unasked) Write(context.Context, summarizer.Brief) (summarizer.Text, error) {
	u.t.Error("the model is asked about thousands of events")
	return summarizer.Text{}, nil
}

// However much a day holds, its summary is small, and says how much more there is.
func TestASummaryIsBoundedAndSaysHowMuchMoreThereIs(t *testing.T) {
	t.Parallel()
	h := &house{unread: 7}
	for range 5000 {
		e := lasting(strings.Repeat("ä", 5000), 100)
		e.Calendar = e.Title
		h.events = append(h.events, e)
	}
	s := h.summarizer()
	s.Writer = unasked{t}
	sum, err := s.Summarize(t.Context(), "u1", theDay, summarizer.Preferences{})
	if err != nil || sum.Degraded {
		t.Fatalf("%+v, %v", sum, err)
	}
	if len(sum.Events) != summarizer.MaxEvents || sum.NovelEvents != 5000 || sum.TotalEvents != 5007 {
		t.Errorf("%d events are listed of %d novel ones of %d", len(sum.Events), sum.NovelEvents, sum.TotalEvents)
	}
	if n, m := utf8.RuneCountInString(sum.Headline), utf8.RuneCountInString(sum.Text); n > summarizer.MaxHeadline || m > summarizer.MaxText {
		t.Errorf("a headline of %d characters, a text of %d", n, m)
	}
	if b, err := json.Marshal(sum); err != nil || len(b) > 64<<10 {
		t.Errorf("it takes %d bytes, %v", len(b), err)
	}
	for _, want := range []string{" more", "7 more events were not looked at"} {
		if !strings.Contains(sum.Text, want) {
			t.Errorf("%q is missing in\n%s", want, sum.Text)
		}
	}
}
