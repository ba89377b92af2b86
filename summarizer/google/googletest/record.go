package googletest

import (
	"slices"
	"sync"
	"time"

	"foreday/summarizer/google/ical"
	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// timestampLayout is how Google writes created and updated.
const timestampLayout = "2006-01-02T15:04:05.000Z"

// record is one state of an event: of a single event, a series, or an exception
// of a series (a changed or cancelled occurrence). Once stored it is not
// changed, but for letting go of what came before it.
type record struct {
	event *calendar.Event
	span  span

	recurrence *recur.Set  // of a series
	starts     *startCache // of a series

	series   string    // ID of the series that an exception belongs to
	original time.Time // where the series had put it
	lapsed   bool      // the series has no such occurrence any more

	change  int64
	updated time.Time
	visible time.Time // until then, listings show prev

	prevMu sync.Mutex
	prev   *record // the state before
}

// span is the time of an event; that of an all-day event is at midnights UTC.
type span struct {
	start, end time.Time
	allDay     bool
	length     ical.Length // of a series whose occurrences end by the clock
}

// in returns the instants between which the span lies for somebody in zone.
func (s span) in(zone *time.Location) (start, end time.Time) {
	if s.allDay {
		return recur.Local(s.start, zone), recur.Local(s.end, zone)
	}
	return s.start, s.end
}

// at returns a span of the same length that starts at start.
func (s span) at(start time.Time) span {
	if s.length.Days > 0 {
		return span{start: start, end: s.length.After(start), allDay: s.allDay, length: s.length}
	}
	return span{start: start, end: start.Add(s.end.Sub(s.start)), allDay: s.allDay}
}

// complete adds what the resource of a series cannot say.
func (r *record) complete(of ical.Series) (err error) {
	r.span.length = of.Length
	if of.Zone != nil {
		r.recurrence, err = recur.Parse(r.event.Recurrence, r.span.start.In(of.Zone), r.span.allDay)
	}
	return err
}

// clone returns a copy to be stored as the next state.
func (r *record) clone() *record {
	event := *r.event
	return &record{event: &event, span: r.span, recurrence: r.recurrence, starts: r.starts, series: r.series, original: r.original,
		lapsed: r.lapsed}
}

func (r *record) cancelled() bool { return r.event.Status == "cancelled" }

// seriesID is the ID of the series that the record is or belongs to; a single
// event is its own.
func (r *record) seriesID() string {
	if r.series != "" {
		return r.series
	}
	return r.event.Id
}

func (r *record) before() *record {
	r.prevMu.Lock()
	defer r.prevMu.Unlock()
	return r.prev
}

func (r *record) forgetPrev() {
	r.prevMu.Lock()
	defer r.prevMu.Unlock()
	r.prev = nil
}

// listedAt returns the state that listings show at now, nil if none does yet.
func (r *record) listedAt(now time.Time) *record {
	for r != nil && r.visible.After(now) {
		r = r.before()
	}
	return r
}

// asOf returns the state after a change, nil if there was none.
func (r *record) asOf(change int64) *record {
	if change < 0 {
		return nil
	}
	for r != nil && r.change > change {
		r = r.before()
	}
	return r
}

// startCache keeps where a series' occurrences start, so that it is expanded
// once and not for every listing.
type startCache struct {
	mu       sync.Mutex
	from, to time.Time
	starts   []time.Time
}

// maxExpansion bounds the span over which a series is expanded.
const maxExpansion = 50 * 366 * 24 * time.Hour

// between returns the starts of a series' occurrences in [from, to). The caller
// must not change them.
func (r *record) between(from, to time.Time) []time.Time {
	from = later(from, r.span.start)
	if to.Sub(from) > maxExpansion {
		to = from.Add(maxExpansion)
	}
	if !from.Before(to) {
		return nil
	}
	c := r.starts
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.from.IsZero() || from.Before(c.from) || to.After(c.to) {
		c.widen(from, to)
		c.starts = r.recurrence.Between(c.from, c.to)
	}
	i, _ := slices.BinarySearchFunc(c.starts, from, time.Time.Compare)
	j, _ := slices.BinarySearchFunc(c.starts, to, time.Time.Compare)
	return c.starts[i:j]
}

// widen makes the cache's span hold [from, to), by whole years so that the next
// listing finds it wide enough.
func (c *startCache) widen(from, to time.Time) {
	from = time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	to = time.Date(to.Year()+1, 1, 2, 0, 0, 0, 0, time.UTC)
	if !c.from.IsZero() && from.Before(c.to) && c.from.Before(to) {
		from, to = sooner(from, c.from), later(to, c.to)
	}
	c.from, c.to = from, to
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
