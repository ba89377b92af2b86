package plain_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer/plain"
)

func TestTitlesAreCleaned(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Dentist":                                       "Dentist",
		"  Dentist \t\r\n at  noon ":                    "Dentist at noon",
		"a\x00b\x1b[31mc\u0085d":                        "a b [31mc d",
		"\u202Ea\u202C\u2066b\u2069":                    "ab",
		"a\u200Bb\uFEFFc\u00ADd\u2060e":                 "abcde",
		"one\u2028two\u2029three":                       "one two three",
		"a < b > c":                                     "a ‹ b › c",
		`say "hi" “ho” «hm» „ha”`:                       "say 'hi' 'ho' 'hm' 'ha'",
		"می\u200cخواهم":                                 "می\u200cخواهم",
		"👨‍👩‍👧 🏳️‍🌈":                                    "👨‍👩‍👧 🏳️‍🌈",
		"e\u0301\u0302\u0303\u0304\u0305\u0306 x\u0301": "e\u0301\u0302\u0303\u0304 x\u0301",
		"\u0301\u0302":                                  plain.Untitled,
		"\u200d\u200c":                                  plain.Untitled,
		"\U000E0041\U000E0001":                          plain.Untitled,
		"\xff\xfe":                                      plain.Untitled,
		"":                                              plain.Untitled,
	} {
		if got := plain.Title(in, 100); got != want {
			t.Errorf("Title(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestLongTitlesAreCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"that fits":          {"abcdef", "abcdef"},
		"of letters":         {"abcdefgh", "abcde…"},
		"at a space":         {"abcd efgh", "abcd…"},
		"of wide letters":    {"日本語日本語日本語", "日本語日本…"},
		"in an accent":       {"abcde\u0301fgh", "abcd…"},
		"in a family":        {"abc👨‍👩‍👧‍👦", "abc…"},
		"in a skin tone":     {"abcd👍🏽efg", "abcd…"},
		"in a flag":          {"abcd🇩🇪efg", "abcd…"},
		"between flags":      {"abc🇩🇪🇫🇷", "abc🇩🇪…"},
		"in what never ends": {strings.Repeat("👨\u200d", 50), "…"},
	} {
		limit := 6
		if got := plain.Title(c.in, limit); got != c.want {
			t.Errorf("%s: Title = %q, want %q", name, got, c.want)
		}
		if n := utf8.RuneCountInString(plain.Title(c.in, limit)); n > limit {
			t.Errorf("%s: the title has %d characters", name, n)
		}
	}
}

func FuzzTitle(f *testing.F) {
	for _, s := range []string{"Dentist", "\u202E<b>\"x\"</b>\x00", strings.Repeat("👨\u200d", 99), "\xff\u0301\u200d", strings.Repeat("🇩", 99)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + max(limit, -limit, 0)%300
		got := plain.Title(s, limit)
		if n := utf8.RuneCountInString(got); got != plain.Untitled && n > limit || n == 0 {
			t.Errorf("%d characters, of %d", n, limit)
		}
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Errorf("not tidy: %+q", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune("<>\"“”", r)
		}); i >= 0 {
			t.Errorf("%+q is in %+q", got[i:], got)
		}
		if again := plain.Title(got, limit); again != got && got != plain.Untitled {
			t.Errorf("cleaning twice turns %+q into %+q", got, again)
		}
	})
}

func TestOnlyRightToLeftTextIsIsolated(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Dentist": "Dentist", "Зубной": "Зубной", "歯医者": "歯医者", "": "",
		"רופא": "\u2068רופא\u2069", "Dr. ليلى": "\u2068Dr. ليلى\u2069",
	} {
		if got := plain.Isolate(in); got != want {
			t.Errorf("Isolate(%q) = %q", in, got)
		}
	}
}
