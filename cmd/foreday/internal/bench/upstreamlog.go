package bench

import (
	"slices"
	"sync"
	"time"

	"foreday/summarizer/openai/openaitest"
)

// upstreamLog is what reached the model's stand-in, and when, by the clock of its
// limits. What the limits allow is judged by it alone.
type upstreamLog struct {
	rpm, tpm int

	mu   sync.Mutex
	seen []openaitest.Seen
}

func (l *upstreamLog) note(s openaitest.Seen) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, s)
}

// all returns what was seen so far, in the order in which it arrived.
func (l *upstreamLog) all() []openaitest.Seen {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Clone(l.seen)
	slices.SortStableFunc(all, func(a, b openaitest.Seen) int { return a.At.Compare(b.At) })
	return all
}

// refused counts what the limits refused.
func (l *upstreamLog) refused() (n int) {
	for _, s := range l.all() {
		if s.Refused != "" {
			n++
		}
	}
	return n
}

// limitWindow is the span over which the stand-ins' limits count.
const limitWindow = time.Minute

// usage is what some calls used.
type usage struct{ requests, tokens int }

// between sums up what arrived from the one moment on and before the other.
func between(all []openaitest.Seen, from, until time.Time) (sum usage) {
	first, _ := slices.BinarySearchFunc(all, from, func(s openaitest.Seen, t time.Time) int { return s.At.Compare(t) })
	for _, s := range all[first:] {
		if !s.At.Before(until) {
			break
		}
		sum.requests++
		sum.tokens += s.Tokens
	}
	return sum
}

// used returns which part of a limit the window that begins at from used: that
// of the requests or of the tokens, whichever is more.
func (l *upstreamLog) used(all []openaitest.Seen, from time.Time) float64 {
	sum := between(all, from, from.Add(limitWindow))
	return max(part(sum.requests, l.rpm), part(sum.tokens, l.tpm))
}

// part returns n as a part of the limit; there may be none.
func part(n, limit int) float64 {
	if limit == 0 {
		return 0
	}
	return float64(n) / float64(limit)
}

// utilisation is how much of what the limits allow was used in the windows that
// begin from the one moment on and end until the other, one each tenth of a
// second, on average.
func (l *upstreamLog) utilisation(from, until time.Time) float64 {
	all, sum, n := l.all(), 0.0, 0
	for t := from; !t.Add(limitWindow).After(until); t = t.Add(100 * time.Millisecond) {
		sum += l.used(all, t)
		n++
	}
	return sum / float64(max(n, 1))
}
