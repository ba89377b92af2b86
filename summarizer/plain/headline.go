package plain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"foreday/summarizer"
)

// What a headline has room for within summarizer.MaxHeadline.
const (
	headlineTitle  = 110 // characters of the only title
	headlineTitles = 3   // titles named
	listedTitle    = 36  // characters of each of several titles
)

// headline names what is unusual, in one sentence.
func headline(b summarizer.Brief) string {
	switch n := len(b.Novel); {
	case n == 0 && b.Total == 0:
		return "Nothing in the calendar."
	case n == 0:
		return fmt.Sprintf("Nothing out of the ordinary: %s.", counted(b.Total, "routine event"))
	case n == 1:
		return oneThing(b.Novel[0].Event, b.Day)
	case n <= headlineTitles:
		return fmt.Sprintf("%s unusual things: %s.", capital(number(n)), listed(b.Novel))
	default:
		return fmt.Sprintf("%s unusual things, among them %s.", capital(number(n)), listed(mostNovel(b.Novel, headlineTitles)))
	}
}

func oneThing(e summarizer.Event, day summarizer.Day) string {
	name := named(e, headlineTitle) + briefly(e, day)
	if e.Status == summarizer.Cancelled {
		return name + " is cancelled, the one unusual thing."
	}
	return name + " is the one unusual thing."
}

// briefly says when the event is in as few words as a headline wants.
func briefly(e summarizer.Event, day summarizer.Day) string {
	if e.Touches(day) {
		switch s := spanOn(e, day); {
		case e.AllDay || s.wholeDay:
		case s.startsHere:
			return " at " + clock(s.start)
		case s.endsHere:
			return " until " + endClock(s.end, day)
		}
	}
	return " (" + When(e, day) + ")"
}

func listed(novel []summarizer.Verdict) string {
	names := make([]string, len(novel))
	for i, v := range novel {
		names[i] = named(v.Event, listedTitle)
		if v.Event.Status == summarizer.Cancelled {
			names[i] += " (cancelled)"
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// mostNovel returns the n most novel verdicts, in the order they came in.
func mostNovel(novel []summarizer.Verdict, n int) []summarizer.Verdict {
	rank := make([]int, len(novel))
	for i := range rank {
		rank[i] = i
	}
	slices.SortStableFunc(rank, func(i, j int) int {
		return cmp.Compare(novel[j].Novelty, novel[i].Novelty)
	})
	rank = rank[:n]
	slices.Sort(rank)
	most := make([]summarizer.Verdict, n)
	for i, r := range rank {
		most[i] = novel[r]
	}
	return most
}

// named returns the event's title, in quotation marks if it could be taken for
// part of the sentence it stands in.
func named(e summarizer.Event, limit int) string {
	title := Title(e.Title, limit)
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '’-&/+#", r)
	}
	if title != Untitled && (len(strings.Fields(title)) > 6 || strings.ContainsFunc(title, odd)) {
		return "“" + Isolate(title) + "”"
	}
	return Isolate(title)
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
