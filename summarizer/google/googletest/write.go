package googletest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"

	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// insertEvent answers events.insert.
func (s *Server) insertEvent(c *call) (any, error) {
	b, entry, err := s.open(c.account, c.request.PathValue("calendarId"), true)
	if err != nil {
		return nil, err
	}
	var e calendar.Event
	if err := readBody(c.request, &e); err != nil {
		return nil, err
	}
	return s.insert(c.account, b, entry, &e)
}

// getEvent answers events.get. Unlike listings it knows each write at once.
func (s *Server) getEvent(c *call) (any, error) {
	b, entry, err := s.open(c.account, c.request.PathValue("calendarId"), false)
	if err != nil {
		return nil, err
	}
	zone, err := zoneParam(c.query)
	if err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	r := b.find(c.request.PathValue("eventId"))
	if r == nil {
		return nil, errNotFound()
	}
	if zone == nil {
		zone = b.zone
	}
	q := listQuery{filter: filter{since: -1}}
	return q.show(r, zone, entry), nil
}

// patchEvent answers events.patch.
func (s *Server) patchEvent(c *call) (any, error) {
	b, _, err := s.open(c.account, c.request.PathValue("calendarId"), true)
	if err != nil {
		return nil, err
	}
	var patch map[string]any
	if err := readBody(c.request, &patch); err != nil {
		return nil, err
	}
	return s.edit(b, c.request.PathValue("eventId"), c.request.Header.Get("If-Match"), func(e *calendar.Event) error {
		return mergePatch(e, patch)
	})
}

// updateEvent answers events.update, which replaces all that a client may set.
func (s *Server) updateEvent(c *call) (any, error) {
	b, _, err := s.open(c.account, c.request.PathValue("calendarId"), true)
	if err != nil {
		return nil, err
	}
	var whole calendar.Event
	if err := readBody(c.request, &whole); err != nil {
		return nil, err
	}
	return s.edit(b, c.request.PathValue("eventId"), c.request.Header.Get("If-Match"), replaceBy(&whole))
}

// replaceBy is the change that gives an event all that a client may set anew.
func replaceBy(whole *calendar.Event) func(*calendar.Event) error {
	return func(e *calendar.Event) error {
		*e = *keepReadOnly(whole, e)
		return nil
	}
}

// deleteEvent answers events.delete.
func (s *Server) deleteEvent(c *call) (any, error) {
	b, _, err := s.open(c.account, c.request.PathValue("calendarId"), true)
	if err != nil {
		return nil, err
	}
	return nil, s.remove(b, c.request.PathValue("eventId"), c.request.Header.Get("If-Match"))
}

func readBody(r *http.Request, v any) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return errBody("Request body is too large or was cut off.")
	}
	if err := json.Unmarshal(body, v); err != nil {
		return &apiError{code: http.StatusBadRequest, domain: "global", reason: "parseError", message: "Parse Error"}
	}
	return nil
}

// insert stores a new event.
func (s *Server) insert(a *account, b *book, entry *calendar.CalendarListEntry, e *calendar.Event) (*calendar.Event, error) {
	fresh := *e
	if fresh.Id == "" {
		fresh.Id = s.newID(26)
	} else if !validID(fresh.Id) {
		return nil, errBody("Invalid resource id value.")
	}
	fresh.Recurrence = slices.Clone(e.Recurrence)
	fresh.RecurringEventId, fresh.OriginalStartTime = "", nil
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.records[fresh.Id] != nil {
		return nil, errDuplicate()
	}
	now := s.now()
	s.complete(&fresh, a, entry, now)
	r, err := newRecord(&fresh, b.zone)
	if err != nil {
		return nil, err
	}
	s.put(b, now, r)
	return r.shownIn(b.zone), nil
}

// put stores records as one change made now.
func (s *Server) put(b *book, now time.Time, changed ...*record) {
	b.put(now, now.Add(s.lag()), s.config.SyncTokenLifetime, changed...)
}

// find returns the record with the ID; an unchanged occurrence of a series is
// made up. The caller holds b.mu.
func (b *book) find(id string) *record {
	stored := b.records[id]
	if stored != nil && !stored.lapsed {
		return stored
	}
	seriesID, original, ok := recur.SplitInstanceID(id)
	series := b.records[seriesID]
	if !ok || series == nil || recur.InstanceID(seriesID, original, series.span.allDay) != id || !series.has(original) {
		return stored
	}
	r := series.instance(original.In(series.span.start.Location()))
	r.event.Status = series.event.Status
	return r
}

// edit changes an event. Editing one occurrence of a series makes it an
// exception.
func (s *Server) edit(b *book, id, ifMatch string, change func(*calendar.Event) error) (*calendar.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.find(id)
	if old == nil {
		return nil, errNotFound()
	}
	if ifMatch != "" && !matchesETag(ifMatch, old.event.Etag) {
		return nil, errPrecondition()
	}
	e := *old.event
	if err := change(&e); err != nil {
		return nil, err
	}
	if e.Status == "cancelled" {
		s.cancel(b, old)
		return b.records[id].shownIn(b.zone), nil
	}
	r, err := newRecord(&e, b.zone)
	if err != nil {
		return nil, err
	}
	if !r.span.start.Equal(old.span.start) || !r.span.end.Equal(old.span.end) || !slices.Equal(e.Recurrence, old.event.Recurrence) {
		e.Sequence++
	}
	s.put(b, s.now(), append(b.lapsed(r), r)...)
	return r.shownIn(b.zone), nil
}

// lapsed returns, cancelled, the exceptions of a series that its new state has
// no occurrence for.
func (b *book) lapsed(series *record) []*record {
	var gone []*record
	for _, id := range b.exceptions[series.event.Id] {
		e := b.records[id]
		if e.lapsed || series.has(e.original) {
			continue
		}
		c := e.clone()
		c.event.Status, c.event.OriginalStartTime, c.lapsed = "cancelled", nil, true
		gone = append(gone, c)
	}
	return gone
}

// remove deletes an event: it stays, cancelled, for those who sync.
func (s *Server) remove(b *book, id, ifMatch string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	old := b.find(id)
	switch {
	case old == nil:
		return errNotFound()
	case old.cancelled():
		return errDeleted()
	case ifMatch != "" && !matchesETag(ifMatch, old.event.Etag):
		return errPrecondition()
	}
	s.cancel(b, old)
	return nil
}

// cancel stores an event as deleted, and with a series its exceptions.
func (s *Server) cancel(b *book, r *record) {
	gone := []*record{r.clone()}
	for _, id := range b.exceptions[r.event.Id] {
		gone = append(gone, b.records[id].clone())
	}
	for _, g := range gone {
		g.event.Status = "cancelled"
	}
	s.put(b, s.now(), gone...)
}
