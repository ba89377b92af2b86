package openai

// Marks stand for what differs from day to day and from event to event, so that
// most phrases are the same for all, and are made only once. No line holds them:
// tokenize takes control characters out.
const (
	nameMark    = "\x00" // a name
	startMark   = "\x01" // when the event starts
	endMark     = "\x02" // when it ends
	weekdayMark = "\x03"
	dayMark     = "\x04" // of the month: 23
	nthMark     = "\x05" // 23rd
	monthMark   = "\x06"
	yearMark    = "\x07"
	countMark   = "\x08"
)

// reading is a line with marks for some of its words, and what may be said then.
type reading struct {
	said
	sets []phrases
}

// read returns the line with marks.
func (s said) read(mark func(word string) string, sets ...phrases) reading {
	return reading{newSaid(s.tokens, mark), sets}
}

// lengths calls f with the number of tokens of each phrase that stands at the i-th.
func (r reading) lengths(i int, f func(n int)) {
	for _, set := range r.sets {
		longest := min(set.longest[r.phrase(i, 1)], len(r.tokens)-i)
		for n := 1; n <= longest; n++ {
			if set.has[r.phrase(i, n)] {
				f(n)
			}
		}
	}
}

// has reports whether n tokens from the i-th on are a phrase.
func (r reading) has(i, n int) bool {
	for _, set := range r.sets {
		if set.has[r.phrase(i, n)] {
			return true
		}
	}
	return false
}
