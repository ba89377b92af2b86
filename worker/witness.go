package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/quota"
)

// Witness tells from outside whether what readers are given as fresh is so: it compares a few
// copies with their calendars. One that differs need not be wrong, as a message may be on
// its way: it counts as inconsistent only if the same copy is still given, and still
// differs, 1, 5 and 10 minutes later. (So does Polaris, which watches Meta's caches.)
//
// Which copies is drawn when they are made ([Refresher].SampleOneIn), and each is looked at
// at any time of its life. All witnesses share what there is to look at. Calendars are read
// in the lowest class of the quota, and what cannot be read for now is left for later.
type Witness struct {
	Store   *freshness.Store
	Source  summarizer.Source
	Metrics *WitnessMetrics // nil counts nothing
	Log     zerolog.Logger
	// Minute is how long a minute is; 0 is a minute. Tests cannot wait for that.
	Minute time.Duration

	mu   sync.Mutex
	seen Seen
}

// Seen is what one witness has seen.
type Seen struct {
	Compared int `json:"compared"` // copies, with their calendars, for the first time
	Differed int `json:"differed"` // of those, at that first look
	Gone     int `json:"gone"`     // copies that were made anew, or had ended, before
	Unread   int `json:"unread"`   // copies whose calendars could not be read
	// After is what came of the copies, by how long after the first look.
	After map[string]freshness.Witnessed `json:"after"`
}

// witnessAfter are the minutes after which a copy that differed is looked at again.
var witnessAfter = []int{1, 5, 10}

// WitnessAfter are the names of the times after which a copy that differed is looked at
// again: 1m, 5m and 10m.
func WitnessAfter() (names []string) {
	for _, minutes := range witnessAfter {
		names = append(names, fmt.Sprintf("%dm", minutes))
	}
	return names
}

const (
	// witnessHide is how long others leave alone what one witness has in hand, and when
	// it is tried again if it could not be read.
	witnessHide = 30 * time.Second
	// witnessPatience bounds one comparison.
	witnessPatience = 20 * time.Second
)

// WitnessMetrics counts what witnesses find.
type WitnessMetrics struct{ found *prometheus.CounterVec }

// NewWitnessMetrics registers foreday_witnessed_total{after,outcome}.
func NewWitnessMetrics(reg prometheus.Registerer) *WitnessMetrics {
	m := &WitnessMetrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_witnessed_total",
		Help: "Fresh copies compared with their calendars, by how long after they first differed, and whether they still did.",
	}, []string{"after", "outcome"})}
	reg.MustRegister(m.found)
	for _, after := range WitnessAfter() {
		m.add(after, freshness.Witnessed{})
	}
	return m
}

func (m *WitnessMetrics) add(after string, w freshness.Witnessed) {
	if m != nil {
		m.found.WithLabelValues(after, "consistent").Add(float64(w.Consistent))
		m.found.WithLabelValues(after, "inconsistent").Add(float64(w.Inconsistent))
	}
}

// Run looks until ctx is done.
func (w *Witness) Run(ctx context.Context) {
	failing := false
	for rest := aheadEvery; pause(ctx, rest/2+rand.N(rest)); {
		next, err := w.Look(ctx)
		rest = max(aheadEvery, min(next, restMost))
		if err != nil && !failing && ctx.Err() == nil {
			w.Log.Warn().Err(err).Msg("comparing copies with calendars is held up; tried again every few seconds")
		}
		failing = err != nil
	}
}

// Look looks at all copies that are due, and returns after what time there is more. It stops
// where a calendar cannot be read for now: nothing is urgent here.
func (w *Witness) Look(ctx context.Context) (next time.Duration, err error) {
	for {
		entries, next, err := w.Store.Samples().Claim(ctx, 1, witnessHide)
		if err != nil || len(entries) == 0 {
			return next, err
		}
		if err := w.look(ctx, entries[0]); err != nil {
			if errors.As(err, new(summarizer.Deferred)) || errors.As(err, new(*quota.Unavailable)) || errors.Is(err, summarizer.ErrTemporary) {
				w.Log.Debug().Err(err).Msg("a calendar is compared later")
				err = nil
			}
			return restMost, err
		}
	}
}

// Seen returns what this witness has seen so far.
func (w *Witness) Seen() Seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	seen.After = make(map[string]freshness.Witnessed)
	for _, after := range WitnessAfter() {
		seen.After[after] = w.seen.After[after]
	}
	return seen
}

// verdict is what a comparison found.
type verdict int

const (
	agrees  verdict = iota
	differs         // the copy is not what the calendar holds
	gone            // the copy was taken away, or another has taken its place
	unread          // nobody may read the calendar
)

// look sees to one entry of the ledger. Its ID is the copy's generation and at which of
// witnessAfter it is looked at, 0 being the first look.
func (w *Witness) look(ctx context.Context, entry freshness.Token) error {
	id, round, _ := strings.Cut(entry.ID, "/")
	generation, err := strconv.ParseInt(id, 10, 64)
	n, _ := strconv.Atoi(round)
	if err != nil || n < 0 || n > len(witnessAfter) {
		return w.Store.Samples().Settle(ctx, entry)
	}
	found, err := w.compare(ctx, entry, generation)
	if err != nil {
		return err
	}
	w.Log.Debug().Str("user", entry.User).Stringer("date", entry.Date).Int("look", n).Int("found", int(found)).
		Msg("compared with the calendar")
	if found == differs && n < len(witnessAfter) {
		again := freshness.Token{User: entry.User, Date: entry.Date, ID: fmt.Sprintf("%d/%d", generation, n+1)}
		if err := w.Store.Samples().Track(ctx, w.until(n), again); err != nil {
			return err
		}
	}
	if err := w.Store.Samples().Settle(ctx, entry); err != nil {
		return err
	}
	if found == differs && n > 0 {
		w.Log.Warn().Str("user", entry.User).Stringer("date", entry.Date).Int64("generation", generation).Str("after", WitnessAfter()[n-1]).
			Msg("a summary is given as fresh that is not what the calendar holds: was every change published?")
	}
	return w.Store.Witness(ctx, w.count(n, found))
}

// until is how long after look n the next one is.
func (w *Witness) until(n int) time.Duration {
	minute, before := w.Minute, 0
	if minute == 0 {
		minute = time.Minute
	}
	if n > 0 {
		before = witnessAfter[n-1]
	}
	return time.Duration(witnessAfter[n]-before) * minute
}

// count counts what look n found, and returns what is to be told of it: what is consistent
// once is so at all later times, and what differs is at the time of the look.
func (w *Witness) count(n int, found verdict) map[string]freshness.Witnessed {
	w.mu.Lock()
	defer w.mu.Unlock()
	from, to, each := max(n-1, 0), len(witnessAfter), freshness.Witnessed{Consistent: 1}
	switch {
	case found == unread, found == gone && n == 0:
		to = 0
	case found == differs:
		to, each = n, freshness.Witnessed{Inconsistent: 1}
	}
	if n == 0 {
		w.seen.add(found)
	}
	told := make(map[string]freshness.Witnessed)
	for i, after := range WitnessAfter() {
		if i >= from && i < to {
			told[after] = each
			w.Metrics.add(after, each)
			if w.seen.After == nil {
				w.seen.After = make(map[string]freshness.Witnessed)
			}
			w.seen.After[after] = w.seen.After[after].Add(each)
		}
	}
	return told
}

// add counts a first look.
func (s *Seen) add(found verdict) {
	switch found {
	case gone:
		s.Gone++
	case unread:
		s.Unread++
	case differs:
		s.Differed++
		s.Compared++
	case agrees:
		s.Compared++
	}
}

// compare reads the copy, and then the calendar.
func (w *Witness) compare(ctx context.Context, entry freshness.Token, generation int64) (verdict, error) {
	ctx, cancel := context.WithTimeout(quota.For(ctx, quota.Caller{User: entry.User, Priority: quota.Background}), witnessPatience)
	defer cancel()
	fresh, _, err := w.Store.Peek(ctx, entry.User, entry.Date)
	if err != nil {
		return gone, err
	}
	if fresh == nil || fresh.Generation != generation {
		return gone, nil
	}
	zone, err := time.LoadLocation(fresh.Timezone)
	if err != nil {
		return unread, nil // made where more zones are known than here
	}
	prefer, err := w.Store.Preferences(ctx, entry.User)
	if errors.Is(err, freshness.ErrUnreadable) {
		return unread, nil // a worker that cannot read them says so
	} else if err != nil {
		return unread, err
	}
	listing, err := w.Source.Day(ctx, entry.User, summarizer.Day{Date: entry.Date, Zone: zone}, prefer.Selection)
	switch {
	case errors.Is(err, summarizer.ErrAccess):
		return unread, nil
	case err != nil:
		return unread, fmt.Errorf("compare the day %s of user %s with the calendar: %w", entry.Date, entry.User, err)
	case fresh.Agrees(listing):
		return agrees, nil
	}
	return differs, nil
}
