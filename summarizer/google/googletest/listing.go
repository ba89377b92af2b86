package googletest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"
)

// horizon is how far after now, or after the lower bound, series are expanded
// that a listing puts no upper bound to.
const horizon = 2 * 366 * 24 * time.Hour

// filter says which events a listing holds.
type filter struct {
	single     bool // occurrences instead of series
	deleted    bool // cancelled ones too
	min, max   time.Time
	updatedMin time.Time
	words      []string // lower case; all must occur
	types      []string
	uid        string
	private    []string // name=value
	shared     []string
	since      int64 // only what changed after this change; -1 is all
}

// found is an event of a listing. Occurrences become records only when they are
// on the page that is sent.
type found struct {
	record     *record
	occurrence time.Time // of an unchanged occurrence
	gone       bool      // an occurrence that is no longer
	start      int64     // Unix seconds
}

func (f found) resolve() *record {
	if f.occurrence.IsZero() {
		return f.record
	}
	r := f.record.instance(f.occurrence)
	if f.gone {
		r.event.Status = "cancelled"
	}
	return r
}

// list returns what of the calendar passes the filter, in no order.
func (v view) list(f filter, now time.Time) []found {
	l := lister{view: v, filter: f}
	if l.expandTo = f.max; f.max.IsZero() {
		l.expandTo = later(now, f.min).Add(horizon)
	}
	for _, r := range v.records {
		switch {
		case r.change <= f.since:
		case r.recurrence == nil:
			l.addSingle(r)
			if f.single {
				l.addGone(r.asOf(f.since), func(time.Time) bool { return false })
			}
		case f.single:
			l.addOccurrences(r)
		default:
			l.addSeries(r)
		}
	}
	for _, r := range v.orphans {
		if r.change > f.since {
			l.addSingle(r)
		}
	}
	return l.found
}

type lister struct {
	view
	filter
	expandTo time.Time
	found    []found
}

// addSingle adds an event that stands for itself.
func (l *lister) addSingle(r *record) {
	if l.since < 0 && (!l.touches(r.span) || r.cancelled() && !l.deleted) {
		return
	}
	if l.passes(r) {
		l.add(r)
	}
}

// addSeries adds a series and its exceptions, unexpanded.
func (l *lister) addSeries(r *record) {
	if r.cancelled() {
		l.addSingle(r)
		return
	}
	if l.passes(r) && (l.since >= 0 || l.everTouches(r)) {
		l.add(r)
	}
	for _, e := range l.exceptions[r.event.Id] {
		// Cancelled occurrences are always listed: without them a client that
		// expands the series itself would show them.
		all := l.since >= 0 || e.cancelled() && !e.lapsed
		if all || (!e.lapsed || l.deleted) && l.passes(e) && l.touches(e.span) {
			l.add(e)
		}
	}
}

// addOccurrences adds the occurrences of a series, changed or not.
func (l *lister) addOccurrences(r *record) {
	replaced := map[int64]bool{}
	for _, e := range l.exceptions[r.event.Id] {
		if e.lapsed && r.has(e.original) {
			continue
		}
		replaced[e.original.Unix()] = true
		listed := !e.cancelled() && !r.cancelled() || l.deleted || l.since >= 0
		if listed && l.passes(e) && (l.touches(e.span) || l.since >= 0) {
			l.add(e)
		}
	}
	present := map[int64]bool{}
	if !r.cancelled() || l.deleted && l.since < 0 {
		matches := l.passes(r)
		for _, start := range l.occurrences(r) {
			if !matches || replaced[start.Unix()] {
				continue
			}
			present[start.Unix()] = true
			l.found = append(l.found, l.occurrence(r, start, r.cancelled()))
		}
	}
	if before := r.asOf(l.since); before != nil && before.recurrence == nil {
		gone := before.clone() // what had been a single event recurs now
		gone.event.Status = "cancelled"
		l.add(gone)
	} else {
		l.addGone(before, func(t time.Time) bool { return present[t.Unix()] || replaced[t.Unix()] })
	}
}

// addGone adds, as cancelled, the occurrences that a series had before and that
// do not stand any more. A listing of everything has nothing before it.
func (l *lister) addGone(before *record, stands func(time.Time) bool) {
	if before == nil || before.recurrence == nil || before.cancelled() || !l.passes(before) {
		return
	}
	for _, start := range l.occurrences(before) {
		if !stands(start) {
			l.found = append(l.found, l.occurrence(before, start, true))
		}
	}
}

// occurrences returns the starts of the unchanged occurrences within the bounds.
func (l *lister) occurrences(r *record) []time.Time {
	from := l.min
	if !from.IsZero() {
		// A day more for all-day events, whose midnights are elsewhere.
		from = from.Add(-r.span.end.Sub(r.span.start)).AddDate(0, 0, -1)
	}
	starts := r.between(from, l.expandTo.AddDate(0, 0, 1))
	touching := make([]time.Time, 0, len(starts))
	for _, start := range starts {
		if l.touches(r.span.at(start)) {
			touching = append(touching, start)
		}
	}
	return touching
}

func (l *lister) occurrence(r *record, start time.Time, gone bool) found {
	instant, _ := r.span.at(start).in(l.zone)
	return found{record: r, occurrence: start, gone: gone, start: instant.Unix()}
}

func (l *lister) add(r *record) {
	start, _ := r.span.in(l.zone)
	l.found = append(l.found, found{record: r, start: start.Unix()})
}

// touches reports whether the span lies within the bounds: it ends after min and
// starts before max, so that something without length at min does not.
func (l *lister) touches(s span) bool {
	start, end := s.in(l.zone)
	return (l.min.IsZero() || end.After(l.min)) && (l.max.IsZero() || start.Before(l.max))
}

// everTouches reports whether any occurrence of the series lies within the
// bounds.
func (l *lister) everTouches(r *record) bool {
	if l.min.IsZero() && l.max.IsZero() {
		return true
	}
	return len(l.occurrences(r)) > 0
}

// passes reports whether the event itself is wanted, whenever it takes place.
func (f filter) passes(r *record) bool {
	e := r.event
	return (len(f.types) == 0 || slices.Contains(f.types, e.EventType)) &&
		(f.uid == "" || e.ICalUID == f.uid) &&
		!r.updated.Before(f.updatedMin) &&
		f.passesWords(e) &&
		f.passesProperties(e)
}

func (f filter) passesWords(e *calendar.Event) bool {
	if len(f.words) == 0 {
		return true
	}
	text := []string{e.Summary, e.Description, e.Location}
	for _, a := range e.Attendees {
		text = append(text, a.DisplayName, a.Email)
	}
	if e.Organizer != nil {
		text = append(text, e.Organizer.DisplayName, e.Organizer.Email)
	}
	all := strings.ToLower(strings.Join(text, "\n"))
	return !slices.ContainsFunc(f.words, func(word string) bool { return !strings.Contains(all, word) })
}

func (f filter) passesProperties(e *calendar.Event) bool {
	var private, shared map[string]string
	if e.ExtendedProperties != nil {
		private, shared = e.ExtendedProperties.Private, e.ExtendedProperties.Shared
	}
	has := func(properties map[string]string, wanted []string) bool {
		for _, w := range wanted {
			name, value, _ := strings.Cut(w, "=")
			if got, ok := properties[name]; !ok || got != value {
				return false
			}
		}
		return true
	}
	return has(private, f.private) && has(shared, f.shared)
}

// listing is all that a request lists, in its order.
type listing struct {
	path  string
	query uint64
	all   []found
}

// listing returns what a request lists, in order. Its pages share it: otherwise each
// page of a large calendar would cost as much as the whole.
func (v view) listing(c *call, q *listQuery, list func() ([]found, error)) ([]found, error) {
	path, query := c.request.URL.Path, hashQuery(c.query)
	if l := v.paged.Load(); l != nil && c.query.Get("pageToken") != "" && l.path == path && l.query == query {
		return l.all, nil
	}
	all, err := list()
	if err != nil {
		return nil, err
	}
	order(all, q.orderBy)
	v.paged.Store(&listing{path, query, all})
	return all, nil
}

// order sorts a listing.
func order(all []found, by string) {
	key := keyOf(by)
	slices.SortFunc(all, func(a, b found) int { return key(a).compare(key(b)) })
}

// keyOf returns the key of each event of a listing, by which pages are cut.
func keyOf(by string) func(found) pageKey {
	first := func(f found) int64 { return f.record.change }
	switch by {
	case "startTime":
		first = func(f found) int64 { return f.start }
	case "updated":
		first = func(f found) int64 { return f.record.updated.UnixMicro() }
	}
	return func(f found) pageKey { return pageKey{first(f), f.record.event.Id, f.occurrence.Unix()} }
}

// pageKey is a place in a listing. Pages start after the last key of the page
// before, so that changes in between neither repeat nor hide an event.
type pageKey struct {
	First      int64  `json:"f"` // what the listing is ordered by
	ID         string `json:"i"`
	Occurrence int64  `json:"o"`
}

func (k pageKey) compare(o pageKey) int {
	// Spelt out because cmp.Or compares everything: a year has many events.
	if k.First != o.First {
		return cmp.Compare(k.First, o.First)
	}
	return cmp.Or(strings.Compare(k.ID, o.ID), cmp.Compare(k.Occurrence, o.Occurrence))
}
