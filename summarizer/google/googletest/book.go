package googletest

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/api/calendar/v3"
)

// book is a calendar's events. All users of a shared calendar see one book.
type book struct {
	id          string
	summary     string
	description string

	mu         sync.RWMutex
	zone       *time.Location
	records    map[string]*record   // by event ID; deleted ones stay, cancelled
	exceptions map[string][]string  // IDs of a series' exceptions, by the series' ID
	change     int64                // number of the last change
	updated    time.Time            // of the last change
	epoch      int                  // sync tokens of earlier ones are not valid
	showing    time.Time            // when the last change shows in listings
	settled    atomic.Pointer[view] // what they show from then on, once asked for
}

// addBook makes the calendar of an entry, unless there is one with its ID.
func (s *Server) addBook(e *calendar.CalendarListEntry) {
	zone, err := time.LoadLocation(e.TimeZone)
	if err != nil {
		panic(fmt.Sprintf("googletest: calendar %q has time zone %q, which is not known", e.Id, e.TimeZone))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.books[e.Id] != nil {
		return
	}
	s.books[e.Id] = &book{
		id: e.Id, summary: e.Summary, description: e.Description, zone: zone,
		records: map[string]*record{}, exceptions: map[string][]string{}, updated: s.now(),
	}
}

func (s *Server) book(id string) *book {
	s.mu.RLock()
	b := s.books[id]
	s.mu.RUnlock()
	if b != nil {
		return b
	}
	if a := s.account(id, false); a != nil {
		return a.made
	}
	return nil
}

// view is a calendar at one moment. It is shared and not to be changed.
type view struct {
	zone       *time.Location
	epoch      int
	change     int64 // the last one that shows
	updated    time.Time
	records    []*record                // single events and series
	exceptions map[string][]*record     // changed and cancelled occurrences, by series
	paged      *atomic.Pointer[listing] // whose pages are being read, if any are
	// orphans are exceptions of series that the calendar does not hold: they stand
	// for themselves.
	orphans []*record
}

// view returns the records as a listing at now shows them. While nothing is
// changed or about to show, it is always the same one.
func (b *book) view(now time.Time) view {
	b.mu.RLock()
	defer b.mu.RUnlock()
	settled := !b.showing.After(now)
	if v := b.settled.Load(); settled && v != nil {
		return *v
	}
	v := view{zone: b.zone, epoch: b.epoch, updated: b.updated, exceptions: map[string][]*record{}, paged: &atomic.Pointer[listing]{}}
	for _, r := range b.records {
		if r = r.listedAt(now); r == nil {
			continue
		}
		v.change = max(v.change, r.change)
		if r.series != "" {
			v.exceptions[r.series] = append(v.exceptions[r.series], r)
		} else {
			v.records = append(v.records, r)
		}
	}
	for id, exceptions := range v.exceptions {
		if series := b.records[id]; series == nil || series.listedAt(now) == nil {
			v.orphans = append(v.orphans, exceptions...)
		}
	}
	if settled {
		b.settled.Store(&v)
	}
	return v
}

// stamp numbers and dates the next change. Dates rise even if the clock stands
// still, so that no two states of an event share an ETag.
func (b *book) stamp(now time.Time) {
	b.change++
	now = now.Truncate(time.Millisecond)
	if !now.After(b.updated) {
		now = b.updated.Add(time.Microsecond)
	}
	b.updated = now
}

// put stores records as one change, and marks the series that they belong to as
// changed with them, as Google does. The caller holds b.mu.
func (b *book) put(now, visible time.Time, keep time.Duration, changed ...*record) {
	b.stamp(now)
	// Changes show in their order, or a sync token would pass one over.
	visible = later(b.showing, visible)
	b.showing = visible
	b.settled.Store(nil)
	touched := map[string]bool{}
	for _, r := range changed {
		touched[r.seriesID()] = true
		if r.series != "" && !slices.Contains(b.exceptions[r.series], r.event.Id) {
			b.exceptions[r.series] = append(b.exceptions[r.series], r.event.Id)
		}
		b.store(r, visible, now.Add(-keep))
	}
	for series := range touched {
		for _, id := range append([]string{series}, b.exceptions[series]...) {
			if r := b.records[id]; r != nil && r.change != b.change {
				b.store(r.clone(), visible, now.Add(-keep))
			}
		}
	}
}

// store makes r the current state of its event. States that no sync token in
// force refers to are let go.
func (b *book) store(r *record, visible, forget time.Time) {
	r.change, r.updated, r.visible = b.change, b.updated, visible
	r.event.Updated = b.updated.UTC().Format(timestampLayout)
	r.event.Etag = fmt.Sprintf(`"%d"`, 2*b.updated.UnixMicro())
	r.prev = b.records[r.event.Id]
	for old := r.prev; old != nil; old = old.prev {
		if old.updated.Before(forget) {
			old.forgetPrev()
			break
		}
	}
	b.records[r.event.Id] = r
}
