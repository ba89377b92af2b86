package ical

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"
)

// entry is a VEVENT that was read, not yet joined to its series.
type entry struct {
	event      *calendar.Event
	line       int
	uid        string
	start, end time.Time // of an all-day event, at midnight UTC
	allDay     bool

	replaces *stamp         // RECURRENCE-ID, nil in a single event or a series
	in       *time.Location // where replaces hangs
	onwards  bool           // stands for all later occurrences, too
}

// reader reads the VEVENTs of one VCALENDAR.
type reader struct {
	zones *zoneTable
	owner string
}

// Years that an event may start and end in; resources have four digits.
const minYear, maxYear = 1, 9998

// read turns a VEVENT into a resource.
func (rd reader) read(c *component) (*entry, error) {
	if c.err != nil {
		return nil, c.err
	}
	e := &entry{event: &calendar.Event{}, line: c.line, uid: c.value("UID")}
	if err := rd.readIdentity(e, c); err != nil {
		return nil, err
	}
	if err := rd.readTimes(e, c); err != nil {
		return nil, err
	}
	if err := rd.readRecurrence(e, c); err != nil {
		return nil, err
	}
	rd.readRest(e, c)
	if e.uid == "" {
		e.uid = fmt.Sprintf("%d/%s/%s", c.line, e.event.Summary, e.start)
	}
	e.event.Id = eventID(e.uid)
	e.event.ICalUID = e.uid
	return e, nil
}

// readIdentity reads which occurrence of a series the event stands for, if any.
func (rd reader) readIdentity(e *entry, c *component) error {
	p := c.get("RECURRENCE-ID")
	if p == nil {
		return nil
	}
	s, err := parseStamp(p.value)
	if err != nil {
		return fmt.Errorf("RECURRENCE-ID: %w", err)
	}
	e.replaces, e.in = &s, rd.zones.find(p.param("TZID")).exact
	e.onwards = strings.EqualFold(p.param("RANGE"), "THISANDFUTURE")
	return nil
}

func (rd reader) readTimes(e *entry, c *component) error {
	p := c.get("DTSTART")
	if p == nil && e.replaces != nil && isCancelled(c) {
		p = c.get("RECURRENCE-ID") // all that is said of an occurrence called off
	}
	if p == nil {
		return errors.New("has no DTSTART")
	}
	for _, other := range c.properties {
		if other.name == "DTSTART" && p.name == "DTSTART" && other.value != p.value {
			return fmt.Errorf("has two DTSTARTs, %q and %q", clip(p.value), clip(other.value))
		}
	}
	start, err := parseStamp(p.value)
	if err != nil {
		return fmt.Errorf("DTSTART: %w", err)
	}
	e.allDay = start.date
	zone := rd.zones.find(p.param("TZID"))
	switch {
	case start.date:
		e.start = start.midnight()
	case start.utc:
		e.start = start.wall
	default:
		e.start = start.in(zone.exact).In(zone.iana)
	}
	if e.end, err = rd.readEnd(e, c); err != nil {
		return err
	}
	for _, t := range [...]time.Time{e.start, e.end} {
		if y := t.Year(); y < minYear || y > maxYear {
			return fmt.Errorf("takes place in the year %d", y)
		}
	}
	e.event.Start, e.event.End = resourceTime(e.start, e.allDay), resourceTime(e.end, e.allDay)
	return nil
}

// readEnd returns when the event ends. Without a usable end an all-day event
// lasts a day and others have no length.
func (rd reader) readEnd(e *entry, c *component) (time.Time, error) {
	end := e.start
	if p := c.get("DTEND"); p != nil {
		s, err := parseStamp(p.value)
		if err != nil {
			return time.Time{}, fmt.Errorf("DTEND: %w", err)
		}
		switch zone := rd.zones.find(p.param("TZID")); {
		case e.allDay && !s.date && !s.wall.Equal(s.midnight()):
			end = s.midnight().AddDate(0, 0, 1)
		case e.allDay:
			end = s.midnight()
		default:
			end = s.in(zone.exact).In(e.start.Location())
		}
	} else if p := c.get("DURATION"); p != nil {
		l, err := parseLength(p.value)
		if err != nil {
			return time.Time{}, err
		}
		if end = l.after(e.start); e.allDay {
			end = end.Add(24*time.Hour - 1).Truncate(24 * time.Hour)
		}
	}
	if e.allDay && !end.After(e.start) {
		return e.start.AddDate(0, 0, 1), nil
	}
	if end.Before(e.start) {
		return e.start, nil
	}
	return end, nil
}

// readRecurrence writes the recurrence lines as Google takes them: with dates in
// UTC, so that no zone of the file's own is left in them.
func (rd reader) readRecurrence(e *entry, c *component) error {
	if e.replaces != nil && !e.onwards {
		return nil
	}
	recurs := false
	for _, p := range c.properties {
		switch p.name {
		case "RRULE", "EXRULE":
			recurs = recurs || p.name == "RRULE"
			e.event.Recurrence = append(e.event.Recurrence, p.name+":"+strings.ToUpper(strings.Join(strings.Fields(p.value), "")))
		case "RDATE", "EXDATE":
			recurs = recurs || p.name == "RDATE"
			in := rd.zones.find(p.param("TZID")).exact
			if p.param("TZID") == "" && !e.allDay {
				in = e.start.Location()
			}
			dates, err := parseDates(p.value, in, e.start, e.allDay)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if len(dates) > 0 {
				e.event.Recurrence = append(e.event.Recurrence, dateLine(p.name, dates, e.allDay))
			}
		}
	}
	if !recurs {
		e.event.Recurrence = nil // exceptions from nothing
		return nil
	}
	_, err := ParseRecurrence(e.event.Recurrence, e.start, e.allDay)
	return err
}

// dateLine writes an RDATE or EXDATE.
func dateLine(name string, dates []time.Time, allDay bool) string {
	layout, prefix := "20060102T150405Z", name+":"
	if allDay {
		layout, prefix = "20060102", name+";VALUE=DATE:"
	}
	values := make([]string, len(dates))
	for i, d := range dates {
		values[i] = d.UTC().Format(layout)
	}
	return prefix + strings.Join(values, ",")
}

// readRest reads what an event is about.
func (rd reader) readRest(e *entry, c *component) {
	v := e.event
	v.Kind, v.EventType = "calendar#event", "default"
	v.Summary, v.Description, v.Location = c.value("SUMMARY"), c.value("DESCRIPTION"), c.value("LOCATION")
	switch strings.ToUpper(c.value("STATUS")) {
	case "CANCELLED", "CANCELED":
		v.Status = "cancelled"
	case "TENTATIVE":
		v.Status = "tentative"
	default:
		v.Status = "confirmed"
	}
	if strings.EqualFold(c.value("TRANSP"), "TRANSPARENT") || c.value("TRANSP") == "" && strings.EqualFold(c.value("X-MICROSOFT-CDO-BUSYSTATUS"), "FREE") {
		v.Transparency = "transparent"
	}
	if class := strings.ToLower(c.value("CLASS")); class == "private" || class == "confidential" {
		v.Visibility = class
	}
	if n, err := strconv.ParseInt(c.value("SEQUENCE"), 10, 32); err == nil && n > 0 {
		v.Sequence = n
	}
	v.Created = timestamp(c.value("CREATED"))
	v.Updated = cmp.Or(timestamp(c.value("LAST-MODIFIED")), timestamp(c.value("DTSTAMP")))
	v.Attendees = rd.attendees(c)
}

// attendees returns the owner, if they are one, with their answer.
func (rd reader) attendees(c *component) []*calendar.EventAttendee {
	for _, p := range c.properties {
		if p.name != "ATTENDEE" || rd.owner == "" {
			continue
		}
		address := strings.ToLower(strings.TrimSpace(p.value))
		if strings.TrimPrefix(address, "mailto:") != rd.owner {
			continue
		}
		response, ok := map[string]string{
			"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative",
		}[strings.ToUpper(p.param("PARTSTAT"))]
		if !ok {
			response = "needsAction"
		}
		return []*calendar.EventAttendee{{Email: rd.owner, Self: true, ResponseStatus: response}}
	}
	return nil
}

func isCancelled(c *component) bool {
	return strings.EqualFold(c.value("STATUS"), "CANCELLED") || strings.EqualFold(c.value("STATUS"), "CANCELED")
}

// timestamp writes a DATE-TIME as Google writes created and updated, "" if it
// cannot be read.
func timestamp(value string) string {
	s, err := parseStamp(value)
	if err != nil || s.date {
		return ""
	}
	return s.wall.Format("2006-01-02T15:04:05.000Z")
}

func resourceTime(t time.Time, allDay bool) *calendar.EventDateTime {
	if allDay {
		return &calendar.EventDateTime{Date: t.Format(time.DateOnly)}
	}
	return &calendar.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: t.Location().String()}
}
