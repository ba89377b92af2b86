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

// Bounds on what a file may be made of. No person's calendar comes near them.
const (
	maxDepth  = 20
	maxEvents = 200_000
)

// splitter takes a file apart into components, whatever ENDs are missing.
type splitter struct {
	calendars []*vcalendar
	named     bool         // there is a BEGIN:VCALENDAR
	open      []*component // innermost last
	tooDeep   int          // BEGINs that were not opened
	events    int
	left      int // events that are too many
	others    int // tasks and journals
	notes     *notes
}

// split returns the calendars of a file, none if nothing says that it is one.
func split(b []byte, notes *notes) []*vcalendar {
	s := splitter{notes: notes}
	for l := range unfold(b) {
		switch name := propertyName(l.text); name {
		case "BEGIN":
			s.begin(blockName(l), l.number)
		case "END":
			s.end(blockName(l))
		default:
			s.property(name, l)
		}
	}
	if !s.named {
		return nil
	}
	for _, c := range s.open {
		if c.name == "VEVENT" {
			notes.add(c.line, "the file ends within this event; it may have been cut off")
		}
	}
	if s.others > 0 {
		notes.add(0, "%d tasks or journal entries are left out; only events are read", s.others)
	}
	if s.left > 0 {
		notes.add(0, "%d events are left out: more than %d are not read; export a shorter span of time", s.left, maxEvents)
	}
	return s.calendars
}

func blockName(l line) string {
	_, name, _ := bytes.Cut(l.text, []byte(":"))
	return strings.ToUpper(strings.TrimSpace(clean(name)))
}

// calendar is the one that is read: what comes after its end belongs to it too.
func (s *splitter) calendar() *vcalendar {
	if len(s.calendars) == 0 {
		s.calendars = append(s.calendars, &vcalendar{})
	}
	return s.calendars[len(s.calendars)-1]
}

func (s *splitter) begin(name string, number int) {
	if name == "VCALENDAR" {
		if s.named || len(s.calendars) == 0 {
			s.calendars = append(s.calendars, &vcalendar{})
		}
		s.named, s.open, s.tooDeep = true, nil, 0
		return
	}
	switch name {
	case "VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE":
		// These do not nest: where one begins, the one before has ended.
		s.open, s.tooDeep = s.open[:0], 0
	}
	if len(s.open) == maxDepth {
		s.tooDeep++
		return
	}
	c := &component{name: name, line: number}
	switch {
	case name == "VEVENT" && s.events == maxEvents:
		s.left++
	case name == "VEVENT":
		s.events++
		s.calendar().events = append(s.calendar().events, c)
	case name == "VTODO" || name == "VJOURNAL":
		s.others++
	case name == "VTIMEZONE":
		s.calendar().timezones = append(s.calendar().timezones, c)
	case (name == "STANDARD" || name == "DAYLIGHT") && len(s.open) > 0:
		// Where one observance begins, the one before has ended.
		s.open = s.open[:1]
		s.open[0].parts = append(s.open[0].parts, c)
	}
	s.open = append(s.open, c)
}

func (s *splitter) end(name string) {
	switch {
	case name == "VCALENDAR":
		s.open, s.tooDeep = nil, 0
		return
	case s.tooDeep > 0:
		s.tooDeep--
		return
	}
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].name == name {
			s.open = s.open[:i]
			return
		}
	}
}

// property keeps a property that is wanted where it is read.
func (s *splitter) property(name string, l line) {
	if _, ok := wanted[name]; !ok || s.tooDeep > 0 {
		return
	}
	into := &s.calendar().properties
	if n := len(s.open); n > 0 {
		into = s.open[n-1]
	}
	switch into.name {
	case "", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT":
	default:
		return // of an alarm, a task
	}
	p, err := parseProperty(name, l)
	if err == nil {
		into.properties = append(into.properties, p)
	} else {
		s.notes.add(l.number, "%s %v", name, err)
	}
	if l.cut {
		s.notes.add(l.number, "%s is longer than the %d MiB that are read of a line", name, maxLine>>20)
	}
}
