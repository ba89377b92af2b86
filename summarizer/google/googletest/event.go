package googletest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// validID reports whether a client may choose the ID for an event: 5 to 1024
// characters of base32hex in lower case.
func validID(id string) bool {
	other := func(c rune) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'v') }
	return len(id) >= 5 && len(id) <= 1024 && !strings.ContainsFunc(id, other)
}

// complete fills in what Google adds to a new event.
func (s *Server) complete(e *calendar.Event, a *account, entry *calendar.CalendarListEntry, now time.Time) {
	e.Kind = "calendar#event"
	e.Status = cmp.Or(e.Status, "confirmed")
	e.EventType = cmp.Or(e.EventType, "default")
	e.HtmlLink = "https://www.google.com/calendar/event?eid=" + e.Id
	e.Created = cmp.Or(e.Created, now.Truncate(time.Second).Format(timestampLayout))
	e.ICalUID = cmp.Or(e.ICalUID, e.Id+"@google.com")
	e.Creator = &calendar.EventCreator{Email: a.user, Self: entry.Primary}
	e.Organizer = &calendar.EventOrganizer{Email: entry.Id, Self: true}
	if !entry.Primary {
		e.Organizer.DisplayName = entry.Summary
	}
	e.Reminders = shownReminders(e.Reminders)
	e.ForceSendFields, e.NullFields = []string{"Sequence"}, nil
}

// shownReminders returns reminders as Google gives them, even if they are none.
// What it is given may be shared.
func shownReminders(given *calendar.EventReminders) *calendar.EventReminders {
	shown := calendar.EventReminders{UseDefault: true}
	if given != nil {
		shown = *given
	}
	shown.ForceSendFields = []string{"UseDefault"}
	return &shown
}

// newRecord reads an event's times, writes them as Google does and refuses what
// Google refuses. zone is the calendar's.
func newRecord(e *calendar.Event, zone *time.Location) (*record, error) {
	if e.Start == nil || e.End == nil {
		return nil, &apiError{code: http.StatusBadRequest, domain: "global", reason: "required", message: "Missing end time."}
	}
	start, allDay, err := readTime(e.Start, zone, "start")
	if err != nil {
		return nil, err
	}
	end, endAllDay, err := readTime(e.End, zone, "end")
	switch {
	case err != nil:
		return nil, err
	case allDay != endAllDay:
		return nil, errBody("Start and end times must either both be date or both be dateTime.")
	case end.Before(start):
		return nil, &apiError{code: http.StatusBadRequest, domain: "calendar", reason: "timeRangeEmpty",
			message: "The specified time range is empty."}
	case !slices.Contains([]string{"confirmed", "tentative", "cancelled"}, e.Status):
		return nil, errBody("Invalid status value.")
	case !slices.Contains(eventTypes, e.EventType):
		return nil, errBody("Invalid event type.")
	case len(e.Recurrence) > 0 && !allDay && e.Start.TimeZone == "":
		return nil, &apiError{code: http.StatusBadRequest, domain: "global", reason: "required",
			message: "Missing time zone definition for start time."}
	}
	r := &record{event: e, span: span{start: start, end: end, allDay: allDay}, series: e.RecurringEventId}
	e.Start = eventTime(start, allDay, start.Location().String())
	e.End = eventTime(end, allDay, end.Location().String())
	if len(e.Recurrence) > 0 {
		if r.recurrence, err = recur.Parse(e.Recurrence, start, allDay); err != nil {
			return nil, errBody("Invalid recurrence rule.")
		}
		r.starts = &startCache{}
	}
	if e.OriginalStartTime != nil {
		if r.original, _, err = readTime(e.OriginalStartTime, zone, "originalStart"); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// readTime reads a time of a resource. A date is at midnight UTC; a time without
// an offset hangs in its timeZone, or else in the calendar's.
func readTime(t *calendar.EventDateTime, zone *time.Location, field string) (at time.Time, allDay bool, err error) {
	bad := errBody("Invalid " + field + " time.")
	if t.Date != "" && t.DateTime != "" {
		return time.Time{}, false, bad
	}
	if t.Date != "" {
		at, err := time.Parse(time.DateOnly, t.Date)
		if err != nil {
			return time.Time{}, false, bad
		}
		return at, true, nil
	}
	if t.TimeZone != "" {
		if zone, err = recur.LoadZone(t.TimeZone); err != nil {
			return time.Time{}, false, errBody("Invalid time zone definition for " + field + " time.")
		}
	}
	if at, err = time.Parse(time.RFC3339, t.DateTime); err == nil {
		return at.In(zone), false, nil
	}
	wall, err := time.Parse("2006-01-02T15:04:05", t.DateTime)
	if err != nil {
		return time.Time{}, false, bad
	}
	return recur.Local(wall, zone), false, nil
}

// mergePatch changes e as RFC 7396 and Google's patch semantics have it: objects
// are merged, lists replaced, null removes.
func mergePatch(e *calendar.Event, patch map[string]any) error {
	current, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var whole map[string]any
	if err := json.Unmarshal(current, &whole); err != nil {
		return err
	}
	merged, err := json.Marshal(merge(whole, patch))
	if err != nil {
		return err
	}
	var changed calendar.Event
	if err := json.Unmarshal(merged, &changed); err != nil {
		return &apiError{code: http.StatusBadRequest, domain: "global", reason: "parseError", message: "Parse Error"}
	}
	*e = *keepReadOnly(&changed, e)
	return nil
}

func merge(whole, patch map[string]any) map[string]any {
	for name, value := range patch {
		inner, isObject := value.(map[string]any)
		before, wasObject := whole[name].(map[string]any)
		switch {
		case value == nil:
			delete(whole, name)
		case isObject && wasObject:
			whole[name] = merge(before, inner)
		default:
			whole[name] = value
		}
	}
	return whole
}

// keepReadOnly returns changed with all that a client may not set as it was in
// old.
func keepReadOnly(changed, old *calendar.Event) *calendar.Event {
	e := *changed
	e.Kind, e.Id, e.Etag, e.HtmlLink, e.Created, e.Updated = old.Kind, old.Id, old.Etag, old.HtmlLink, old.Created, old.Updated
	e.Creator, e.Organizer, e.ICalUID = old.Creator, old.Organizer, old.ICalUID
	e.RecurringEventId, e.OriginalStartTime, e.EventType = old.RecurringEventId, old.OriginalStartTime, old.EventType
	e.Sequence = max(e.Sequence, old.Sequence)
	e.Status = cmp.Or(e.Status, "confirmed")
	e.Reminders = shownReminders(cmp.Or(e.Reminders, old.Reminders))
	e.ForceSendFields, e.NullFields = []string{"Sequence"}, nil
	return &e
}
