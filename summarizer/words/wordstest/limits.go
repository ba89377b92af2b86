package wordstest

import (
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// TB is what a test is told problems by: a *testing.T or a *rapid.T.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// WithinLimits wants the text to be one that may be cached.
func WithinLimits(t TB, text summarizer.Text, day facts.Day) {
	t.Helper()
	if n := utf8.RuneCountInString(text.Headline); n == 0 || n > summarizer.MaxHeadline {
		t.Errorf("the headline has %d characters: %q", n, text.Headline)
	}
	if n := utf8.RuneCountInString(text.Body); n == 0 || n > summarizer.MaxText {
		t.Errorf("the body has %d characters: %q", n, text.Body)
	}
	for _, s := range append([]string{text.Headline, text.Body}, text.Reasons...) {
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
		for _, r := range s {
			if r != '\n' && unicode.IsControl(r) {
				t.Errorf("a control character in %q", s)
			}
		}
	}
	if len(text.Reasons) != len(day.Events) {
		t.Errorf("%d reasons for %d events", len(text.Reasons), len(day.Events))
	}
}
