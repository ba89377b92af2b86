package openai

import (
	"math/bits"
	"slices"
	"strings"
)

// saying is a line that is checked: what it says, of which events, and what is
// true of them.
type saying struct {
	said
	names   names
	cited   []promptEvent
	titles  [][]promptEvent // the events that each name of an event stands for, in the line's order
	before  []int           // by token: how many of the titles stand before it
	unusual int             // events of the day
	strict  int             // the token from which on all that is said is said of all cited
	truths  *truths
	ofDay   []reading            // what may be said whatever the event
	ofEach  map[string][]reading // and of an event, by its ID
}

// mostNames is how many names of events a line may hold.
const mostNames = 30

func newSaying(p prompt, l line, events []promptEvent) saying {
	s := saying{unusual: p.Unusual, names: namesOf(events), cited: events, truths: p.true, ofEach: map[string][]reading{}}
	s.said = newSaid(clocks(tokenize(l.Text, s.names.plain)), asItIs)
	s.strict = len(s.tokens)
	speaksOfRest := false
	for i := range s.tokens {
		t := &s.tokens[i]
		s.before = append(s.before, len(s.titles))
		switch named := s.resolve(t); {
		case named:
			s.titles = append(s.titles, s.names.titles[normalName(t.name)])
		case len(s.titles) > 0 && i < s.strict && slices.Contains(pluralWords, t.text):
			s.strict = i
		}
		speaksOfRest = speaksOfRest || slices.Contains(restWords, t.text)
	}
	if len(s.titles) < 2 {
		s.strict = len(s.tokens)
	}
	named := len(s.named())
	s.ofDay = []reading{
		{s.said, []phrases{neutral, aboutMore(p.Unusual, named)}},
		s.read(markDate(p.date), dateNames),
		s.read(markCount(p.Unusual), aboutUnusual(p), p.true.ofCounts(p)),
	}
	if others := p.Total - p.Unusual; speaksOfRest && (len(events) == 0 || named == p.Unusual) {
		s.ofDay = append(s.ofDay, s.read(markCount(others), aboutRest(others)))
	}
	return s
}

// named returns the IDs of the events that the line names.
func (s *saying) named() map[string]bool {
	ids := make(map[string]bool, len(s.titles))
	for _, events := range s.titles {
		for _, e := range events {
			ids[e.ID] = true
		}
	}
	return ids
}

// resolve reports whether the token names an event. It takes a comma or full stop
// out of a quotation, where American usage puts it, if that leaves a name.
func (s *saying) resolve(t *token) bool {
	for _, name := range []string{t.name, strings.TrimRight(t.name, ",.")} {
		if events := s.names.titles[normalName(name)]; len(events) > 0 && (t.quote || t.name != "") {
			t.name = events[0].Title
			return true
		}
		if calendar, ok := s.names.calendars[normalName(name)]; ok && (t.quote || t.name != "") {
			t.name = calendar
			return false
		}
	}
	return false
}

// pluralWords say something of several events at once.
var pluralWords = []string{"both", "are", "were", "have", "they", "them", "their", "these", "those", "which", "together", "take", "run", "last", "happen", "occur", "start", "begin", "end"}

// uncovered lays phrases end to end over the tokens, and returns the index of the
// first that none reaches, or -1 if all are covered.
//
// What is said after names of events is said of them: of all the names since
// something was last said. So a line may speak of several events in turn, and no
// time can go from one to another. What is said before any name is said of all
// that are cited.
//
// reached[i] holds the states in which the i-th token can be reached, as a set of
// bits: 2g if the names spoken of are those from the g-th on, and 2g+1 if
// something has been said of them.
func (s *saying) uncovered() int {
	if len(s.titles) > mostNames {
		return 0
	}
	reached := make([]uint64, len(s.tokens)+1)
	reached[0] = 1
	furthest := 0
	for i := range s.tokens {
		if reached[i] != 0 {
			furthest = i
			s.step(i, reached)
		}
	}
	if reached[len(s.tokens)] != 0 {
		return -1
	}
	return furthest
}

// step marks what can be reached from the i-th token.
func (s *saying) step(i int, reached []uint64) {
	states, t := reached[i], s.tokens[i]
	if t.quote || t.name != "" {
		s.stepOverName(i, reached)
		return
	}
	if strings.Contains(punctuation, t.text) {
		reached[i+1] |= states
	}
	if n := s.lead(i); n > 0 {
		reached[i+n] |= states
	}
	for _, r := range s.ofDay {
		r.lengths(i, func(n int) { reached[i+n] |= states })
	}
	for left := states; left != 0; left &= left - 1 {
		state := bits.TrailingZeros64(left)
		about := s.about(i, state/2)
		if len(about) == 0 {
			continue
		}
		for _, r := range s.readings(about[0]) {
			r.lengths(i, func(n int) {
				if s.trueOfAll(i, n, about[1:]) {
					reached[i+n] |= 1 << (state | 1)
				}
			})
		}
	}
}

// lead returns the number of words at the i-th token that may stand before the name
// that follows: "then" if it is of a later event than those before, "only" if it is
// of the only unusual one. It is 0 if there are none.
func (s *saying) lead(i int) int {
	named := func(n int) bool {
		return i+n < len(s.tokens) && s.before[i+n] < len(s.titles) && len(s.names.titles[normalName(s.tokens[i+n].name)]) > 0
	}
	switch {
	case s.tokens[i].text == "only" && named(1) && s.unusual == 1:
		return 1
	case s.tokens[i].text == "then" && named(1) && s.inOrder(i):
		return 1
	case s.tokens[i].text == "followed" && named(2) && s.tokens[i+1].text == "by" && s.inOrder(i):
		return 2
	}
	return 0
}

// inOrder reports whether the next name after the i-th token is of an event later
// than those named before. Events are cited in order of time.
func (s *saying) inOrder(i int) bool {
	n := s.before[i]
	if n == 0 {
		return false
	}
	next := s.titles[n][0].number
	return !slices.ContainsFunc(slices.Concat(s.titles[:n]...), func(e promptEvent) bool { return e.number >= next })
}

func (s *saying) stepOverName(i int, reached []uint64) {
	name := normalName(s.tokens[i].name)
	for left := reached[i]; left != 0; left &= left - 1 {
		state := bits.TrailingZeros64(left)
		if len(s.names.titles[name]) > 0 {
			if fresh := s.before[i]; state&1 == 1 || state/2 >= fresh {
				reached[i+1] |= 1 << (2 * fresh)
			} else {
				reached[i+1] |= 1 << state
			}
		}
		if s.isCalendar(i) && s.areIn(name, s.about(i, state/2)) {
			reached[i+1] |= 1 << (state | 1)
		}
	}
}

// about returns the events that what is said at the i-th token is said of, if the
// names spoken of are those from the g-th on.
func (s *saying) about(i, g int) []promptEvent {
	if g >= s.before[i] || i >= s.strict {
		return s.cited
	}
	if s.before[i] == g+1 {
		return s.titles[g]
	}
	return slices.Concat(s.titles[g:s.before[i]]...)
}

// readings returns the line as it is read when something is said of the event.
func (s *saying) readings(e promptEvent) []reading {
	r, ok := s.ofEach[e.ID]
	if !ok {
		t := s.truths.ofEvent(e)
		r = []reading{{s.said, t.own}, s.read(markTimes(e), t.marked...)}
		s.ofEach[e.ID] = r
	}
	return r
}

// trueOfAll reports whether n tokens from the i-th on are true of the events.
func (s *saying) trueOfAll(i, n int, events []promptEvent) bool {
	return !slices.ContainsFunc(events, func(e promptEvent) bool {
		return !slices.ContainsFunc(s.readings(e), func(r reading) bool { return r.has(i, n) })
	})
}

// isCalendar reports whether the i-th token, a name, can be read as a calendar's:
// it is in quotation marks, or beside the word.
func (s *saying) isCalendar(i int) bool {
	if s.tokens[i].quote {
		return true
	}
	word := func(k int) string {
		if k < 0 || k >= len(s.tokens) {
			return ""
		}
		return s.tokens[k].text
	}
	return word(i+1) == "calendar" || word(i-1) == "calendar" || word(i-1) == "(" && word(i+1) == ")"
}

func (s *saying) areIn(calendar string, events []promptEvent) bool {
	return len(events) > 0 && !slices.ContainsFunc(events, func(e promptEvent) bool { return normalName(e.Calendar) != calendar })
}

// saysCancelled reports whether it is said that the event is cancelled: after its
// name and before that of one that is not.
func (s *saying) saysCancelled(e promptEvent) bool {
	speaking, everyone := false, !slices.ContainsFunc(s.cited, func(e promptEvent) bool { return !e.isCancelled() })
	for i, t := range s.tokens {
		if t.quote || t.name != "" {
			events := s.names.titles[normalName(t.name)]
			named := slices.ContainsFunc(events, func(x promptEvent) bool { return x.ID == e.ID })
			speaking = named || speaking && !slices.ContainsFunc(events, func(x promptEvent) bool { return !x.isCancelled() })
			continue
		}
		said := false
		reading{s.said, cancelledPhrases}.lengths(i, func(int) { said = true })
		if said && (speaking || everyone) {
			return true
		}
	}
	return false
}

var cancelledPhrases = []phrases{newPhrases(cancelledWords...)}
