package ical

import (
	"bytes"
	"strings"
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

// maxEvents bounds what is read of a file. No person's calendar comes near it.
const maxEvents = 200_000

// splitter takes a file apart into components, whatever ENDs are missing: where one
// begins that does not nest, the one before has ended.
type splitter struct {
	calendars []*vcalendar
	named     bool       // there is a BEGIN:VCALENDAR
	timezone  *component // the VTIMEZONE that is open
	into      *component // that properties belong to
	ignored   int        // components in it that are open, such as alarms
	events    int
	others    int       // tasks and journals
	cal       *Calendar // for notes
}

// split returns the calendars of a file, none if nothing says that it is one.
func split(b []byte, cal *Calendar) []*vcalendar {
	s := splitter{cal: cal, calendars: []*vcalendar{{}}}
	s.into = &s.calendar().properties
	for l := range unfold(b) {
		switch l.name {
		case "BEGIN":
			s.begin(blockName(l), l.number)
		case "END":
			s.end(blockName(l))
		default:
			s.property(l)
		}
	}
	if !s.named {
		return nil
	}
	if s.into.name == "VEVENT" {
		cal.note(s.into.line, "the file ends within this event; it may have been cut off")
	}
	if s.others > 0 {
		cal.note(0, "%d tasks or journal entries are left out; only events are read", s.others)
	}
	if left := s.events - maxEvents; left > 0 {
		cal.note(0, "%d events are left out: more than %d are not read; export a shorter span of time", left, maxEvents)
	}
	return s.calendars
}

func blockName(l line) string {
	_, name, _ := bytes.Cut(l.text, []byte(":"))
	return strings.ToUpper(strings.TrimSpace(clean(name)))
}

// calendar is the one that is read: what comes after its end belongs to it too.
func (s *splitter) calendar() *vcalendar { return s.calendars[len(s.calendars)-1] }

func (s *splitter) begin(name string, number int) {
	c := &component{name: name, line: number}
	switch {
	case name == "VCALENDAR":
		if s.named {
			s.calendars = append(s.calendars, &vcalendar{})
		}
		s.named = true
		c = &s.calendar().properties
	case name == "VEVENT":
		s.timezone = nil
		if s.events++; s.events <= maxEvents {
			s.calendar().events = append(s.calendar().events, c)
		}
	case name == "VTODO" || name == "VJOURNAL":
		s.others++
	case name == "VTIMEZONE":
		s.calendar().timezones = append(s.calendar().timezones, c)
		s.timezone = c
	case (name == "STANDARD" || name == "DAYLIGHT") && s.timezone != nil:
		s.timezone.parts = append(s.timezone.parts, c)
	case name != "VFREEBUSY":
		s.ignored++
		return
	}
	s.into, s.ignored = c, 0
}

func (s *splitter) end(name string) {
	isObservance := name == "STANDARD" || name == "DAYLIGHT"
	switch {
	case name == s.into.name && isObservance:
		s.into, s.ignored = s.timezone, 0
	case name == s.into.name || name == "VCALENDAR" || name == "VTIMEZONE" && s.timezone != nil:
		s.into, s.timezone, s.ignored = &s.calendar().properties, nil, 0
	case s.ignored > 0:
		s.ignored--
	}
}

// property keeps a property that is wanted where it is read.
func (s *splitter) property(l line) {
	if _, ok := wanted[l.name]; !ok || s.ignored > 0 {
		return
	}
	switch s.into.name {
	case "VTODO", "VJOURNAL", "VFREEBUSY":
		return
	}
	if p, ok := parseProperty(l); ok {
		s.into.properties = append(s.into.properties, p)
	} else {
		s.cal.note(l.number, "%s has no value", l.name)
	}
}
