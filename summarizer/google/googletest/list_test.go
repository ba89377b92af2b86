package googletest_test

import (
	"slices"
	"testing"

	"foreday/summarizer/google/googletest"
)

func TestSeriesAreListedAsOccurrencesInOrderOfTime(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	series := b.insert(t, recurring(timed("Dishes", "2026-03-24T07:30:00-05:00", "2026-03-24T08:15:00-05:00", "America/Chicago"), "RRULE:FREQ=DAILY"))
	b.insert(t, timed("Dentist", "2026-03-25T07:00:00-05:00", "2026-03-25T08:00:00-05:00", ""))

	list, err := b.client.Events.List("primary").SingleEvents(true).OrderBy("startTime").
		TimeMin("2026-03-24T00:00:00-05:00").TimeMax("2026-03-26T00:00:00-05:00").Do()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := summaries(list.Items), []string{"Dishes", "Dentist", "Dishes"}; !slices.Equal(got, want) {
		t.Fatalf("listed %q, want %q", got, want)
	}
	first := list.Items[0]
	if want := series.Id + "_20260324T123000Z"; first.Id != want || first.RecurringEventId != series.Id {
		t.Errorf("occurrence has ID %q of series %q, want %q", first.Id, first.RecurringEventId, want)
	}
	if got := first.OriginalStartTime.DateTime; got != "2026-03-24T07:30:00-05:00" {
		t.Errorf("original start is %q", got)
	}
}
