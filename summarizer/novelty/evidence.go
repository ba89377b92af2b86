package novelty

import (
	"math"
	"slices"

	"foreday/summarizer"
)

const (
	// routineFrom is the number of times in a year from which on something is
	// routine, however long ago they were.
	routineFrom = 4
	// fading is the number of days after which an occurrence weighs half.
	fading = 60
	// maxCandidates bounds how many patterns of an hour of the week are compared.
	maxCandidates = 256
)

// judged is an event that is judged, and the evidence: all of it is of the year
// before the event, ascending.
type judged struct {
	model   *Model
	event   summarizer.Event
	at      occurred
	title   fingerprint
	line    line
	all     []occurred // its title, and what counts as the same: before and after the event, too
	same    []occurred // its title
	similar []occurred // its title, and nearly the same ones where it may be one of them
	own     []sighting // its series
	running bool       // it began before the day that is judged
}

// examine gathers the evidence about an event.
func (m *Model) examine(p *hasher, e summarizer.Event) judged {
	j := m.meet(p, e)
	j.all = m.timesOf(j.title)
	j.same = yearBefore(j.all, j.at.On)
	if e.SeriesID != "" {
		j.own = yearBefore(m.series[j.line.Root], j.at.On)
	}
	j.similar = j.findSimilar()
	return j
}

// meet returns what an event says of itself.
func (m *Model) meet(p *hasher, e summarizer.Event) judged {
	return judged{model: m, event: e, at: placed(e, m.zone), title: p.fingerprint(e.Title), line: p.line(e.SeriesID)}
}

// cancelled reports whether the event does not take place.
func (j *judged) cancelled() bool { return j.event.Status == summarizer.Cancelled }

// seen returns when the event was met, by its title or as its series, each
// occurrence once.
func (j *judged) seen() []occurred { return union(j.same, j.retitled()) }

// retitled returns when its series was met under other titles.
func (j *judged) retitled() []occurred {
	var others []occurred
	for _, s := range j.own {
		if !s.pattern.sameTitle(j.title) {
			others = append(others, s.occurred)
		}
	}
	return others
}

// findSimilar adds patterns with nearly the same title, if they go on in a rhythm of
// their own: the same but for numbers, or, where they have their place, but for the
// spelling of a word or two or for words that say nothing more. What is the same
// but for numbers counts elsewhere, too, if it has its places: it was moved, or is
// an extra one.
func (j *judged) findSimilar() []occurred {
	similar := j.same
	if kin := yearBefore(j.model.kinds[j.title.Kind], j.at.On); len(kin) > len(j.same) && goesOn(kin, j.at.On) {
		if usual := scheduleOf(kin); len(usual.places) > 0 || j.fits(usual) {
			similar = kin
			j.all = union(j.all, j.model.kinds[j.title.Kind])
		}
	}
	candidates := j.model.slots[j.at.place().slot(0)]
	for _, h := range candidates[:min(len(candidates), maxCandidates)] {
		if h.Kind == j.title.Kind || h.sameTitle(j.title) || !h.alike(j.title) && !h.paddedTo(j.title, j.model.neutral) {
			continue
		}
		held := yearBefore(h.Held, j.at.On)
		if !goesOn(held, j.at.On) {
			continue
		}
		if usual := scheduleOf(held); j.fits(usual) && j.inMonthlyTurn(usual) {
			similar = union(similar, held)
		}
	}
	return similar
}

// fits reports whether the event is where something is repeatedly, or has no place
// in the week, but a time of day. What has neither may be anywhere.
func (j *judged) fits(usual schedule) bool {
	near := countNear(usual.latest, j.at.place(), nearby)
	keepsClock := usual.clock != noClock
	return near >= 2 || len(usual.places) == 0 && (!keepsClock || closeClock(usual.clock, j.at.Minute, usual.drift))
}

// inMonthlyTurn reports whether the event is a month or several after the last time of
// what is held monthly, and on no weekday of its own: whose place is in the month.
func (j *judged) inMonthlyTurn(usual schedule) bool {
	if len(usual.places) > 0 || usual.rhythm() != summarizer.Monthly {
		return true
	}
	months := j.at.On - usual.latest[len(usual.latest)-1].On
	for months > 35 {
		months -= 30
	}
	return months >= 28
}

// aYearBefore returns the day about a year before on which the title was met.
func (j *judged) aYearBefore() (int32, bool) {
	i := searchDay(j.all, j.at.On-memory-yearlyShift)
	if i < len(j.all) && j.all[i].On <= j.at.On-memory+yearlyShift {
		return j.all[i].On, true
	}
	return 0, false
}

// yearlyShift is how many days earlier or later in the year something yearly may
// be: the first Monday in May moves by a week, and one more in leap years.
const yearlyShift = 8

// uncertainty falls from 1 to 0 the more often and the more recently something
// was held before the day.
func uncertainty(held []occurred, on int32) float64 {
	weight := 0.0
	for _, o := range slices.Backward(held) {
		weight += math.Exp2(-float64(on-o.On) / fading)
		if weight >= routineFrom {
			return 0
		}
	}
	return 1 - weight/routineFrom
}

// dated is what is kept in order of time.
type dated interface{ day() int32 }

func (o occurred) day() int32 { return o.On }

func yearBefore[T dated](sorted []T, on int32) []T {
	return sorted[searchDay(sorted, on-memory):searchDay(sorted, on)]
}

// searchDay returns the index of the first that is on the day or later.
func searchDay[T dated](sorted []T, day int32) int {
	i, _ := slices.BinarySearchFunc(sorted, day, func(o T, day int32) int { return int(o.day() - day) })
	return i
}

// union returns both, ascending, each occurrence once.
func union(a, b []occurred) []occurred {
	switch {
	case len(b) == 0:
		return a
	case len(a) == 0:
		return b
	}
	all := slices.Concat(a, b)
	slices.SortFunc(all, occurred.compare)
	return slices.Compact(all)
}
