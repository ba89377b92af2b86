package openai

import (
	"fmt"
	"strings"

	"foreday/summarizer"
)

// aboutEvent returns the phrases that are true of the event on its day, and those
// that are if marks stand for when it starts and ends.
func aboutEvent(e promptEvent) (own, marked []phrases) {
	own, marked = []phrases{partOfDay(e.Starts)}, []phrases{timesOf(e.Starts != "", e.Ends != "")}
	if e.Starts != "" && e.Ends != "" {
		own = append(own, lengthPhrases(int(e.length.Minutes())))
	}
	if e.Reason == never {
		own = append(own, neverPhrases)
	} else {
		p := newPhrases(e.Reason)
		addReason(p, e.Reason, normalForm(e.Starts), e.weekday)
		own = append(own, p)
	}
	if e.Status != "" || e.When != e.Starts+"–"+e.Ends {
		own = append(own, aboutWhen(e))
	}
	return own, marked
}

// never is the reason that most events are given.
const never = "first time in a year"

var neverPhrases = func() phrases {
	p := newPhrases(never)
	addReason(p, never, "", "")
	return p
}()

// aboutWhen returns what is true of an event that takes more than a part of the
// day, or may not take place.
func aboutWhen(e promptEvent) phrases {
	p := newPhrases(append(strings.Split(e.When, ", "), e.When)...)
	if strings.Contains(e.Starts+e.Ends, " ") { // times that name a zone
		addTimes(p, normalForm(e.Starts), normalForm(e.Ends))
	}
	switch {
	case strings.HasPrefix(e.When, "all day"):
		p.add("all-day", "all day long", "the whole day", "the entire day", "throughout the day", "full-day", "for the whole day", "for the entire day", "lasting all day")
	case strings.Contains(e.When, " until "):
		from, until, _ := strings.Cut(e.When, " until ")
		p.add("until "+until, "from "+e.When, from+" to "+until, "from "+from+" to "+until, "overnight", "into the next day")
	case strings.Contains(e.When, "since "):
		_, since, _ := strings.Cut(e.When, "since ")
		p.add("since " + strings.Replace(since, " ", " at ", 1))
	}
	addDayOfSeveral(p, e.When)
	addStatus(p, e.Status)
	return p
}

var timesBoth, timesStart, timesEnd = func() (both, start, end phrases) {
	both, start, end = newPhrases(), newPhrases(), newPhrases()
	addTimes(both, startMark, endMark)
	addTimes(start, startMark, "")
	addTimes(end, "", endMark)
	return both, start, end
}()

func timesOf(starts, ends bool) phrases {
	switch {
	case starts && ends:
		return timesBoth
	case starts:
		return timesStart
	case ends:
		return timesEnd
	}
	return phrases{}
}

// markTimes returns the marks for when the event starts and ends.
func markTimes(e promptEvent) func(word string) string {
	return func(word string) string {
		switch word {
		case "":
		case e.Starts:
			return startMark
		case e.Ends:
			return endMark
		}
		return word
	}
}

// addTimes adds in what ways people say when something starts and ends on the
// day, in normal form; each may be "".
func addTimes(p phrases, starts, ends string) {
	each := func(befores []string, time string) {
		for _, before := range befores {
			p.addNormal(before + " " + time)
		}
	}
	if starts != "" {
		each(beforeStart, starts)
		for _, after := range []string{":", "–", "—", "-", ","} {
			p.addNormal(starts + " " + after)
		}
	}
	if ends != "" {
		each(beforeEnd, ends)
	}
	if starts == "" || ends == "" {
		return
	}
	for _, joint := range []string{"–", "-", "—", "to", "until", "till"} {
		p.addNormal(starts + " " + joint + " " + ends)
		p.addNormal("from " + starts + " " + joint + " " + ends)
		p.addNormal("at " + starts + " " + joint + " " + ends)
	}
	p.addNormal("between " + starts + " and " + ends)
}

var (
	beforeStart = []string{
		"at", "from", "for", "starts at", "starting at", "start at", "begins at", "beginning at", "begin at", "starts from", "starting from",
		"kicks off at", "kicking off at", "gets going at", "opens at", "starts", "starting", "begins", "beginning", "start time",
		"(", ",", "–", "—", ":", "your", "the", "a", "an",
	}
	beforeEnd = []string{
		"until", "till", "to", "through", "ends at", "ending at", "end at", "ends", "ending", "finishes at", "finishing at", "finish at", "up to",
		"wraps up at", "wrapping up at", "concludes at", "and ends at", "and finishes at",
	}
)

// partOfDay names the part of the day that a clock's time is in. Where people
// differ on it, it has no name.
func partOfDay(clock string) phrases {
	if clock == "" {
		return phrases{}
	}
	switch hour := clock[:2]; {
	case hour >= "06" && hour < "12":
		return morning
	case hour >= "13" && hour < "17":
		return afternoon
	case hour >= "18" && hour < "22":
		return evening
	}
	return phrases{}
}

var morning, afternoon, evening = namesOfPart("morning"), namesOfPart("afternoon"), namesOfPart("evening", "tonight", "tonight's")

func namesOfPart(part string, more ...string) phrases {
	return newPhrases(append(more, part, "in the "+part, "this "+part, "during the "+part, part+"'s")...)
}

// lengthPhrases returns how long something lasts, in the ways people say it.
func lengthPhrases(minutes int) phrases {
	if minutes <= 0 {
		return phrases{}
	}
	p := newPhrases()
	lengths, adjectives := lengthsOf(minutes)
	for _, l := range lengths {
		p.addNormal(l)
		p.addNormal("for " + l)
	}
	for _, a := range adjectives {
		p.addNormal(a)
	}
	return p
}

// lengthsOf returns the ways in which people say a length, after its noun and
// before it, in normal form.
func lengthsOf(minutes int) (lengths, adjectives []string) {
	for _, n := range numerals(minutes) {
		lengths = append(lengths, n+" minutes", n+" mins", n+" min")
		adjectives = append(adjectives, n+" - minute")
	}
	for _, n := range numerals(minutes / 60) {
		switch {
		case minutes == 60:
			lengths = append(lengths, n+" hour")
			adjectives = append(adjectives, n+" - hour", "hour - long")
		case minutes%60 == 0:
			lengths = append(lengths, n+" hours")
			adjectives = append(adjectives, n+" - hour")
		case minutes%60 == 30 && minutes > 60:
			lengths = append(lengths, n+" and a half hours", n+" . 5 hours")
		}
		if minutes > 60 && minutes%60 != 0 {
			hours := " hours "
			if minutes < 120 {
				hours = " hour "
			}
			lengths = append(lengths, fmt.Sprint(n, hours, minutes%60, " minutes"), fmt.Sprint(n, hours, "and ", minutes%60, " minutes"))
		}
	}
	switch minutes {
	case 30:
		lengths = append(lengths, "half an hour")
		adjectives = append(adjectives, "half - hour")
	case 60:
		lengths = append(lengths, "an hour")
	case 90:
		lengths = append(lengths, "an hour and a half")
	}
	return lengths, adjectives
}

// addDayOfSeveral adds the ways to say "day 3 of 5".
func addDayOfSeveral(p phrases, when string) {
	_, count, ok := strings.Cut(when, "day ")
	if i := strings.LastIndex(when, "day "); ok && i >= 0 {
		count = when[i+len("day "):]
	}
	var day, days int
	if n, _ := fmt.Sscanf(count, "%d of %d", &day, &days); n != 2 {
		return
	}
	for _, d := range numerals(day) {
		for _, of := range numerals(days) {
			p.add("day " + d + " of " + of)
		}
	}
	for _, nth := range ordinals(day) {
		for _, of := range numerals(days) {
			p.add(nth+" day of "+of, nth+" of "+of+" days", of+"-day")
		}
	}
	if day == 1 {
		p.add("first day")
		return
	}
	p.add("continues", "continuing", "goes on", "still going on")
	if day == days {
		p.add("last day", "final day")
	}
}

// addStatus adds that the event is cancelled, or may be.
func addStatus(p phrases, status string) {
	switch status {
	case string(summarizer.Cancelled):
		p.add(cancelledWords...)
	case string(summarizer.Tentative):
		p.add("tentative", "tentatively", "still tentative", "unconfirmed", "not confirmed", "not yet confirmed", "not confirmed yet", "still to be confirmed", "only tentative")
	}
}

// cancelledWords say that an event is cancelled; one of them must be said of
// each that is.
var cancelledWords = []string{"cancelled", "called off", "not taking place", "does not take place", "will not take place", "won't take place",
	"not happening", "won't happen", "will not happen"}

// numerals returns the ways in which a number is written.
func numerals(n int) []string {
	forms := []string{fmt.Sprint(n)}
	if n >= 0 && n < len(numberWords) {
		forms = append(forms, numberWords[n])
	}
	return forms
}

var numberWords = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// ordinals returns the ways in which a number's ordinal is written.
func ordinals(n int) []string {
	suffix := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	forms := []string{fmt.Sprint(n, suffix)}
	words := []string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n >= 1 && n <= len(words) {
		forms = append(forms, words[n-1])
	}
	return forms
}
