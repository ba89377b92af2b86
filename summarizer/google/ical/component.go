package ical

import (
	"errors"
	"fmt"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// vcalendar is one VCALENDAR of a file.
type vcalendar struct {
	properties component
	timezones  []*component
	events     []*component
}

// component is a VEVENT, VTIMEZONE, STANDARD or DAYLIGHT.
type component struct {
	name       string
	line       int
	properties []property
	parts      []*component
	err        error // a property that cannot be done without could not be read
}

type property struct {
	name   string
	params map[string][]string
	value  string
}

// get returns the component's first property of the name, nil if it has none.
func (c *component) get(name string) *property {
	for i := range c.properties {
		if c.properties[i].name == name {
			return &c.properties[i]
		}
	}
	return nil
}

// value returns what get finds, without white space around it.
func (c *component) value(name string) string {
	if p := c.get(name); p != nil {
		return strings.TrimSpace(p.value)
	}
	return ""
}

func (p *property) param(name string) string {
	if values := p.params[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// wanted are the properties that are read, and whether a component makes sense
// without them if they are there but cannot be read.
var wanted = map[string]struct{ needed bool }{
	"DTSTART": {true}, "DTEND": {true}, "DURATION": {true}, "RECURRENCE-ID": {true},
	"RRULE": {true}, "RDATE": {true}, "EXDATE": {true}, "EXRULE": {true},
	"UID": {}, "SUMMARY": {}, "DESCRIPTION": {}, "LOCATION": {}, "STATUS": {}, "TRANSP": {}, "CLASS": {},
	"CREATED": {}, "LAST-MODIFIED": {}, "DTSTAMP": {}, "SEQUENCE": {}, "ATTENDEE": {},
	"X-MICROSOFT-CDO-BUSYSTATUS": {}, "X-WR-CALNAME": {}, "X-WR-TIMEZONE": {},
	"TZID": {}, "X-LIC-LOCATION": {}, "TZOFFSETFROM": {}, "TZOFFSETTO": {},
}

// splitter takes a file apart into components, whatever ENDs are missing.
type splitter struct {
	calendars []*vcalendar
	calendar  *vcalendar
	open      []*component // innermost last
}

// split returns the calendars of a file.
func split(lines []line) []*vcalendar {
	var s splitter
	for _, l := range lines {
		name, rest, _ := strings.Cut(l.text, ":")
		switch strings.ToUpper(name) {
		case "BEGIN":
			s.begin(strings.ToUpper(strings.TrimSpace(rest)), l.number)
		case "END":
			s.end(strings.ToUpper(strings.TrimSpace(rest)))
		default:
			s.property(l.text)
		}
	}
	return s.calendars
}

func (s *splitter) begin(name string, number int) {
	if name == "VCALENDAR" {
		s.calendar, s.open = &vcalendar{}, nil
		s.calendars = append(s.calendars, s.calendar)
		return
	}
	if s.calendar == nil {
		return
	}
	c := &component{name: name, line: number}
	switch name {
	case "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE":
		// These do not nest: where one begins, the one before has ended.
		s.open = s.open[:0]
	}
	switch {
	case name == "VEVENT":
		s.calendar.events = append(s.calendar.events, c)
	case name == "VTIMEZONE":
		s.calendar.timezones = append(s.calendar.timezones, c)
	case (name == "STANDARD" || name == "DAYLIGHT") && len(s.open) > 0:
		// Where one observance begins, the one before has ended.
		s.open = s.open[:1]
		s.open[0].parts = append(s.open[0].parts, c)
	}
	s.open = append(s.open, c)
}

func (s *splitter) end(name string) {
	if name == "VCALENDAR" {
		s.calendar, s.open = nil, nil
		return
	}
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].name == name {
			s.open = s.open[:i]
			return
		}
	}
}

func (s *splitter) property(text string) {
	if s.calendar == nil {
		return
	}
	into := &s.calendar.properties
	if len(s.open) > 0 {
		into = s.open[len(s.open)-1]
	}
	name := strings.ToUpper(text[:strings.IndexAny(text, ":;")])
	w, ok := wanted[name]
	if !ok {
		return
	}
	p, err := parseProperty(name, text)
	switch {
	case err == nil:
		into.properties = append(into.properties, p)
	case w.needed && into.err == nil:
		into.err = err
	}
}

func parseProperty(name, text string) (property, error) {
	// With its name in capitals the parser knows its type.
	parsed, err := ics.ParseProperty(ics.ContentLine(name + text[len(name):]))
	if err == nil && parsed == nil {
		err = errors.New("no value")
	}
	if err != nil {
		return property{}, fmt.Errorf("%s: %w", name, err)
	}
	params := make(map[string][]string, len(parsed.ICalParameters))
	for k, v := range parsed.ICalParameters {
		params[strings.ToUpper(k)] = v
	}
	return property{name: name, params: params, value: parsed.Value}, nil
}
