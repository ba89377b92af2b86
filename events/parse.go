package events

import (
	"fmt"
	"time"
)

// Parse reads a message from the fields of a stream entry or a JSON object,
// which may hold anything. Empty fields count as missing, unknown ones are
// ignored, as is a wrong traceparent, and a missing calendar is PrimaryCalendar. The
// error is a *FieldError for the first field that is wrong.
func Parse(values map[string]any) (Message, error) {
	m, problem := parse(values)
	if problem != nil {
		return Message{}, problem
	}
	return m, nil
}

func parse(values map[string]any) (m Message, problem *FieldError) {
	fields := reader{values: values}
	m = Message{
		Type:     Type(fields.text(fieldType)),
		User:     fields.text(fieldUser),
		Calendar: fields.text(fieldCalendar),
		Event:    fields.text(fieldEvent),
		Span:     fields.span(fieldStart, fieldEnd),
		Was:      fields.span(fieldWasStart, fieldWasEnd),
	}
	if s, ok := values[fieldTraceparent].(string); ok {
		m.Traceparent = soundTraceparent(s)
	}
	if m.Calendar == "" {
		m.Calendar = PrimaryCalendar
	}
	if fields.problem != nil {
		return m, fields.problem
	}
	return m, m.problem()
}

// reader takes typed values out of untrusted fields and keeps the first problem.
type reader struct {
	values  map[string]any
	problem *FieldError
}

func (r *reader) fail(field, value, problem string) {
	if r.problem == nil {
		r.problem = wrong(field, value, problem)
	}
}

func (r *reader) text(field string) string {
	switch v := r.values[field].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		r.fail(field, "", "is "+kindOf(v)+"; send a string")
		return ""
	}
}

// kindOf says what a value of JSON is, in JSON's words.
func kindOf(v any) string {
	switch v.(type) {
	case bool:
		return "a boolean"
	case map[string]any:
		return "an object"
	case []any:
		return "an array"
	}
	return "a number"
}

func (r *reader) span(startField, endField string) Span {
	start, end := r.text(startField), r.text(endField)
	if start == "" && end == "" {
		return Span{}
	}
	from, startIsDate := r.moment(startField, start)
	to, endIsDate := r.moment(endField, end)
	if start != "" && end != "" && startIsDate != endIsDate {
		r.fail(endField, end, fmt.Sprintf("does not go with %s %.64q; send two dates or two times", startField, start))
	}
	return Span{AllDay: startIsDate || endIsDate, Start: from, End: to}
}

// moment reads an instant or a date; nothing is the zero time.
func (r *reader) moment(field, value string) (t time.Time, isDate bool) {
	var problem string
	switch {
	case value == "":
		return time.Time{}, false
	case len(value) == len(time.DateOnly):
		t, problem = parseDate(value)
		isDate = true
	default:
		t, problem = parseInstant(value)
	}
	if problem == "" && !saneYear(t) {
		problem = yearProblem
	}
	if problem != "" {
		r.fail(field, value, problem)
	}
	return t, isDate
}

const (
	neitherForm  = "is neither a time as in 2026-11-23T15:00:00+01:00 nor a date as in 2026-11-23"
	noSuchMoment = "does not exist; check month, day, hours, minutes and seconds"
)

func parseDate(s string) (t time.Time, problem string) {
	if s[4] != '-' || s[7] != '-' {
		return time.Time{}, neitherForm
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, noSuchMoment
	}
	return t, ""
}

// parseInstant is stricter than time.Parse, which takes offsets of 24 hours,
// hours of one digit and a comma before the fraction.
func parseInstant(s string) (t time.Time, problem string) {
	const shape = "2006-01-02T15:04:05"
	if len(s) <= len(shape) || len(s) > len(shape)+len(".123456789+01:00") ||
		s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] == ',' {
		return time.Time{}, neitherForm
	}
	if problem := checkOffset(s[len(shape):]); problem != "" {
		return time.Time{}, problem
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, noSuchMoment
	}
	return t, ""
}

// checkOffset looks at what follows the seconds, fraction included.
func checkOffset(s string) (problem string) {
	if s[len(s)-1] == 'Z' {
		return ""
	}
	const missing = "has no offset from UTC; end it in Z, or in the offset as in +01:00"
	if len(s) < len("+01:00") {
		return missing
	}
	s = s[len(s)-len("+01:00"):]
	hours, okHours := twoDigits(s[1:3])
	minutes, okMinutes := twoDigits(s[4:6])
	if s[0] != '+' && s[0] != '-' || !okHours || s[3] != ':' || !okMinutes {
		return missing
	}
	offset := (hours*60 + minutes) * 60
	if s[0] == '-' {
		offset = -offset
	}
	if minutes > 59 || offset < minOffset || offset > maxOffset {
		return "has the offset " + s + ", which no place has; offsets go from -12:00 to +14:00"
	}
	return ""
}

func twoDigits(s string) (n int, ok bool) {
	tens, ones := s[0]-'0', s[1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}
