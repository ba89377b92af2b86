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
		return "Nothing out of the ordinary."
	case n == 1:
		return oneThing(b)
	case allCancelled(b.Novel):
		return fmt.Sprintf("%s things are cancelled", capital(number(n))) + listed(b.Novel, false)
	default:
		return fmt.Sprintf("%s unusual things", capital(number(n))) + listed(b.Novel, true)
	}
}

func oneThing(b summarizer.Brief) string {
	e := b.Novel[0].Event
	name := named(e, headlineTitle) + briefly(e, b.Day)
	switch {
	case e.Status == summarizer.Cancelled:
		return "The one unusual thing: " + name + " is cancelled."
	case b.Total == 1:
		return name + " is the one thing in the calendar."
	default:
		return name + " is the one unusual thing."
	}
}

// briefly says when the event is in as few words as a headline wants.
func briefly(e summarizer.Event, day summarizer.Day) string {
	when := When(e, day)
	if e.Touches(day) {
		switch s := spanOn(e, day); {
		case (e.AllDay || s.wholeDay) && s.days > 1:
			when = s.count()
		case e.AllDay || s.wholeDay:
		case s.startsHere:
			return " at " + clock(s.start)
		case s.endsHere:
			return " until " + endClock(s.end, day)
		}
	}
	return ", " + when + ","
}

func allCancelled(novel []summarizer.Verdict) bool {
	return !slices.ContainsFunc(novel, func(v summarizer.Verdict) bool { return v.Event.Status != summarizer.Cancelled })
}

// listed names the events, or the most novel of many, and says which are cancelled
// if told to.
func listed(novel []summarizer.Verdict, cancelled bool) string {
	intro := ": "
	if len(novel) > headlineTitles {
		novel, intro = mostNovel(novel, headlineTitles), ", among them "
	}
	names := make([]string, len(novel))
	for i, v := range novel {
		names[i] = named(v.Event, listedTitle)
		if cancelled && v.Event.Status == summarizer.Cancelled {
			names[i] += " (cancelled)"
		}
	}
	last := len(names) - 1
	return intro + strings.Join(names[:last], ", ") + " and " + names[last] + "."
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

func number(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
