package main

import (
	"regexp"
	"testing"
)

// Of so many events, the history is cut after 10,000: two weeks of 23. What is told
// all the same must be true.
func TestOfAHistoryThatIsCutNothingFalseIsTold(t *testing.T) {
	t.Parallel()
	x := explanationOf(t, nil, "--ics", school(t), "--date", "2026-06-16", "--timezone", "UTC")
	if found := regexp.MustCompile(`more than any Tuesday`).FindString(x.Headline + " " + x.Text); found != "" {
		t.Errorf("every Tuesday has 1000 lessons, and it says %q", x.Headline)
	}
	for _, e := range x.Events {
		if regexp.MustCompile(`last on 13 January`).MatchString(e.Reason) {
			t.Fatalf("it was there last week, and it says %q of %s", e.Reason, e.Title)
		}
	}
}
