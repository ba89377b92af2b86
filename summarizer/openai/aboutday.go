package openai

import (
	"fmt"
	"slices"
	"strings"

	"foreday/summarizer"
)

// countsOf returns what may be said of how many events the day has, in a line in
// which a mark stands for the number of unusual ones.
func countsOf(p prompt) phrases {
	say := newPhrases(p.date.String())
	totals := numerals(p.Total)
	if p.Total == p.Unusual {
		totals = []string{countMark}
	}
	for _, total := range totals {
		for _, of := range []string{"of ", "of the ", "of your ", "out of ", "out of the ", "out of your ", "among ", "among the ", "among your "} {
			say.addNormal(of + total + " events")
			say.addNormal(countMark + " " + of + total + " events")
		}
		for _, phrase := range []string{" events in total", " events in all", " events altogether"} {
			say.addNormal(total + phrase)
		}
		say.addNormal(countMark + " of " + total)
		say.addNormal(countMark + " out of " + total)
		if p.Total > p.Unusual {
			say.addNormal(total + " events")
		}
	}
	return say
}

// aboutMore returns what may be said of the unusual events that a line does not
// name, as it names some.
func aboutMore(unusual, named int) phrases {
	more := unusual - named
	if named == 0 || more <= 0 && named != 2 {
		return phrases{}
	}
	say := newPhrases()
	if more > 0 {
		for _, n := range numerals(more) {
			for _, what := range []string{" more", " others", " other unusual", " more unusual", " further"} {
				say.addNormal(n + what)
			}
		}
	}
	if named == 2 {
		say.addNormal("both")
	}
	return say
}

// What may be said of the number of unusual events, for which a mark stands: if
// there are several, or one, or one that is all the day has.
var unusualSeveral, unusualOne, unusualAll = func() (several, one, all phrases) {
	several, one, all = newPhrases(), newPhrases(), newPhrases()
	addUnusual(several, countMark)
	for _, of := range []string{"one of ", "one of the "} {
		several.addNormal(of + countMark + " unusual")
	}
	for _, n := range []string{countMark, "only", "just " + countMark, "only " + countMark, "a single", "single", "sole"} {
		for _, say := range []phrases{one, all} {
			addUnusual(say, n)
			for _, noun := range loneNouns {
				say.addNormal(n + " " + noun)
			}
		}
		for _, noun := range []string{"event", "entry", "item", "appointment"} {
			all.addNormal(n + " " + noun)
		}
	}
	return several, one, all
}()

func aboutUnusual(p prompt) phrases {
	switch {
	case p.Unusual > 1:
		return unusualSeveral
	case p.Total > 1:
		return unusualOne
	}
	return unusualAll
}

// loneNouns may follow "one" where one event of several is unusual.
var loneNouns = []string{"thing", "change", "exception", "highlight", "addition", "standout"}

// addUnusual adds that there are n unusual things, in normal form.
func addUnusual(say phrases, n string) {
	for _, what := range []string{
		"unusual", "notable", "noteworthy", "uncommon", "special", "non - routine", "out of the ordinary", "exceptional", "remarkable", "different", "new or unusual", "distinct", "atypical",
		"things out of the ordinary", "things", "highlights", "exceptions", "standouts", "changes", "additions",
	} {
		say.addNormal(n + " " + what)
		say.addNormal("with " + n + " " + what)
		say.addNormal("these " + n + " " + what)
	}
	for _, noun := range []string{"event", "item", "entry", "appointment", "events", "items", "entries", "appointments"} {
		for _, apart := range []string{
			"stand out", "stands out", "that stand out", "that stands out", "are unusual", "is unusual", "outside your usual routine", "outside your routine",
			"out of the ordinary", "are out of the ordinary", "is out of the ordinary", "break from", "breaks from", "break from your routine", "break from your usual routine", "break", "breaks", "differ from", "differs from", "depart from",
			"departs from", "deviate from", "fall outside", "falls outside", "beyond your", "not part of", "to note", "worth noting", "worth a look", "to look out for",
		} {
			say.addNormal(n + " " + noun + " " + apart)
		}
	}
	for _, are := range []string{" are unusual", " is unusual", " are out of the ordinary", " is out of the ordinary", " stand out", " stands out", " are notable", " is notable"} {
		say.addNormal(n + are)
	}
}

// restWords are the words of which a line that speaks of the rest of the day has
// one at least.
var restWords = []string{"rest", "other", "others", "else", "remaining", "remainder", "otherwise", "routine", "regular", "usual", "more"}

// What may be said of the events that are not novel, by how many they are, in a
// line that speaks of no novel one, or of all. A mark stands for their number.
var restNone, restOne, restSeveral = newPhrases(
	"nothing else is scheduled", "nothing else is planned", "there is nothing else", "there are no other events", "no other events", "nothing else",
), restOf(false), restOf(true)

func aboutRest(others int) phrases {
	switch {
	case others <= 0:
		return restNone
	case others == 1:
		return restOne
	}
	return restSeveral
}

func restOf(several bool) phrases {
	say := newPhrases()
	n := countMark
	singular, plural := " is ", " are "
	for _, routine := range routineWords {
		for _, rest := range []string{"the rest", "the rest of the day", "the rest of your day", "the rest of your calendar", "the rest of your schedule", "everything else", "all else", "the remainder of the day", "the remainder of your day"} {
			say.addNormal(rest + singular + routine)
		}
		say.addNormal("otherwise , the day" + singular + routine)
		say.addNormal("otherwise the day" + singular + routine)
		for _, rest := range []string{"all other events", "the other events", "the remaining events", "your other events", "all the other events", "your remaining events"} {
			if several {
				say.addNormal(rest + plural + routine)
			}
		}
		for _, rest := range []string{"the other event", "the remaining event", "your other event"} {
			if !several {
				say.addNormal(rest + singular + routine)
			}
		}
		for _, rest := range []string{"the other " + n, "the remaining " + n, "your other " + n, n + " other", n + " more", "the rest ( " + n + " )", "the other " + n + " of your"} {
			if !several {
				say.addNormal(rest + " event" + singular + routine)
				continue
			}
			for _, events := range []string{"", " events", " events on your calendar", " events today"} {
				say.addNormal(rest + events + plural + routine)
			}
		}
	}
	say.addNormal("the rest of your day follows your usual routine")
	say.addNormal("the rest of the day follows your usual routine")
	say.addNormal("everything else follows your usual routine")
	for _, what := range []string{"routine", "regular", "usual", "other"} {
		for _, noun := range []string{" events", " event", " ones", " items", " entries", " appointments"} {
			if several != (noun == " event") {
				say.addNormal(n + " " + what + noun)
			}
		}
	}
	return say
}

// routineWords are what the rest of a day is, in normal form.
var routineWords = []string{"routine", "as usual", "part of your routine", "part of your usual routine", "regular", "business as usual", "usual", "all routine", "normal", "the usual", "as ever"}

// dateNames are the ways in which people write a date, of which marks stand for
// the parts.
var dateNames = func() phrases {
	var dayMonth []string
	for _, day := range []string{dayMark, nthMark} {
		dayMonth = append(dayMonth, day+" "+monthMark, monthMark+" "+day)
	}
	dayMonth = append(dayMonth, nthMark+" of "+monthMark)
	names := newPhrases()
	for _, weekday := range []string{weekdayMark, weekdayMark + "'s", "this " + weekdayMark} {
		names.addNormal(weekday)
	}
	for _, dm := range dayMonth {
		for _, year := range []string{"", " " + yearMark, " , " + yearMark} {
			for _, weekday := range []string{"", weekdayMark + " ", weekdayMark + " , "} {
				names.addNormal(weekday + dm + year)
			}
		}
	}
	return names
}()

// markDate returns the marks for the parts of a date.
func markDate(d summarizer.Date) func(word string) string {
	weekday, month := strings.ToLower(d.Weekday().String()), strings.ToLower(d.Month.String())
	day, nth, year := fmt.Sprint(d.Day), ordinals(d.Day)[0], fmt.Sprint(d.Year)
	return func(word string) string {
		switch word {
		case weekday:
			return weekdayMark
		case weekday + "'s":
			return weekdayMark + "'s"
		case month, month[:3]:
			return monthMark
		case day:
			return dayMark
		case nth:
			return nthMark
		case year:
			return yearMark
		}
		return word
	}
}

// markCount returns the mark for a number, in figures or as a word.
func markCount(n int) func(word string) string {
	forms := numerals(n)
	return func(word string) string {
		if slices.Contains(forms, word) {
			return countMark
		}
		return word
	}
}
