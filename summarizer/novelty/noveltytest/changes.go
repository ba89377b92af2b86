package noveltytest

import (
	"strings"
	"time"
)

// change is what is done to one occurrence.
type change struct {
	what  Change
	shift time.Duration
	name  string
}

// title returns what the occurrence is called, if it is usually called so.
func (c change) title(usual string) string {
	if c.name != "" {
		return c.name
	}
	return usual
}

// shifts are how far people move things.
var shifts = []time.Duration{
	30 * time.Minute, time.Hour, -time.Hour, 2 * time.Hour, -90 * time.Minute, 24 * time.Hour, -24 * time.Hour,
	26 * time.Hour, 48 * time.Hour, 3 * time.Hour, 45 * time.Minute, -22 * time.Hour,
}

// plan picks which of n occurrences are changed: in the later two thirds, when
// there is a routine, and never two in a row.
func (g *growing) plan(r routine, n int) map[int]change {
	changes := map[int]change{}
	free := func() int {
		for {
			i := n/3 + g.random.IntN(n-n/3)
			if r.split { // the part that follows is a series of its own
				i = n/3 + g.random.IntN(n/5)
			}
			_, before := changes[i-1]
			_, same := changes[i]
			_, after := changes[i+1]
			if !before && !same && !after {
				return i
			}
		}
	}
	for range r.moved {
		shift := shifts[g.random.IntN(len(shifts))]
		if strings.Contains(r.rule, "BYDAY=MO,TU,WE,TH,FR") { // to another day would be on top of another
			shift = shifts[g.random.IntN(5)]
		}
		if r.at == "" {
			shift = []time.Duration{-48, -24, 24, 48}[g.random.IntN(4)] * time.Hour
		}
		changes[free()] = change{what: Moved, shift: shift}
	}
	for _, name := range r.renamed {
		changes[free()] = change{what: Renamed, name: name}
	}
	for _, name := range r.padded {
		changes[free()] = change{what: Padded, name: name}
	}
	if r.extra {
		changes[free()] = change{what: Extra}
	}
	if r.calledOff != "" {
		changes[free()] = change{what: CalledOff, name: r.calledOff + r.titles[0]}
	}
	return changes
}
