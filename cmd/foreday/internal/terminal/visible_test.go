package terminal

import (
	"strings"
	"testing"
	"unicode"
)

func TestSummariesAndErrorsHideNothingOnATerminal(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Join(Wrap("Dentist \x1b[2J \u202eevil \u009b31m", 60), "\n"),
		OneLine("the server says \x1b]0;owned\x07 \u2067"),
	} {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q holds what cannot be seen", text)
		}
	}
	if family := "👩\u200d👧 نمی\u200cخواهم"; VisibleText(family) != family {
		t.Errorf("%q became %q", family, VisibleText(family))
	}
}
