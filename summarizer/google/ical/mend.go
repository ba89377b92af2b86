package ical

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer/google/recur"
)

// mendRule returns a rule without what has no meaning in it, and what that was. Only
// that is dropped without which the rule still says when the series takes place.
func mendRule(value string) (rule string, dropped []string) {
	value = strings.ToUpper(strings.TrimSpace(value))
	if !strings.Contains(value, "FREQ") {
		value = fromVCalendar(value)
	}
	var parts []string
	for part := range strings.SplitSeq(strings.Join(strings.Fields(value), ""), ";") {
		switch {
		case part == "":
		case isMeaningless(part):
			dropped = append(dropped, part)
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ";"), dropped
}

var ruleParts = []string{
	"FREQ", "BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS",
	"RSCALE", "SKIP", "BYEASTER", "DTSTART",
}

func isMeaningless(part string) bool {
	key, value, _ := strings.Cut(part, "=")
	switch key {
	case "COUNT", "INTERVAL":
		n, err := strconv.Atoi(value)
		return err != nil || n < 1
	case "UNTIL":
		_, err := recur.ParseValue(value)
		return err != nil
	case "WKST":
		return len(value) != 2 || !strings.Contains("SU MO TU WE TH FR SA", value)
	}
	return !strings.HasPrefix(key, "X-") && !slices.Contains(ruleParts, key)
}

// untilADate writes a rule's UNTIL as the date that it is in zone.
func untilADate(rule string, zone *time.Location) string {
	parts := strings.Split(rule, ";")
	for i, part := range parts {
		value, ok := strings.CutPrefix(part, "UNTIL=")
		if s, err := recur.ParseValue(value); ok && err == nil && !s.Date {
			parts[i] = "UNTIL=" + s.In(zone).Format("20060102")
		}
	}
	return strings.Join(parts, ";")
}

var (
	oldRule = regexp.MustCompile(`^(D|W|MP|MD|YM|YD)(\d+)((?:\s+[0-9A-Z+$-]+)*?)(?:\s+#(\d+))?(?:\s+(\d{8}(?:T\d{6}Z?)?))?$`)
	nth     = regexp.MustCompile(`^(\d)([+-])$`)
)

// oldKinds are the kinds of rules of vCalendar 1.0: how often, and what their list says.
var oldKinds = map[string]struct{ freq, by string }{
	"D": {"DAILY", ""}, "W": {"WEEKLY", "BYDAY"}, "MP": {"MONTHLY", "BYDAY"}, "MD": {"MONTHLY", "BYMONTHDAY"},
	"YM": {"YEARLY", "BYMONTH"}, "YD": {"YEARLY", "BYYEARDAY"},
}

// fromVCalendar writes a rule of vCalendar 1.0, such as "MP1 1+ MO #6", as one of
// iCalendar. What is none is left as it is. Without a number, such a rule is for two
// occurrences; with #0, for ever.
func fromVCalendar(value string) string {
	m := oldRule.FindStringSubmatch(value)
	if m == nil {
		return value
	}
	kind := oldKinds[m[1]]
	rule := fmt.Sprintf("FREQ=%s;INTERVAL=%s", kind.freq, m[2])
	if list := oldList(m[1], strings.Fields(m[3])); len(list) > 0 && kind.by != "" {
		rule += ";" + kind.by + "=" + strings.Join(list, ",")
	}
	switch {
	case m[5] != "":
		return rule + ";UNTIL=" + m[5]
	case m[4] == "":
		return rule + ";COUNT=2"
	case m[4] != "0":
		return rule + ";COUNT=" + m[4]
	}
	return rule
}

// oldList writes the list of such a rule. Of days in a month, what stands before them
// holds for all that follow, up to the next: "1+ 2- MO TU".
func oldList(kind string, words []string) (list []string) {
	var prefixes []string
	used := false // the prefixes, by a day
	for _, word := range words {
		n := nth.FindStringSubmatch(word)
		switch {
		case n != nil:
			word = strings.TrimPrefix(n[2], "+") + n[1]
		case word == "LD":
			word = "-1"
		}
		if n != nil && kind == "MP" {
			if used {
				prefixes, used = nil, false
			}
			prefixes = append(prefixes, word)
			continue
		}
		if len(prefixes) == 0 {
			list = append(list, word)
		}
		for _, prefix := range prefixes {
			list, used = append(list, prefix+word), true
		}
	}
	return list
}
