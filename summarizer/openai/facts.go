package openai

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"foreday/summarizer"
)

//go:embed lexicon.txt
var lexiconFile string

// lexicon holds the phrases that may be said of any event.
var lexicon = func() []string {
	var phrases []string
	for line := range strings.Lines(lexiconFile) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			phrases = append(phrases, line)
		}
	}
	return phrases
}()

// punctuation may stand anywhere.
var punctuation = []string{".", ",", ";", ":", "–", "—", "-", "(", ")", "!"}

// aboutEvent returns the phrases that are true of the event on its day.
func aboutEvent(e promptEvent) []string {
	phrases := append([]string{e.When, e.Reason}, strings.Split(e.When, ", ")...)
	if e.Starts != "" {
		for _, before := range []string{"at", "from", "starts at", "starting at", "begins at", "beginning at"} {
			phrases = append(phrases, before+" "+e.Starts)
		}
		phrases = append(phrases, partOfDay(e.Starts)...)
	}
	if e.Ends != "" {
		for _, before := range []string{"until", "till", "to", "ends at", "ending at"} {
			phrases = append(phrases, before+" "+e.Ends)
		}
	}
	if e.Starts != "" && e.Ends != "" {
		phrases = append(phrases, e.Starts+"–"+e.Ends, e.Starts+"-"+e.Ends, "between "+e.Starts+" and "+e.Ends)
	}
	if strings.HasPrefix(e.When, "all day") {
		phrases = append(phrases, "all-day")
	}
	if e.Status != "" {
		phrases = append(phrases, e.Status)
	}
	return phrases
}

// partOfDay names the part of the day that a clock's time is in. Where people
// differ on it, it has no name.
func partOfDay(clock string) []string {
	switch hour := clock[:2]; {
	case hour >= "06" && hour < "12":
		return []string{"morning", "in the morning"}
	case hour >= "13" && hour < "17":
		return []string{"afternoon", "in the afternoon"}
	case hour >= "18" && hour < "22":
		return []string{"evening", "in the evening"}
	}
	return nil
}

// aboutDay returns the phrases that are true of the day, of which cited events
// are spoken of in the same line.
func aboutDay(p prompt, cited int) []string {
	phrases := dateNames(p.date)
	for _, n := range numerals(p.Unusual) {
		phrases = append(phrases, n+" unusual", n+" things", n+" out of the ordinary")
		for _, total := range numerals(p.Total) {
			phrases = append(phrases, n+" of "+total+" events", n+" of the "+total+" events")
		}
	}
	for _, total := range numerals(p.Total) {
		phrases = append(phrases, total+" events", total+" event")
	}
	if p.Unusual == 1 {
		phrases = append(phrases, "one thing", "only thing", "only unusual thing", "only unusual event")
	}
	if cited == 2 {
		phrases = append(phrases, "both")
	}
	if more := p.Unusual - cited; more > 0 && cited > 0 {
		for _, n := range numerals(more) {
			phrases = append(phrases, n+" more", n+" others")
		}
	}
	if cited == 0 {
		phrases = append(phrases, aboutTheRest(p.Total-p.Unusual)...)
	}
	return phrases
}

// aboutTheRest returns what may be said of the events that are not novel, in a
// line that speaks of no novel one.
func aboutTheRest(others int) []string {
	if others <= 0 {
		return nil
	}
	phrases := []string{"the rest is routine", "the rest of the day is routine", "everything else is routine", "everything else is as usual"}
	for _, n := range numerals(others) {
		if others == 1 {
			phrases = append(phrases, "the other event is routine", n+" other event is routine")
			continue
		}
		phrases = append(phrases, "the other "+n+" events are routine", "the other "+n+" are routine", n+" other events are routine")
	}
	return phrases
}

// dateNames returns the ways in which people write the date.
func dateNames(d summarizer.Date) []string {
	dayMonth := []string{fmt.Sprintf("%d %s", d.Day, d.Month), fmt.Sprintf("%s %d", d.Month, d.Day)}
	names := []string{d.String(), d.Weekday().String()}
	for _, dm := range dayMonth {
		for _, year := range []string{"", fmt.Sprintf(" %d", d.Year), fmt.Sprintf(", %d", d.Year)} {
			names = append(names, dm+year, d.Weekday().String()+" "+dm+year, d.Weekday().String()+", "+dm+year)
		}
	}
	return names
}

// numerals returns the ways in which a number is written.
func numerals(n int) []string {
	words := []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	forms := []string{fmt.Sprint(n)}
	if n >= 0 && n < len(words) {
		forms = append(forms, words[n])
	}
	return forms
}

// sharedFacts returns the phrases that are true of every one of the events: what
// a line says, it says of all that it cites, so that no time can be moved from
// one event to another.
func sharedFacts(events []promptEvent) []string {
	var common []string
	for i, e := range events {
		facts := aboutEvent(e)
		if i == 0 {
			common = facts
			continue
		}
		common = slices.DeleteFunc(common, func(f string) bool { return !slices.Contains(facts, f) })
	}
	return common
}

// quotable returns what a line that speaks of the events may quote: their
// titles, and the calendar that all of them are in.
func quotable(events []promptEvent) map[string]bool {
	may := make(map[string]bool)
	for _, e := range events {
		may[e.Title] = true
	}
	elsewhere := func(e promptEvent) bool { return e.Calendar != events[0].Calendar }
	if len(events) > 0 && events[0].Calendar != "" && !slices.ContainsFunc(events, elsewhere) {
		may[events[0].Calendar] = true
	}
	return may
}
