package ical

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer/google/recur"
)

// entry is a VEVENT that was read, not yet joined to its series.
type entry struct {
	event      *calendar.Event
	line       int
	uid        string
	start, end time.Time      // of an all-day event, at midnight UTC
	clock      *time.Location // where times hang that name no zone
	allDay     bool
	midnights  bool      // all-day, but written as times, from midnight to midnight on clock
	length     Length    // a DURATION, if it has days
	updated    time.Time // LAST-MODIFIED, zero if it is not known
	periods    []period  // occurrences with a length of their own

	replaces *recur.Value   // RECURRENCE-ID, nil in a single event or a series
	in       *time.Location // where replaces hangs, nil if it does not say
	onwards  bool           // stands for all later occurrences, too
}

// period is an occurrence that an RDATE adds, with an end of its own.
type period struct{ start, end time.Time }

// reader reads the VEVENTs of one VCALENDAR.
type reader struct {
	zones *zoneTable
	owner string
	cal   *Calendar // for notes
}

// Years that an event may start and end in; resources have four digits.
const minYear, maxYear = 1, 9998

// read turns a VEVENT into a resource. A property that cannot be read costs no more
// than itself, and a note; without a start there is no event.
func (rd reader) read(c *component) (*entry, error) {
	e := &entry{event: &calendar.Event{}, line: c.line, uid: c.value("UID")}
	if err := rd.readStart(e, c); err != nil {
		return nil, err
	}
	rd.readIdentity(e, c)
	rd.readEnd(e, c)
	rd.readAllDay(e, c)
	e.event.Start, e.event.End = resourceTime(e.start, e.allDay), resourceTime(e.end, e.allDay)
	rd.readRecurrence(e, c)
	rd.readRest(e, c)
	if e.uid == "" {
		e.uid = fmt.Sprintf("%d/%s/%s", c.line, e.event.Summary, e.start)
	}
	e.event.Id = eventID(e.uid)
	e.event.ICalUID = e.uid
	return e, nil
}

// leftOut notes a property that cannot be read.
func (rd reader) leftOut(p *property, err error) {
	rd.cal.note(p.line, "%s is left out: %v", p.name, err)
}

// timeOf reads a property's time, and notes what cannot be read; p may be nil.
func (rd reader) timeOf(p *property) (v recur.Value, ok bool) {
	if p == nil {
		return recur.Value{}, false
	}
	v, err := recur.ParseValue(p.value)
	if err != nil {
		rd.leftOut(p, err)
	}
	return v, err == nil
}

// readIdentity reads which occurrence of a series the event stands for, if any.
func (rd reader) readIdentity(e *entry, c *component) {
	p := c.get("RECURRENCE-ID")
	if v, ok := rd.timeOf(p); ok {
		e.replaces, e.onwards = &v, strings.EqualFold(p.params["RANGE"], "THISANDFUTURE")
		e.in = rd.zoneOf(p, nil)
	}
}

func (rd reader) readStart(e *entry, c *component) error {
	p, start, err := rd.startOf(c)
	if err != nil {
		return err
	}
	e.allDay = start.Date
	zone := rd.zoneOf(p, rd.zones.calendar)
	switch e.clock = zone; {
	case start.Date:
		e.start = start.Midnight()
	case start.UTC:
		e.start, e.clock = start.Wall, time.UTC
	default:
		e.start = start.In(zone)
	}
	if y := e.start.Year(); y < minYear || y > maxYear {
		return fmt.Errorf("takes place in the year %d", y)
	}
	return nil
}

// startOf returns the first DTSTART that can be read.
func (rd reader) startOf(c *component) (p *property, start recur.Value, err error) {
	err = errors.New("has no DTSTART")
	for i := range c.properties {
		other := &c.properties[i]
		if other.name != "DTSTART" || p != nil && other.value == p.value {
			continue
		}
		s, unreadable := recur.ParseValue(other.value)
		switch {
		case unreadable != nil && p == nil:
			err = fmt.Errorf("DTSTART: %w", unreadable)
		case p == nil:
			p, start, err = other, s, nil
		default:
			rd.leftOut(other, fmt.Errorf("the event has another, %q", recur.Clip(p.value)))
		}
	}
	if p == nil && statusOf(c) == "cancelled" {
		if p = c.get("RECURRENCE-ID"); p != nil { // all that is said of an occurrence called off
			start, err = recur.ParseValue(p.value)
		}
	}
	return p, start, err
}

// readEnd reads when the event ends. Without a usable end an all-day event lasts a
// day and others have no length.
func (rd reader) readEnd(e *entry, c *component) {
	e.end = e.start
	for _, p := range []*property{c.get("DTEND"), c.get("DURATION")} {
		if p == nil {
			continue
		}
		end, err := rd.endOf(e, p)
		if err == nil {
			e.end = end
			break
		}
		rd.leftOut(p, err)
	}
	if e.allDay && !e.end.After(e.start) {
		e.end = e.start.AddDate(0, 0, 1)
	}
}

// endOf reads a DTEND or DURATION.
func (rd reader) endOf(e *entry, p *property) (end time.Time, err error) {
	var length Length
	var v recur.Value
	if p.name == "DURATION" {
		length, err = parseLength(p.value)
		end = length.After(e.start)
	} else if v, err = recur.ParseValue(p.value); e.allDay || err != nil {
		end = v.Wall
	} else {
		end = v.In(rd.zoneOf(p, e.clock)).In(e.start.Location())
	}
	switch {
	case err != nil:
		return time.Time{}, err
	case end.Year() > maxYear:
		return time.Time{}, fmt.Errorf("it ends in the year %d", end.Year())
	case end.Before(e.start):
		return time.Time{}, fmt.Errorf("%q is before DTSTART", recur.Clip(p.value))
	case e.allDay:
		return end.Add(24*time.Hour - 1).Truncate(24 * time.Hour), nil // a day that has begun counts
	case length.Days > 0:
		e.length = length
	}
	return end, nil
}

// zoneOf returns the zone that a property names for its times, or else another.
func (rd reader) zoneOf(p *property, unnamed *time.Location) *time.Location {
	if id := strings.TrimSpace(p.params["TZID"]); id != "" {
		return rd.zones.find(id, p.line)
	}
	return unnamed
}

var allDayMarks = []string{"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY"}

// readAllDay knows programs that write days as times, from midnight to midnight.
func (rd reader) readAllDay(e *entry, c *component) {
	saysAllDay := func(name string) bool { return strings.EqualFold(c.value(name), "TRUE") || c.value(name) == "1" }
	if e.allDay || !slices.ContainsFunc(allDayMarks, saysAllDay) {
		return
	}
	for _, zone := range []*time.Location{e.clock, rd.zones.calendar} {
		start, end := recur.Wall(e.start.In(zone)), recur.Wall(e.end.In(zone))
		if isMidnight(start) && isMidnight(end) {
			if !end.After(start) {
				end = start.AddDate(0, 0, 1)
			}
			e.start, e.end, e.clock, e.allDay, e.midnights, e.length = start, end, zone, true, true, Length{}
			return
		}
	}
}

func isMidnight(t time.Time) bool { return t.Equal(t.Truncate(24 * time.Hour)) }

// readRecurrence writes the recurrence lines as Google takes them: with dates in
// UTC, so that no zone of the file's own is left in them.
func (rd reader) readRecurrence(e *entry, c *component) {
	if e.replaces != nil && !e.onwards {
		return
	}
	recurs := false
	for i := range c.properties {
		p, line := &c.properties[i], ""
		switch p.name {
		case "RRULE", "EXRULE":
			line = rd.ruleLine(e, p)
		case "RDATE", "EXDATE":
			line = rd.dateLine(e, p)
		}
		if line != "" {
			recurs = recurs || p.name == "RRULE" || p.name == "RDATE"
			e.event.Recurrence = append(e.event.Recurrence, line)
		}
	}
	if !recurs {
		e.event.Recurrence = nil // exceptions from nothing
	}
}

// ruleLine returns a rule, "" if it cannot be kept.
func (rd reader) ruleLine(e *entry, p *property) string {
	value, dropped := mendRule(p.value)
	if e.midnights {
		value = untilADate(value, e.clock)
	}
	line := p.name + ":" + value
	if _, err := recur.Parse([]string{line}, e.start, e.allDay); err != nil {
		rd.leftOut(p, err)
		return ""
	}
	for _, part := range dropped {
		rd.cal.note(p.line, "%s is read without %q, which has no meaning", p.name, recur.Clip(part))
	}
	return line
}

// dateLine returns the dates that can be read, "" if there are none.
func (rd reader) dateLine(e *entry, p *property) string {
	in := rd.zoneOf(p, e.clock)
	var dates []time.Time
	for part := range strings.FieldsFuncSeq(p.value, func(r rune) bool { return r == ',' || r == ';' }) {
		first, rest, isPeriod := strings.Cut(strings.TrimSpace(part), "/")
		if first == "" {
			continue
		}
		s, err := recur.ParseValue(first)
		if err == nil && (s.Wall.Year() < minYear || s.Wall.Year() > maxYear) {
			err = fmt.Errorf("%q is too far away", recur.Clip(first))
		}
		if err != nil {
			rd.cal.note(p.line, "%s is read without one of its dates: %v", p.name, err)
			continue
		}
		at := s.Occurrence(in, e.start, e.allDay)
		dates = append(dates, at)
		if isPeriod && p.name == "RDATE" {
			rd.readPeriod(e, p, at, rest)
		}
	}
	if len(dates) == 0 {
		return ""
	}
	return recur.DateLine(p.name, dates, e.allDay)
}

// readPeriod reads the end of an added occurrence: a time, or how long it lasts.
func (rd reader) readPeriod(e *entry, p *property, start time.Time, text string) {
	var end time.Time
	l, err := parseLength(text)
	if err == nil {
		end = l.After(start)
	} else {
		var s recur.Value
		if s, err = recur.ParseValue(text); err == nil {
			end = s.Occurrence(rd.zoneOf(p, e.clock), e.start, e.allDay)
		}
	}
	if err != nil || end.Before(start) || end.Year() > maxYear {
		rd.cal.note(p.line, "RDATE is read without the end %q of a period", recur.Clip(text))
		return
	}
	e.periods = append(e.periods, period{start, end})
}

// readRest reads what an event is about.
func (rd reader) readRest(e *entry, c *component) {
	v := e.event
	v.Kind, v.EventType = "calendar#event", "default"
	v.Summary, v.Description, v.Location = c.value("SUMMARY"), c.value("DESCRIPTION"), c.value("LOCATION")
	v.Status = statusOf(c)
	transparency := strings.ToUpper(c.value("TRANSP")) // vCalendar 1.0 counts it
	isFree := transparency == "" && strings.EqualFold(c.value("X-MICROSOFT-CDO-BUSYSTATUS"), "FREE")
	if isFree || transparency == "TRANSPARENT" || transparency == "1" {
		v.Transparency = "transparent"
	}
	if class := strings.ToLower(c.value("CLASS")); class == "private" || class == "confidential" {
		v.Visibility = class
	}
	if p := c.get("SEQUENCE"); p != nil {
		n, err := strconv.ParseInt(strings.TrimSpace(p.value), 10, 32)
		if err != nil || n < 0 {
			rd.leftOut(p, fmt.Errorf("%q is no number from 0", recur.Clip(p.value)))
		}
		v.Sequence = max(n, 0)
	}
	e.updated = rd.timestamp(c.get("LAST-MODIFIED"))
	v.Created, v.Updated = showTimestamp(rd.timestamp(c.get("CREATED"))), showTimestamp(cmp.Or(e.updated, rd.timestamp(c.get("DTSTAMP"))))
	v.Attendees = rd.attendees(c)
}

// attendees returns the owner, if they are one, with their answer.
func (rd reader) attendees(c *component) []*calendar.EventAttendee {
	for _, p := range c.properties {
		address, _ := cutPrefixFold(strings.TrimSpace(p.value), "mailto:")
		if p.name != "ATTENDEE" || rd.owner == "" || !strings.EqualFold(address, rd.owner) {
			continue
		}
		response := strings.ToLower(p.params["PARTSTAT"])
		if !slices.Contains([]string{"accepted", "declined", "tentative"}, response) {
			response = "needsAction"
		}
		return []*calendar.EventAttendee{{Email: rd.owner, Self: true, ResponseStatus: response}}
	}
	return nil
}

var statuses = map[string]string{"CANCELLED": "cancelled", "CANCELED": "cancelled", "TENTATIVE": "tentative"}

func statusOf(c *component) string {
	return cmp.Or(statuses[strings.ToUpper(c.value("STATUS"))], "confirmed")
}

// timestamp reads a DATE-TIME, the zero time if it is not there or cannot be read.
func (rd reader) timestamp(p *property) time.Time {
	v, ok := rd.timeOf(p)
	if !ok || v.Date {
		return time.Time{}
	}
	return v.Wall
}

// showTimestamp writes a time as Google writes created and updated.
func showTimestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}

func resourceTime(t time.Time, allDay bool) *calendar.EventDateTime {
	if allDay {
		return &calendar.EventDateTime{Date: t.Format(time.DateOnly)}
	}
	if isCustom(t.Location()) {
		t = t.UTC()
	}
	return &calendar.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: t.Location().String()}
}
