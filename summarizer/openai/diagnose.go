package openai

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	linkish  = regexp.MustCompile(`(?i)://|www\.|@|\w\.[a-z]{2,}`)
	phonish  = regexp.MustCompile(`^\(?\+?\(?\d[\d ()/.\-]{4,}\d`)
	dateish  = regexp.MustCompile(`^\d{4}-\d\d-\d\d\b`)
	clockish = regexp.MustCompile(`^(\d{1,2}:\d\d|\d{1,2}(am|pm|h))$`)
)

// timeWords are words that say when, outside the phrases that are true.
var timeWords = []string{
	"today", "tonight", "tomorrow", "yesterday", "noon", "midday", "midnight", "morning", "afternoon", "evening", "night",
	"until", "till", "since", "before", "after", "from", "between", "later", "earlier", "am", "pm", "o'clock", "half", "quarter",
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may",
	"june", "july", "august", "september", "october", "november", "december", "hour", "hours", "minute", "minutes", "week", "weeks",
	"starts", "begins", "ends", "starting", "beginning", "ending", "all",
}

var countWords = []string{
	"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "dozen", "both",
	"first", "second", "third", "only", "several", "many", "few",
}

// timePrepositions stand before what may be wrong.
var timePrepositions = []string{"at", "from", "until", "till", "through"}

// diagnose names what is wrong with the first of the tokens, which nothing in
// the calendar covers. It only chooses a name: the line is refused by any.
func diagnose(line string, tokens []token) flaw {
	if len(tokens) > 1 && slices.Contains(timePrepositions, tokens[0].text) {
		return diagnose(line, tokens[1:])
	}
	t := tokens[0]
	bare := chunk(line, t)
	switch {
	case dateish.MatchString(line[t.start:]):
		return flaw{WrongTime, fmt.Sprintf("%q is not the date of the day", bare)}
	case linkish.MatchString(bare), phonish.MatchString(line[t.start:]):
		return flaw{Link, fmt.Sprintf("%q looks like a link, an address or a phone number, which must not be there", bare)}
	case strings.ContainsFunc(t.text, unprintable):
		return flaw{Unprintable, fmt.Sprintf("%+q is a character that must not be there", t.text)}
	case t.quote:
		return flaw{Unnamed, fmt.Sprintf("it quotes %q, which is not the whole title, nor the calendar, of the events it cites", t.text)}
	case clockish.MatchString(t.text), slices.Contains(timeWords, t.text):
		return flaw{WrongTime, fmt.Sprintf("%q does not say a time of all the events it cites", words(tokens))}
	case strings.ContainsFunc(t.text, unicode.IsDigit), slices.Contains(countWords, t.text):
		return flaw{WrongCount, fmt.Sprintf("%q is not a count that was given", words(tokens))}
	default:
		return flaw{WrongWord, fmt.Sprintf("%q is not one of the words, nor copied whole from the events it cites", t.text)}
	}
}

// chunk returns what surrounds the token between spaces.
func chunk(line string, t token) string {
	start := strings.LastIndexByte(line[:t.start], ' ') + 1
	end := strings.IndexByte(line[t.end:], ' ')
	if end < 0 {
		return line[start:]
	}
	return line[start : t.end+end]
}

// words returns the first three tokens, to show where the fault lies.
func words(tokens []token) string {
	var s []string
	for _, t := range tokens[:min(len(tokens), 3)] {
		s = append(s, t.text)
	}
	return strings.Join(s, " ")
}

func unprintable(r rune) bool {
	return !unicode.IsPrint(r) || r == unicode.ReplacementChar || unicode.Is(unicode.So, r)
}
