package openai

import (
	"fmt"

	"foreday/summarizer"
)

// aboutDay returns the phrases that are true of the day, of which cited events
// are spoken of in the same line.
func aboutDay(p prompt, cited int) phrases {
	say := newPhrases(dateNames(p.date)...)
	for _, n := range numerals(p.Unusual) {
		addUnusual(say, n)
		for _, total := range numerals(p.Total) {
			for _, of := range []string{" of ", " of the ", " of your ", " out of ", " out of the ", " out of your ", " among "} {
				say.addNormal(n + of + total + " events")
			}
			say.addNormal(n + " of " + total)
			say.addNormal(n + " out of " + total)
		}
	}
	for _, total := range numerals(p.Total) {
		for _, after := range []string{" events in total", " events in all", " events altogether"} {
			say.addNormal(total + after)
		}
		for _, before := range []string{"of ", "of the ", "of your ", "out of ", "out of the ", "out of your ", "among ", "among the ", "among your "} {
			say.addNormal(before + total + " events")
		}
		if p.Total > p.Unusual {
			say.addNormal(total + " events")
		}
	}
	if p.Unusual == 1 {
		named := loneNouns
		if p.Total == 1 {
			named = append(named[:len(named):len(named)], "event", "entry", "item", "appointment")
		}
		for _, one := range []string{"one", "only", "just one", "only one", "a single", "single", "sole"} {
			addUnusual(say, one)
			for _, noun := range named {
				say.addNormal(one + " " + noun)
			}
		}
	}
	if more := p.Unusual - cited; more > 0 && cited > 0 {
		for _, n := range numerals(more) {
			for _, what := range []string{" more", " others", " other unusual", " more unusual", " further"} {
				say.addNormal(n + what)
			}
		}
	}
	if cited == 2 {
		say.addNormal("both")
	}
	return say
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
	if n != "1" {
		say.addNormal("one of " + n + " unusual")
		say.addNormal("one of the " + n + " unusual")
	}
}

// restWords are the words of which a line that speaks of the rest of the day has
// one at least.
var restWords = []string{"rest", "other", "others", "else", "remaining", "remainder", "otherwise", "routine", "regular", "usual", "more"}

// aboutRest returns what may be said of the events that are not novel, in a line
// that speaks of no novel one, or of all.
func aboutRest(others int) phrases {
	say := newPhrases()
	if others <= 0 {
		say.add("nothing else is scheduled", "nothing else is planned", "there is nothing else", "there are no other events", "no other events", "nothing else")
		return say
	}
	singular, plural := " is ", " are "
	for _, routine := range routineWords {
		for _, rest := range []string{"the rest", "the rest of the day", "the rest of your day", "the rest of your calendar", "the rest of your schedule", "everything else", "all else", "the remainder of the day", "the remainder of your day"} {
			say.addNormal(rest + singular + routine)
		}
		say.addNormal("otherwise , the day" + singular + routine)
		say.addNormal("otherwise the day" + singular + routine)
		for _, rest := range []string{"all other events", "the other events", "the remaining events", "your other events", "all the other events", "your remaining events"} {
			if others > 1 {
				say.addNormal(rest + plural + routine)
			}
		}
		if others == 1 {
			say.addNormal("the other event" + singular + routine)
			say.addNormal("the remaining event" + singular + routine)
			say.addNormal("your other event" + singular + routine)
		}
		for _, n := range numerals(others) {
			for _, rest := range []string{"the other " + n, "the remaining " + n, "your other " + n, n + " other", n + " more", "the rest ( " + n + " )", "the other " + n + " of your"} {
				if others == 1 {
					say.addNormal(rest + " event" + singular + routine)
					continue
				}
				say.addNormal(rest + plural + routine)
				say.addNormal(rest + " events" + plural + routine)
				say.addNormal(rest + " events on your calendar" + plural + routine)
				say.addNormal(rest + " events today" + plural + routine)
			}
		}
	}
	say.addNormal("the rest of your day follows your usual routine")
	say.addNormal("the rest of the day follows your usual routine")
	say.addNormal("everything else follows your usual routine")
	for _, n := range numerals(others) {
		for _, what := range []string{"routine", "regular", "usual", "other"} {
			for _, noun := range []string{" events", " event", " ones", " items", " entries", " appointments"} {
				if (others == 1) == (noun == " event") {
					say.addNormal(n + " " + what + noun)
				}
			}
		}
	}
	return say
}

// routineWords are what the rest of a day is, in normal form.
var routineWords = []string{"routine", "as usual", "part of your routine", "part of your usual routine", "regular", "business as usual", "usual", "all routine", "normal", "the usual", "as ever"}

// dateNames returns the ways in which people write the date.
func dateNames(d summarizer.Date) []string {
	var dayMonth []string
	month := d.Month.String()
	for _, m := range []string{month, month[:3]} {
		dayMonth = append(dayMonth, fmt.Sprintf("%d %s", d.Day, m), fmt.Sprintf("%s %d", m, d.Day))
		nth := ordinals(d.Day)[0]
		dayMonth = append(dayMonth, nth+" "+m, m+" "+nth, nth+" of "+m)
	}
	weekday := d.Weekday().String()
	names := []string{d.String(), weekday, weekday + "'s", "this " + weekday}
	for _, dm := range dayMonth {
		for _, year := range []string{"", fmt.Sprintf(" %d", d.Year), fmt.Sprintf(", %d", d.Year)} {
			names = append(names, dm+year, weekday+" "+dm+year, weekday+", "+dm+year)
		}
	}
	return names
}
