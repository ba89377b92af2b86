package openai

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// clocks makes times on the 12-hour clock those of the 24-hour clock that facts
// are in: 3 pm, 3:00 p.m. and 3PM are 15:00. Of a range both ends are changed:
// 3–4 pm. A time that could be two is left as it is, and so is covered by nothing.
func clocks(tokens []token) []token {
	out := tokens[:0]
	for i := 0; i < len(tokens); {
		minute, n, ok := twelve(tokens[i:])
		if !ok {
			out = append(out, tokens[i])
			i++
			continue
		}
		halfOfStart(out, minute)
		t := tokens[i]
		t.end, t.text = tokens[i+n-1].end, clockText(minute)
		out = append(out, t)
		i += n
	}
	return out
}

// rangeWords stand between the two ends of a range.
var rangeWords = []string{"–", "—", "-", "to", "until", "till", "and"}

// twelve reads a time with am or pm at the beginning of the tokens, in minutes,
// and how many of them it takes.
func twelve(t []token) (minute, n int, ok bool) {
	text := t[0].text
	if text == "" || !isDigit(rune(text[0])) {
		if text == "noon" || text == "midday" {
			return 12 * 60, 1, true
		}
		return 0, 0, false
	}
	half := ""
	switch {
	case strings.HasSuffix(text, "am"), strings.HasSuffix(text, "pm"):
		text, half, n = text[:len(text)-2], text[len(text)-2:], 1
	case len(t) > 1 && (t[1].text == "am" || t[1].text == "pm" || t[1].text == "noon" && text == "12"):
		half, n = strings.Replace(t[1].text, "noon", "pm", 1), 2
	case len(t) > 3 && (t[1].text == "a" || t[1].text == "p") && t[2].text == "." && t[3].text == "m" && t[2].start == t[1].end && t[3].start == t[2].end:
		half, n = t[1].text+"m", 4
		if len(t) > 4 && t[4].text == "." && t[4].start == t[3].end {
			n = 5
		}
	default:
		return 0, 0, false
	}
	minute, ok = onTwelve(text)
	if half == "pm" {
		minute += 12 * 60
	}
	return minute, n, ok
}

// onTwelve reads "3" or "3:30" on the 12-hour clock as minutes since its beginning.
func onTwelve(text string) (int, bool) {
	h, m, _ := strings.Cut(text, ":")
	hour, err := strconv.Atoi(h)
	if err != nil || hour < 1 || hour > 12 || len(h) > 2 {
		return 0, false
	}
	minutes := 0
	if m != "" {
		if minutes, err = strconv.Atoi(m); err != nil || minutes > 59 || len(m) != 2 {
			return 0, false
		}
	}
	return hour%12*60 + minutes, true
}

func clockText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// halfOfStart gives the start of a range, if the last tokens are one, the half of
// the day that its end is in: 3–4 pm. If that is no range, as in 11–1 pm, it is
// left.
func halfOfStart(before []token, end int) {
	n := len(before)
	if n < 2 || !slices.Contains(rangeWords, before[n-1].text) || strings.HasPrefix(before[n-2].text, "0") {
		return
	}
	start, ok := onTwelve(before[n-2].text)
	if start += end / (12 * 60) * 12 * 60; ok && start < end {
		before[n-2].text = clockText(start)
	}
}
