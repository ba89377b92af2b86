package terminal

import (
	"slices"
	"testing"
)

func TestTextIsMeasuredAsATerminalShowsIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"": 0, "Dentist": 7, "Ömer": 4, "O\u0308mer": 4, "予定": 4, "トースト": 8, "한국": 4, "「あ」": 6, "ＡＢ": 4,
		"🎂": 2, "\u200eab\u2069": 2, "15:00–16:00": 11, "…": 1,
	} {
		if got := Columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}

func TestTextIsWrappedBetweenWordsAndLongWordsAreSplit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{" \n ", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{"one  two\nthree", 80, []string{"one two three"}},
		{"a tooooooolong word", 5, []string{"a", "toooo", "ooolo", "ng", "word"}},
		{"予定の表", 5, []string{"予定", "の表"}},
		{"exact fits", 5, []string{"exact", "fits"}},
	} {
		if got := Wrap(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	for text, want := range map[string][]string{
		"add one: foreday worker":                 {"add one:", "foreday worker"},
		"once a week: foreday dead list --reason": {"once a week:", "foreday dead list --reason"},
		"do: foreday x":                           {"do: foreday x"},
		"do: foreday connect u, or ask":           {"do: foreday", "connect u, or", "ask"},
	} {
		if got := WrapCommand(text, 13); !slices.Equal(got, want) {
			t.Errorf("%q in 13 columns: %q, want %q", text, got, want)
		}
	}
	if got := Clip("予定の表", 6); got != "予定…" {
		t.Errorf("clipped to %q", got)
	}
	if got := Clip("Dentist", 7); got != "Dentist" {
		t.Errorf("clipped to %q", got)
	}
}
