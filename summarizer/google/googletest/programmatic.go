package googletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"foreday/summarizer/google/ical"

	"google.golang.org/api/calendar/v3"
)

// Insert adds an event to a calendar of the user's, as events.insert does, and
// returns it as stored. calendarID may be "primary".
func (s *Server) Insert(user, calendarID string, event *calendar.Event) (*calendar.Event, error) {
	a := s.mustAccount(user)
	b, entry, err := s.open(a, calendarID, false)
	if err != nil {
		return nil, fmt.Errorf("insert event into calendar %s of user %s: %w", calendarID, user, err)
	}
	stored, err := s.insert(a, b, entry, owned(event))
	if err != nil {
		return nil, fmt.Errorf("insert event into calendar %s of user %s: %w", calendarID, user, err)
	}
	return owned(stored), nil
}

// Patch changes an event, or one occurrence of a series, as events.patch does:
// empty fields of patch change nothing unless they are in ForceSendFields or
// NullFields.
func (s *Server) Patch(user, calendarID, eventID string, patch *calendar.Event) (*calendar.Event, error) {
	b, _, err := s.open(s.mustAccount(user), calendarID, false)
	if err != nil {
		return nil, fmt.Errorf("patch event %s of user %s: %w", eventID, user, err)
	}
	stored, err := s.edit(b, eventID, "", func(e *calendar.Event) error {
		fields, err := asMap(patch)
		if err != nil {
			return err
		}
		return mergePatch(e, fields)
	})
	if err != nil {
		return nil, fmt.Errorf("patch event %s of user %s: %w", eventID, user, err)
	}
	return owned(stored), nil
}

// Update gives an event, or one occurrence of a series, all that a client may set
// anew, as events.update does. The event is the server's from then on and must
// not be changed.
func (s *Server) Update(user, calendarID, eventID string, event *calendar.Event) error {
	b, _, err := s.open(s.mustAccount(user), calendarID, false)
	if err == nil {
		_, err = s.edit(b, eventID, "", replaceBy(event))
	}
	if err != nil {
		return fmt.Errorf("update event %s of user %s: %w", eventID, user, err)
	}
	return nil
}

// Delete deletes an event, a series or one occurrence of a series, as
// events.delete does.
func (s *Server) Delete(user, calendarID, eventID string) error {
	b, _, err := s.open(s.mustAccount(user), calendarID, false)
	if err == nil {
		err = s.remove(b, eventID, "")
	}
	if err != nil {
		return fmt.Errorf("delete event %s of user %s: %w", eventID, user, err)
	}
	return nil
}

// Import adds what was read from an .ics file. Unlike Insert it keeps IDs,
// creation times, exceptions of series and cancelled events, and gives the
// calendar the file's zone and name, if it has them. An event whose ID the
// calendar has already replaces it; cal is not changed and may be imported
// again. Events that Google would refuse are left out and joined into the error;
// the others are there all the same.
func (s *Server) Import(user, calendarID string, cal *ical.Calendar) error {
	a := s.mustAccount(user)
	b, entry, err := s.open(a, calendarID, false)
	if err != nil {
		return fmt.Errorf("import into calendar %s of user %s: %w", calendarID, user, err)
	}
	if cal.Zone != nil {
		s.setBookZone(a, b, cal.Zone)
	}
	if cal.Name != "" {
		a.changeEntry(b.id, func(e *calendar.CalendarListEntry) { e.SummaryOverride = cal.Name })
	}
	now := s.now()
	var records []*record
	var refused []error
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range cal.Events {
		imported := *e
		s.complete(&imported, a, entry, now)
		r, err := newRecord(&imported, b.zone)
		if err == nil {
			err = r.complete(cal.Series[e.Id])
		}
		if err != nil {
			refused = append(refused, fmt.Errorf("import event %s into calendar %s: %w", e.Id, calendarID, err))
			continue
		}
		records = append(records, r)
	}
	if len(records) > 0 {
		b.put(now, now, s.config.SyncTokenLifetime, records...)
	}
	return errors.Join(refused...)
}

// Events returns what the calendar holds between two instants, in order of
// time: occurrences instead of series, nothing cancelled, whatever listings
// show yet. Times are in the calendar's zone. The events are the server's own
// and must not be changed.
func (s *Server) Events(user, calendarID string, from, to time.Time) ([]*calendar.Event, error) {
	b, _, err := s.open(s.mustAccount(user), calendarID, false)
	if err != nil {
		return nil, fmt.Errorf("events in calendar %s of user %s: %w", calendarID, user, err)
	}
	v := b.view(time.Unix(1<<60, 0))
	all := v.list(filter{single: true, min: from, max: to, since: -1}, s.now())
	order(all, "startTime")
	events := make([]*calendar.Event, len(all))
	for i, f := range all {
		events[i] = f.resolve().shownIn(v.zone)
	}
	return events, nil
}

// SetLag changes Config.Lag for the writes to come.
func (s *Server) SetLag(lag time.Duration) { s.lagNanos.Store(int64(lag)) }

func (s *Server) lag() time.Duration { return time.Duration(s.lagNanos.Load()) }

// ErrorStatus returns the HTTP status that an error of Insert, Patch, Update or Delete
// would have had on the wire, 0 if it is none of theirs.
func ErrorStatus(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

// owned returns a copy that shares nothing with e.
func owned(e *calendar.Event) *calendar.Event {
	b, err := json.Marshal(e)
	var c calendar.Event
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		panic(err) // a resource always survives JSON
	}
	return &c
}

func asMap(e *calendar.Event) (map[string]any, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	var m map[string]any
	return m, json.Unmarshal(b, &m)
}

var _ http.Handler = (*Server)(nil)
