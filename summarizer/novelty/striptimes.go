package novelty

import "strings"

// withoutTimes drops what is a time of day or a date: 8:45, 10am, 14 Uhr,
// 2026-03-01, 24.12. Other numbers stay.
func withoutTimes(tokens []token) []token {
	var kept []token
	for len(tokens) > 0 {
		n := timeLength(tokens)
		if n == 0 {
			kept, n = append(kept, tokens[0]), 1
		}
		tokens = tokens[n:]
	}
	return kept
}

// timeLength returns how many tokens at the beginning make up a time or a date;
// none, mostly.
func timeLength(t []token) int {
	if !t[0].number {
		return 0
	}
	n := 1
	for n < min(len(t), 3) && t[n].number && len(t[n].before) == 1 && strings.Contains(":./-", t[n].before) && t[n].before == t[1].before {
		n++
	}
	if n == 2 && !isTimePair(t[0].text, t[1].before, t[1].text) {
		n = 1
	}
	if n < len(t) && strings.Trim(t[n].before, " .") == "" && timeUnits[t[n].text] {
		return n + 1
	}
	if n == 1 {
		return 0
	}
	return n
}

// isTimePair reports whether two numbers are a time or a date rather than a
// range or a score: 1:1 is what people call a talk between two.
func isTimePair(a, joint, b string) bool {
	switch joint {
	case ":", ".":
		return len(a) <= 2 && len(b) == 2
	case "/":
		return len(a) <= 4 && len(b) <= 2
	}
	return false
}

// timeUnits follow a number that is a time or a length of time.
var timeUnits = wordSet("am pm h hr hrs hour hours uhr min mins minutes heures std")
