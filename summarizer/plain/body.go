package plain

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// What a line of the body has room for, in characters.
const (
	lineTitle    = 120
	lineCalendar = 40
	lineReason   = 100
)

// body has a line for each novel event, as many as fit, and says what else the
// day holds.
func body(b summarizer.Brief) string {
	if len(b.Novel) == 0 {
		return nothingNew(b)
	}
	reason, n := sharedReason(b.Novel)
	lines := make([]string, len(b.Novel))
	for i, v := range b.Novel {
		if n > 0 && v.Reason == reason {
			v.Reason = ""
		}
		lines[i] = line(v, b.Day)
	}
	end := shared(reason, n, len(b.Novel)) + others(b.Total-b.Unread-len(b.Novel)) + unread(b.Unread)
	return fitted(lines, summarizer.MaxText-utf8.RuneCountInString(end)) + end
}

// sharedReason returns the reason that is told once, as most of the events have
// it, and how many those are; 0 if there is none.
func sharedReason(novel []summarizer.Verdict) (string, int) {
	const repetitive = 3
	counts := map[string]int{}
	for _, v := range novel {
		counts[v.Reason]++
	}
	for reason, n := range counts {
		if reason != "" && !saysSo(reason) && (n == len(novel) && n > 1 || n >= repetitive && 2*n > len(novel)) {
			return reason, n
		}
	}
	return "", 0
}

func shared(reason string, n, of int) string {
	switch {
	case n == 0:
		return ""
	case n < of:
		return fmt.Sprintf("\n%d of these: %s.", n, Isolate(Clean(reason, lineReason)))
	case n == 2:
		return fmt.Sprintf("\nBoth: %s.", Isolate(Clean(reason, lineReason)))
	default:
		return fmt.Sprintf("\nAll %d: %s.", n, Isolate(Clean(reason, lineReason)))
	}
}

func others(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "\nThe other event is routine."
	default:
		return fmt.Sprintf("\nThe other %d events are routine.", n)
	}
}

func unread(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\nFurther events, too many to be looked at: %d.", n)
}

func nothingNew(b summarizer.Brief) string {
	date := LongDate(b.Day.Date)
	if b.Unread > 0 {
		return fmt.Sprintf("Routine events on %s: %d.", date, b.Total-b.Unread) + unread(b.Unread)
	}
	switch b.Total {
	case 0:
		return fmt.Sprintf("Nothing is planned for %s.", date)
	case 1:
		return fmt.Sprintf("The only event on %s is routine.", date)
	case 2:
		return fmt.Sprintf("Both events on %s are routine.", date)
	default:
		return fmt.Sprintf("All %d events on %s are routine.", b.Total, date)
	}
}

func line(v summarizer.Verdict, day summarizer.Day) string {
	var s strings.Builder
	s.WriteString(capital(When(v.Event, day)) + " · " + Isolate(Title(v.Event.Title, lineTitle)))
	if state := v.Event.Status; state == summarizer.Tentative || state == summarizer.Cancelled && !saysSo(v.Reason) {
		s.WriteString(", " + string(state))
	}
	if c := Clean(v.Event.Calendar, lineCalendar); c != "" {
		s.WriteString(" (" + Isolate(c) + ")")
	}
	if r := Clean(v.Reason, lineReason); r != "" {
		s.WriteString(": " + Isolate(r))
	}
	return s.String()
}

// saysSo reports whether the reason tells that the event is cancelled.
func saysSo(reason string) bool {
	return strings.HasPrefix(reason, string(summarizer.Cancelled))
}

// fitted joins the lines that fit into size characters and counts the others.
func fitted(lines []string, size int) string {
	all := strings.Join(lines, "\n")
	if utf8.RuneCountInString(all) <= size {
		return all
	}
	size -= utf8.RuneCountInString(more(len(lines)))
	shown, used := 0, 0
	for ; shown < len(lines); shown++ {
		used += utf8.RuneCountInString(lines[shown]) + 1
		if used > size {
			break
		}
	}
	return strings.Join(lines[:shown], "\n") + "\n" + more(len(lines)-shown)
}

func more(n int) string { return fmt.Sprintf("and %d more", n) }
