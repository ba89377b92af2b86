package novelty

import (
	"cmp"
	"time"

	"foreday/summarizer"
)

func (m *Model) age(now time.Time) time.Duration { return now.Sub(m.asOf) }

// size is about how many bytes the Model takes: tables and all.
func (m *Model) size() int {
	size := 4096
	for _, h := range m.patterns {
		size += 320 + 90*len(h.Held) + 32*len(h.Parts)
	}
	return size
}

// serves reports whether the model knows all that the stretch takes in.
func (m *Model) serves(s stretch) bool {
	return m.leadsTo(s.first) && !m.until.Before(s.until())
}

// leadsTo reports whether the model knows the year before the week and reaches
// near it, and has been learnt as a whole not long ago.
func (m *Model) leadsTo(week summarizer.Date) bool {
	since := m.whole.DaysUntil(week.AddDays(7 + ahead))
	return !week.AddDays(-memory).Before(m.from) && -wholeFor <= since && since <= wholeFor
}

// supersedes reports whether m is the one to go on from.
func (m *Model) supersedes(o *Model) bool {
	return cmp.Or(m.until.Compare(o.until), m.asOf.Compare(o.asOf)) > 0
}
