package titles_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer/titles"
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
		"a❝b❞c❠d〝e〞f〟g″h‶iʺj˝k":                         "a'b'c'd'e'f'g'h'i'j'k",
		"a｢b｣c「d」e『f』g﹁h﹂i﹃j﹄k":                         "a'b'c'd'e'f'g'h'i'j'k",
		"a≪b≫c《d》e⟪f⟫g":                                 "a'b'c'd'e'f'g",
		"Vet'' is’’off‘’, ,,ok,,, Anna’s ‹‹b>>":         "Vet' is’off‘, ,ok, Anna’s ‹b›",
		"Vet'\u200d' '\u200b'":                          "Vet' '",
		"a\u2800\u2800b\u2800":                          "a b",
		"ד״ר ד״״ר \u05f4ד ד\u05f4":                      "ד״ר ד'ר 'ד ד'",
		`ד"ר לוי "קפה" "`:                               "ד״ר לוי 'קפה' '",
		"می\u200cخواهم":                                 "می\u200cخواهم",
		"👨‍👩‍👧 🏳️‍🌈":                                    "👨‍👩‍👧 🏳️‍🌈",
		"e\u0301\u0302\u0303\u0304\u0305\u0306 x\u0301": "e\u0301\u0302\u0303\u0304 x\u0301",
		"\u0301\u0302":                                  "",
		"\u200d\u200c":                                  "",
		"\U000E0041\U000E0001":                          "",
		"\xff\xfe":                                      "",
		"":                                              "",
	} {
		if got := titles.Clean(in, 100); got != want {
			t.Errorf("Clean(%+q) = %+q, want %+q", in, got, want)
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
		"in a Hebrew word":   {"אבגד״רה", "אבגד…"},
		"in an accent":       {"abcde\u0301fgh", "abcd…"},
		"in a family":        {"abc👨‍👩‍👧‍👦", "abc…"},
		"in a skin tone":     {"abcd👍🏽efg", "abcd…"},
		"in a flag":          {"abcd🇩🇪efg", "abcd…"},
		"between flags":      {"abc🇩🇪🇫🇷", "abc🇩🇪…"},
		"in what never ends": {strings.Repeat("👨\u200d", 50), "…"},
	} {
		limit := 6
		if got := titles.Clean(c.in, limit); got != c.want {
			t.Errorf("%s: Clean = %q, want %q", name, got, c.want)
		}
		if n := utf8.RuneCountInString(titles.Clean(c.in, limit)); n > limit {
			t.Errorf("%s: the title has %d characters", name, n)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Dentist", "ד״ר'\u200d'ד\"ר", "\u202E<b>\"x\"</b>\x00", strings.Repeat("👨\u200d", 99), "\xff\u0301\u200d",
		strings.Repeat("🇩", 99)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + max(limit, -limit, 0)%300
		got := titles.Clean(s, limit)
		if n := utf8.RuneCountInString(got); n > limit {
			t.Errorf("%d characters, of %d", n, limit)
		}
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "  ") || strings.Contains(got, "''") ||
			strings.Contains(got, ",,") {
			t.Errorf("not tidy: %+q", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune("<>\"“”„«»″❞〞｣」』》⟫", r)
		}); i >= 0 {
			t.Errorf("%+q is in %+q", got[i:], got)
		}
		if again := titles.Clean(got, limit); again != got {
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
		if got := titles.Isolate(in, false); got != want {
			t.Errorf("Isolate(%q) = %q", in, got)
		}
	}
}

func TestWhatRunsAgainstTheLanguageIsIsolated(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Dentist": "\u2068Dentist\u2069", "רופא 3": "רופא 3", "": "", "15": "15"} {
		if got := titles.Isolate(in, true); got != want {
			t.Errorf("Isolate(%q) = %q", in, got)
		}
	}
}

func TestTitlesThatDifferInOneNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		titles []string
		at     int
		ok     bool
	}{
		"one number":      {[]string{"Interview 1", "Interview 2"}, 0, true},
		"the first":       {[]string{"Lap 1 of 20", "Lap 7 of 20"}, 0, true},
		"two of them":     {[]string{"Lap 1 of 20", "Lap 2 of 21"}, 0, false},
		"none":            {[]string{"Lap 1", "Lap 1"}, 0, false},
		"other words":     {[]string{"Lap 1", "Talk 1"}, 0, false},
		"one without":     {[]string{"Lap #", "Lap 1"}, 0, false},
		"in three titles": {[]string{"3 x 1", "3 x 2", "3 x 2"}, 1, true},
	} {
		var split []titles.Numbered
		for _, title := range c.titles {
			split = append(split, titles.Split(title))
		}
		if at, ok := titles.Varying(split); ok != c.ok || ok && at != c.at {
			t.Errorf("%s: Varying = %d, %v", name, at, ok)
		}
	}
}

func TestTheNameOfANumberedTitle(t *testing.T) {
	t.Parallel()
	for title, want := range map[string][2]string{
		"Interview 7": {"Interview", "7"}, "Lap 3 of 20": {"Lap 3 of", "20"}, "Interview": {"Interview", ""}, "v1.1": {"v1.1", ""}, "U9": {"U9",
			""},
		"7": {"7", ""}, " 7": {" 7", ""}, "": {"", ""}, "7 Interviews": {"7 Interviews", ""},
	} {
		if name, number := titles.Name(title); name != want[0] || number != want[1] {
			t.Errorf("Name(%q) = %q, %q", title, name, number)
		}
	}
}

func TestAMailAddressIsNoName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"noor@example.com": true, "anna＠example.com": true, "ben﹫example.com": true, "Work": false,
		"": false} {
		if titles.IsAddress(name) != want {
			t.Errorf("IsAddress(%q) = %v", name, !want)
		}
	}
}

func TestTitlesInSequence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		titles      []string
		first, last string
		complete    bool
	}{
		"ends with its number": {[]string{"Interview 2", "Interview 10", "Interview 9"}, "Interview 2", "Interview 10", false},
		"goes on after it":     {[]string{"Lap 2 of 3", "Lap 1 of 3", "Lap 3 of 3"}, "Lap 1 of 3", "Lap 3 of 3", true},
		"twice the same":       {[]string{"Lap 1", "Lap 2", "Lap 2"}, "Lap 1", "Lap 2", false},
		"the largest numbers":  {[]string{"ID 999999999", "ID 999999998"}, "ID 999999998", "ID 999999999", true},
	} {
		first, last, complete, ok := titles.Sequence(c.titles)
		if first != c.first || last != c.last || complete != c.complete || !ok {
			t.Errorf("%s: Sequence = %q, %q, %v, %v", name, first, last, complete, ok)
		}
	}
	for name, of := range map[string][]string{
		"different words":   {"Lap 1", "Talk 2"},
		"numbers too large": {"Talk 99999999999999999999", "Talk 99999999999999999998", "Talk 1"},
	} {
		if _, _, _, ok := titles.Sequence(of); ok {
			t.Errorf("titles of %s are in sequence", name)
		}
	}
}

func TestWhatTitlesBeginWith(t *testing.T) {
	t.Parallel()
	for want, of := range map[string][]string{
		"Deadline":    {"Deadline: tax", "Deadline: visa"},
		"Review with": {"Review with Sam", "Review with Noor", "Review with"},
		"":            {"A tax", "A visa"},
	} {
		if got := titles.Beginning(of); got != want {
			t.Errorf("Beginning(%q) = %q, want %q", of, got, want)
		}
	}
	if got := titles.Beginning([]string{"", "Dentist"}); got != "" {
		t.Errorf("Beginning = %q", got)
	}
}
