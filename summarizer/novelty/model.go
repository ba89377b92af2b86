package novelty

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"regexp"
	"slices"
	"time"

	"foreday/summarizer"
)

const (
	// memory is how many days of the past count: one year.
	memory = 365
	// remembered is how many days of the past a Model keeps: a year, the week by
	// which "the first Monday in May" comes later than the year before, and as long
	// as an event may run and be judged as on its first day: a summer's holidays.
	remembered = memory + yearlyShift + runs
	runs       = 8 * 7
	// ahead is how many days after the week in which it is judged by a Model keeps:
	// what is planned tells what was moved from what comes in addition.
	ahead = 14
	// endsKept is how many days before Model.until it keeps when days ended: the weeks
	// that tell what is usual before any week that it may still serve.
	endsKept = 7*usualWeeks + 7 + ahead + 2*wholeFor
	// maxHeld bounds the occurrences that a Model keeps; the latest count.
	maxHeld = 100_000
	// maxPatterns bounds the titles that a Model keeps: nobody lives by so many, and
	// they are most of its size.
	maxPatterns = 3_000
)

// Model is what is usual for one person: when something happened, and under
// which title, of which only hashes under the person's key are kept. It does not
// change, and is safe for concurrent use; Update returns another.
type Model struct {
	key         Key
	zone        *time.Location
	from, until summarizer.Date // what is known lies in [from, until)
	whole       summarizer.Date // what until was when all of it was learnt at once
	cut         bool            // some of what lies in there is not known: it was too much
	asOf        time.Time       // when a Learner asked for the history
	calendars   mark            // a hash of those whose events count

	patterns []*pattern
	// ends says when the last timed event that started on a day ended, in minutes of
	// that day, at most 24*60; by days, of the last endsKept ones.
	ends map[int32]int16

	words, letters map[mark][]*pattern
	kinds          map[mark][]occurred // of all patterns of a kind, ascending
	series         map[mark][]sighting // by line.root, ascending
	slots          map[int][]*pattern  // what may be met in an hour of the week; see slotsOf
	neutral        map[part]bool       // words that say nothing more of an event
	first          int32               // the first day on which anything happened
	firstWeeks     []int32             // the Mondays of the first weeks in which anything happened
}

// pattern is all that happened under one title, or others with the same words and
// letters.
type pattern struct {
	fingerprint
	Held []occurred // ascending
}

// occurred is one time that something happened, by the clocks of Model.zone.
type occurred struct {
	On     int32 // days since 1970-01-01
	Minute int16 // of the day, or allDay
	Line   line  // zero if it is of no series
}

// allDay stands for no minute.
const allDay = -1

// line is a series. Google gives it a new ID whenever "this and all following"
// are changed; the root stays the same.
type line struct{ Root, Branch mark }

// sighting is an occurrence of a series, and the title it had.
type sighting struct {
	occurred
	pattern *pattern
}

var _ summarizer.Routine = (*Model)(nil)

// Learn returns a Model of the events that start in [from, until), in any order
// and by the clocks of zone. Cancelled ones are left out.
func Learn(key Key, zone *time.Location, from, until summarizer.Date, events []summarizer.Event) *Model {
	nothing := &Model{key: key, zone: zone, from: from, until: from, whole: until}
	return nothing.Update(from, until, events)
}

// endsFrom returns the first day of which it is kept when it ended.
func (m *Model) endsFrom() int32 { return dayNumber(m.until.AddDays(-endsKept)) }

// timesOf returns all that is known under the title, ascending: what has its words
// in any order, and what has its letters with other spaces between.
func (m *Model) timesOf(p fingerprint) []occurred {
	var all []occurred
	for _, h := range m.words[p.Words] {
		all = union(all, h.Held)
	}
	for _, h := range m.letters[p.Letters] {
		if h.Words != p.Words {
			all = union(all, h.Held)
		}
	}
	return all
}

// index makes the tables by which a judgement finds what it needs.
func (m *Model) index() {
	m.words, m.letters = map[mark][]*pattern{}, map[mark][]*pattern{}
	m.kinds, m.slots, m.series = map[mark][]occurred{}, map[int][]*pattern{}, map[mark][]sighting{}
	m.first = math.MaxInt32
	weeks := map[int32]bool{}
	for _, h := range m.patterns {
		m.first = min(m.first, h.Held[0].On)
		m.words[h.Words], m.letters[h.Letters] = append(m.words[h.Words], h), append(m.letters[h.Letters], h)
		m.kinds[h.Kind] = append(m.kinds[h.Kind], h.Held...)
		for slot := range slotsOf(h.Held) {
			m.slots[slot] = append(m.slots[slot], h)
		}
		for _, o := range h.Held {
			weeks[monday(o.On)] = true
			if o.Line != (line{}) {
				m.series[o.Line.Root] = append(m.series[o.Line.Root], sighting{o, h})
			}
		}
	}
	for _, held := range m.kinds {
		slices.SortFunc(held, occurred.compare)
	}
	for _, s := range m.series {
		slices.SortFunc(s, func(a, b sighting) int { return a.compare(b.occurred) })
	}
	m.neutral = newHasher(m.key).neutral()
	m.firstWeeks = slices.Sorted(maps.Keys(weeks))
	m.firstWeeks = m.firstWeeks[:min(len(m.firstWeeks), coldWeeks)]
}

func (o occurred) compare(p occurred) int {
	return cmp.Or(cmp.Compare(o.On, p.On), cmp.Compare(o.Minute, p.Minute),
		bytes.Compare(o.Line.Root[:], p.Line.Root[:]), bytes.Compare(o.Line.Branch[:], p.Line.Branch[:]))
}

// following is what Google adds to a series' ID when all that follow a time are
// changed.
var following = regexp.MustCompile(`_R\d{8}(T\d{6}Z?)?$`)

// line returns what is kept of a series' ID, if there is one.
func (p *hasher) line(id string) line {
	if id == "" {
		return line{}
	}
	return line{Root: p.hash("series", following.ReplaceAllString(id, "")), Branch: p.hash("series", id)}
}
