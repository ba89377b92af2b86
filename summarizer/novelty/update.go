package novelty

import (
	"cmp"
	"maps"
	"slices"

	"foreday/summarizer"
)

// Update returns a Model in which the events are all that starts in [from,
// until); what else m knows is kept, unless it is more than a year older than
// until. The days between what m knows and from, if any, count as known.
func (m *Model) Update(from, until summarizer.Date, events []summarizer.Event) *Model {
	u := updating{
		Model: &Model{
			key: m.key, zone: m.zone, from: earlier(m.from, from), until: later(m.until, until), whole: m.whole, cut: m.cut,
			ends: map[int32]int16{},
		},
		hasher: newHasher(m.key),
		same:   map[spelling]*pattern{},
		titles: map[string]*pattern{},
		lines:  map[string]line{},
	}
	u.from = later(u.from, u.until.AddDays(-remembered-7-ahead))
	u.keep(m, dayNumber(u.from), dayNumber(from), dayNumber(until))
	for _, e := range events {
		at := placed(e, m.zone)
		if e.Status != summarizer.Cancelled && at.On >= dayNumber(later(from, u.from)) && at.On < dayNumber(until) {
			u.add(e, at)
		}
	}
	u.bound()
	u.index()
	return u.Model
}

// updating is a Model being made.
type updating struct {
	*Model
	hasher *hasher
	same   map[spelling]*pattern
	titles map[string]*pattern // as they were written
	lines  map[string]line     // by the IDs of series
}

// spelling is what titles of one pattern have in common.
type spelling struct{ words, letters mark }

// keep takes over what m knows from the day oldest on, without the days that are
// learnt anew. Patterns are copied, as m must not change.
func (u *updating) keep(m *Model, oldest, from, until int32) {
	anew := func(day int32) bool { return day < oldest || day >= from && day < until }
	for _, h := range m.patterns {
		held := slices.DeleteFunc(slices.Clone(h.Held), func(o occurred) bool { return anew(o.On) })
		if len(held) > 0 {
			u.enter(&pattern{h.fingerprint, held})
		}
	}
	for day, end := range m.ends {
		if day >= u.endsFrom() && !anew(day) {
			u.ends[day] = end
		}
	}
}

func (u *updating) enter(h *pattern) {
	u.patterns = append(u.patterns, h)
	u.same[spelling{h.Words, h.Letters}] = h
}

func (u *updating) add(e summarizer.Event, at occurred) {
	h := u.titles[e.Title]
	if h == nil {
		p := u.hasher.fingerprint(e.Title)
		if h = u.same[spelling{p.Words, p.Letters}]; h == nil {
			h = &pattern{fingerprint: p}
			u.enter(h)
		}
		h.Parts, u.titles[e.Title] = p.Parts, h
	}
	known := false
	if at.Line, known = u.lines[e.SeriesID]; !known {
		at.Line = u.hasher.line(e.SeriesID)
		u.lines[e.SeriesID] = at.Line
	}
	h.Held = append(h.Held, at)
	if !e.AllDay && at.On >= u.endsFrom() {
		u.ends[at.On] = max(u.ends[at.On], endOf(e, at, u.zone))
	}
}

// bound drops what is too much: the oldest, and the titles that were met least often
// and least lately, without which what is usual can be told only so far. It puts the
// others in order of time, and forgets how what is not routine is spelt.
func (u *updating) bound() {
	var days []int32
	for _, h := range u.patterns {
		for _, o := range h.Held {
			days = append(days, o.On)
		}
	}
	if len(days) > maxHeld {
		slices.Sort(days)
		u.forgetBefore(days[len(days)-maxHeld] + 1)
	}
	for _, h := range u.patterns {
		slices.SortFunc(h.Held, occurred.compare)
		if len(h.Held) < routineFrom {
			h.Parts = nil
		}
	}
	if len(u.patterns) > maxPatterns {
		slices.SortStableFunc(u.patterns, func(a, b *pattern) int {
			return cmp.Or(cmp.Compare(len(b.Held), len(a.Held)), cmp.Compare(b.last(), a.last()))
		})
		u.patterns, u.cut = slices.Clone(u.patterns[:maxPatterns]), true
	}
	slices.SortStableFunc(u.patterns, func(a, b *pattern) int { return a.Held[0].compare(b.Held[0]) })
}

// last is the latest day on which it happened.
func (h *pattern) last() int32 { return h.Held[len(h.Held)-1].On }

func (u *updating) forgetBefore(oldest int32) {
	for _, h := range u.patterns {
		h.Held = slices.DeleteFunc(h.Held, func(o occurred) bool { return o.On < oldest })
	}
	u.patterns = slices.DeleteFunc(u.patterns, func(h *pattern) bool { return len(h.Held) == 0 })
	maps.DeleteFunc(u.ends, func(day int32, _ int16) bool { return day < oldest })
}
