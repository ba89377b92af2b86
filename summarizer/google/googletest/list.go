package googletest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// eventTypes are the kinds of events that Google knows.
var eventTypes = []string{"birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"}

// listEvents answers events.list.
func (s *Server) listEvents(c *call) (any, error) {
	b, entry, err := s.open(c.account, c.request.PathValue("calendarId"), false)
	if err != nil {
		return nil, err
	}
	q, err := s.parseList(c.query)
	if err != nil {
		return nil, err
	}
	v := b.view(c.now)
	if token := c.query.Get("syncToken"); token != "" {
		if err := s.applySyncToken(q, token, b, v, c); err != nil {
			return nil, err
		}
	}
	all, err := v.listing(c, q, func() ([]found, error) { return v.list(q.filter, c.now), nil })
	if err != nil {
		return nil, err
	}
	response, err := s.listPage(c, b, entry, v, q, all)
	if err != nil {
		return nil, err
	}
	if response.NextPageToken == "" && q.maySync() {
		response.NextSyncToken = q.syncToken(b, v, c.now)
	}
	return response, nil
}

// listInstances answers events.instances.
func (s *Server) listInstances(c *call) (any, error) {
	b, entry, err := s.open(c.account, c.request.PathValue("calendarId"), false)
	if err != nil {
		return nil, err
	}
	q, err := s.parseList(c.query)
	if err != nil {
		return nil, err
	}
	q.single, q.orderBy = true, "startTime"
	id := c.request.PathValue("eventId")
	v := b.view(c.now)
	i := slices.IndexFunc(v.records, func(r *record) bool { return r.event.Id == id })
	if i < 0 {
		return nil, errNotFound()
	}
	v.records = v.records[i : i+1]
	v.exceptions, v.orphans = map[string][]*record{id: v.exceptions[id]}, nil
	all, err := v.listing(c, q, func() ([]found, error) {
		all := v.list(q.filter, c.now)
		if original := c.query.Get("originalStart"); original != "" {
			return keepOriginal(all, original)
		}
		return all, nil
	})
	if err != nil {
		return nil, err
	}
	return s.listPage(c, b, entry, v, q, all)
}

// keepOriginal keeps only the occurrence that its series had put at original.
func keepOriginal(all []found, original string) ([]found, error) {
	t, err := time.Parse(time.RFC3339, original)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, original); err != nil {
			return nil, errInvalid("originalStart", "Invalid value '"+original+"'.")
		}
	}
	return slices.DeleteFunc(all, func(f found) bool { return !f.occurrence.Equal(t) && !f.record.original.Equal(t) }), nil
}

// listPage answers with one page of all that a listing holds, in its order.
func (s *Server) listPage(c *call, b *book, entry *calendar.CalendarListEntry, v view, q *listQuery,
	all []found) (*calendar.Events, error) {
	size, err := sizeParam(c.query, 250, s.config.MaxPage)
	if err != nil {
		return nil, err
	}
	zone := v.zone
	if q.zone != nil {
		zone = q.zone
	}
	key := keyOf(q.orderBy)
	if token := c.query.Get("pageToken"); token != "" {
		var after pageToken
		if !readToken(token, &after) || after.Query != hashQuery(c.query) {
			return nil, errInvalid("pageToken", "Invalid page token value.")
		}
		from, found := slices.BinarySearchFunc(all, after.Key, func(f found, k pageKey) int { return key(f).compare(k) })
		if found {
			from++
		}
		all = all[from:]
	}
	response := &calendar.Events{
		Kind: "calendar#events", Etag: fmt.Sprintf(`"p%d.%s"`, v.change, zone), Summary: b.summary, Description: b.description,
		Updated: v.updated.UTC().Format(timestampLayout), TimeZone: zone.String(), AccessRole: entry.AccessRole,
		DefaultReminders: entry.DefaultReminders,
		ForceSendFields:  []string{"Description", "DefaultReminders", "Items"},
	}
	if len(all) > size {
		all = all[:size]
		response.NextPageToken = writeToken(pageToken{Query: hashQuery(c.query), Key: key(all[size-1])})
	} else {
		v.paged.Store(nil)
	}
	response.Items = make([]*calendar.Event, len(all))
	for i, f := range all {
		response.Items[i] = q.show(f.resolve(), zone, entry)
	}
	return response, nil
}

// show returns the resource of an event as this listing gives it.
func (q *listQuery) show(r *record, zone *time.Location, entry *calendar.CalendarListEntry) *calendar.Event {
	if r.cancelled() && q.since >= 0 {
		return r.stub(zone)
	}
	e := r.shownIn(zone)
	if entry.AccessRole == "freeBusyReader" || e.Visibility == "private" && entry.AccessRole == "reader" {
		return busy(e)
	}
	return limitAttendees(e, q.maxAttendees)
}

// busy is what somebody sees of an event who may only know that there is one.
func busy(e *calendar.Event) *calendar.Event {
	return &calendar.Event{
		Kind: e.Kind, Etag: e.Etag, Id: e.Id, Status: e.Status, Updated: e.Updated, Start: e.Start, End: e.End,
		Recurrence: e.Recurrence, RecurringEventId: e.RecurringEventId, OriginalStartTime: e.OriginalStartTime,
		Transparency: e.Transparency, Visibility: "private", ICalUID: e.ICalUID, Sequence: e.Sequence, EventType: e.EventType,
		ForceSendFields: e.ForceSendFields,
	}
}

// limitAttendees leaves only the user themselves of more attendees than most; 0
// is no limit.
func limitAttendees(e *calendar.Event, most int) *calendar.Event {
	if most == 0 || len(e.Attendees) <= most {
		return e
	}
	limited := *e
	limited.AttendeesOmitted = true
	limited.Attendees = slices.DeleteFunc(slices.Clone(e.Attendees), func(a *calendar.EventAttendee) bool { return !a.Self })
	return &limited
}

// listQuery is a listing as a request asks for it.
type listQuery struct {
	filter
	orderBy      string
	zone         *time.Location
	maxAttendees int
}

// parseList reads the parameters of a listing.
func (s *Server) parseList(query url.Values) (*listQuery, error) {
	q := &listQuery{
		filter: filter{
			words: strings.Fields(strings.ToLower(query.Get("q"))), types: query["eventTypes"], uid: query.Get("iCalUID"),
			private: query["privateExtendedProperty"], shared: query["sharedExtendedProperty"], since: -1,
		},
		orderBy: query.Get("orderBy"),
	}
	var err error
	if q.single, err = boolParam(query, "singleEvents"); err != nil {
		return nil, err
	}
	if q.deleted, err = boolParam(query, "showDeleted"); err != nil {
		return nil, err
	}
	for name, t := range map[string]*time.Time{"timeMin": &q.min, "timeMax": &q.max, "updatedMin": &q.updatedMin} {
		if *t, err = timeParam(query, name); err != nil {
			return nil, err
		}
	}
	if v := query.Get("maxAttendees"); v != "" {
		if q.maxAttendees, err = strconv.Atoi(v); err != nil || q.maxAttendees < 1 {
			return nil, errInvalid("maxAttendees", "Invalid value '"+v+"'.")
		}
	}
	if q.zone, err = zoneParam(query); err != nil {
		return nil, err
	}
	q.deleted = q.deleted || !q.updatedMin.IsZero()
	return q, q.check()
}

func (q *listQuery) check() error {
	switch {
	case !q.min.IsZero() && !q.max.IsZero() && !q.min.Before(q.max):
		return &apiError{code: 400, domain: "calendar", reason: "timeRangeEmpty", message: "The specified time range is empty.",
			location: "timeMax", locationType: "parameter"}
	case q.orderBy != "" && q.orderBy != "startTime" && q.orderBy != "updated":
		return errInvalid("orderBy", "Invalid string value: '"+q.orderBy+"'. Allowed values: [startTime, updated]")
	case q.orderBy == "startTime" && !q.single:
		return errInvalid("orderBy", "The requested ordering is not available for the particular query.")
	}
	for _, t := range q.types {
		if !slices.Contains(eventTypes, t) {
			return errInvalid("eventTypes", "Invalid string value: '"+t+"'. Allowed values: "+fmt.Sprint(eventTypes))
		}
	}
	return nil
}

// timeParam reads an instant. Its offset is mandatory and fractions of seconds
// are ignored.
func timeParam(query url.Values, name string) (time.Time, error) {
	v := query.Get(name)
	if v == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return time.Time{}, errInvalid(name, "Bad Request")
	}
	return t.Truncate(time.Second), nil
}

// zoneParam reads the zone that a response's times are to be in, nil if it is
// left to the calendar.
func zoneParam(query url.Values) (*time.Location, error) {
	v := query.Get("timeZone")
	if v == "" {
		return nil, nil
	}
	zone, err := recur.LoadZone(v)
	if err != nil {
		return nil, errInvalid("timeZone", "Invalid time zone definition.")
	}
	return zone, nil
}
