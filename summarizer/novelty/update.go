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
			lines: []line{{}}, ends: map[int32]int16{},
		},
		hasher: newHasher(m.key),
		same:   map[spelling]*pattern{},
		titles: map[string]*pattern{},
		ids:    map[string]int32{},
		places: map[line]int32{},
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
	ids    map[string]int32    // indices of lines by the IDs of series
	places map[line]int32      // indices of lines
}

// spelling is what titles of one pattern have in common.
type spelling struct{ words, letters uint64 }

// keep takes over what m knows from the day oldest on, without the days that are
// learnt anew. Habits are copied, as m must not change.
func (u *updating) keep(m *Model, oldest, from, until int32) {
	for _, h := range m.patterns {
		kept := &pattern{fingerprint: h.fingerprint}
		for _, o := range h.Held {
			if o.On >= oldest && (o.On < from || o.On >= until) {
				o.Line = u.place(m.lines[o.Line])
				kept.Held = append(kept.Held, o)
			}
		}
		if len(kept.Held) > 0 {
			u.enter(kept)
		}
	}
	for day, end := range m.ends {
		if day >= max(oldest, u.endsFrom()) && (day < from || day >= until) {
			u.ends[day] = end
		}
	}
}

// endsFrom returns the first day of which it is kept when it ended.
func (u *updating) endsFrom() int32 { return dayNumber(u.until.AddDays(-endsKept)) }

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
		u.titles[e.Title] = h
	}
	at.Line = u.lineOf(e.SeriesID)
	h.Held = append(h.Held, at)
	if !e.AllDay && at.On >= u.endsFrom() {
		u.ends[at.On] = max(u.ends[at.On], endOf(e, at, u.zone))
	}
}

func (u *updating) lineOf(id string) int32 {
	if id == "" {
		return 0
	}
	n, known := u.ids[id]
	if !known {
		n = u.place(u.hasher.line(id))
		u.ids[id] = n
	}
	return n
}

// place returns the index of l in lines, where it is put if need be.
func (u *updating) place(l line) int32 {
	if l == (line{}) {
		return 0
	}
	n, known := u.places[l]
	if !known {
		n = int32(len(u.lines))
		u.lines = append(u.lines, l)
		u.places[l] = n
	}
	return n
}

// bound drops what is too much: the oldest, and the titles that were met least often
// and least lately, without which what is usual can be told only so far.
func (u *updating) bound() {
	u.boundHeld()
	if len(u.patterns) <= maxPatterns {
		return
	}
	slices.SortStableFunc(u.patterns, func(a, b *pattern) int {
		return cmp.Or(cmp.Compare(len(b.Held), len(a.Held)), cmp.Compare(b.last(), a.last()))
	})
	u.patterns, u.cut = slices.Clone(u.patterns[:maxPatterns]), true
	u.forgetLines()
}

// last is the latest day on which it happened.
func (h *pattern) last() int32 {
	return slices.MaxFunc(h.Held, func(a, b occurred) int { return cmp.Compare(a.On, b.On) }).On
}

// forgetLines drops the series of which nothing is left.
func (u *updating) forgetLines() {
	lines := u.lines
	u.lines, u.places = []line{{}}, map[line]int32{}
	for _, h := range u.patterns {
		for i, o := range h.Held {
			h.Held[i].Line = u.place(lines[o.Line])
		}
	}
}

func (u *updating) boundHeld() {
	var days []int32
	for _, h := range u.patterns {
		for _, o := range h.Held {
			days = append(days, o.On)
		}
	}
	if len(days) <= maxHeld {
		return
	}
	slices.Sort(days)
	oldest := days[len(days)-maxHeld] + 1
	for _, h := range u.patterns {
		h.Held = slices.DeleteFunc(h.Held, func(o occurred) bool { return o.On < oldest })
	}
	u.patterns = slices.DeleteFunc(u.patterns, func(h *pattern) bool { return len(h.Held) == 0 })
	maps.DeleteFunc(u.ends, func(day int32, _ int16) bool { return day < oldest })
}
