package events

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// created returns the fields of a sound message, changed by pairs of a field and
// its value; an empty value takes the field away.
func created(changes ...string) map[string]any {
	fields := map[string]any{
		"type": "event.created", "user": "u1842", "calendar": "team@example.org", "event": "4kq2v7",
		"start": "2026-11-23T15:00:00+01:00", "end": "2026-11-23T16:00:00+01:00",
	}
	for i := 0; i < len(changes); i += 2 {
		fields[changes[i]] = changes[i+1]
		if changes[i+1] == "" {
			delete(fields, changes[i])
		}
	}
	return fields
}

func TestParseReadsWhatAppsSend(t *testing.T) {
	t.Parallel()
	cet := time.FixedZone("", 3600)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }
	hour := func(h int) time.Time { return time.Date(2026, 11, 23, h, 0, 0, 0, cet) }
	sound := Message{Type: EventCreated, User: "u1842", Calendar: "team@example.org", Event: "4kq2v7",
		Span: Between(hour(15), hour(16))}
	with := func(change func(*Message)) Message {
		m := sound
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		fields map[string]any
		want   Message
	}{
		"an event":               {created(), sound},
		"no calendar":            {created("calendar", ""), with(func(m *Message) { m.Calendar = PrimaryCalendar })},
		"fields of the future":   {created("colour", "red", "dead_id", "1-1"), sound},
		"an end that is a start": {created("end", "2026-11-23T15:00:00+01:00"), with(func(m *Message) { m.Span.End = hour(15) })},
		"two offsets":            {created("end", "2026-11-23T20:30:00+05:30"), sound},
		"a fraction":             {created("start", "2026-11-23T15:00:00.000000000+01:00"), sound},
		"UTC":                    {created("start", "2026-11-23T14:00:00Z"), sound},
		"all day": {created("start", "2026-11-23", "end", "2026-11-25"),
			with(func(m *Message) { m.Span = Days(day(23), day(25)) })},
		"moved from all day": {created("type", "event.updated", "was_start", "2026-11-20", "was_end", "2026-11-21"),
			with(func(m *Message) { m.Type, m.Was = EventUpdated, Days(day(20), day(21)) })},
		"moved from who knows where": {created("type", "event.updated"), with(func(m *Message) { m.Type = EventUpdated })},
		"deleted":                    {created("type", "event.deleted"), with(func(m *Message) { m.Type = EventDeleted })},
		"anything changed": {map[string]any{"type": "calendar.changed", "user": "ü-1"},
			Message{Type: CalendarChanged, User: "ü-1", Calendar: PrimaryCalendar}},
		"the longest user":    {created("user", strings.Repeat("u", 128)), with(func(m *Message) { m.User = strings.Repeat("u", 128) })},
		"the ends of the map": {created("start", "2026-11-24T04:00:00+14:00", "end", "2026-11-23T03:00:00-12:00"), sound},
	} {
		got, err := Parse(c.fields)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !same(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

// same compares spans as instants, whatever offset they are written in.
func same(a, b Message) bool {
	spans := func(a, b Span) bool {
		return a.AllDay == b.AllDay && a.Start.Equal(b.Start) && a.End.Equal(b.End)
	}
	return a.Type == b.Type && a.User == b.User && a.Calendar == b.Calendar && a.Event == b.Event &&
		spans(a.Span, b.Span) && spans(a.Was, b.Was)
}

func TestParseNamesTheFieldTheValueAndTheCure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields map[string]any
		field  string
		says   []string
	}{
		"nothing at all":          {nil, "type", []string{"event.created"}},
		"an unknown type":         {created("type", "event.moved"), "type", []string{`"event.moved"`, "calendar.changed"}},
		"a number for a user":     {map[string]any{"type": "event.created", "user": 7.0}, "user", []string{"is a number", "string"}},
		"no user":                 {created("user", ""), "user", []string{"missing", "send"}},
		"a user too long":         {created("user", strings.Repeat("u", 129)), "user", []string{"129", "128", "uuu...\""}},
		"a user with a space":     {created("user", "u 1"), "user", []string{`"u 1"`, "whitespace"}},
		"a user with a wide one":  {created("user", "u\u20031"), "user", []string{"whitespace"}},
		"a user with a brace":     {created("user", "u{1"), "user", []string{"brace"}},
		"a user who is a step":    {created("user", ".."), "user", []string{"step in a path"}},
		"a user with a step":      {created("user", "u1/../u2"), "user", []string{"step in a path"}},
		"a user with a bell":      {created("user", "u\a"), "user", []string{`\a`, "control"}},
		"a user in Latin-1":       {created("user", "m\xfcller"), "user", []string{`\xfc`, "UTF-8"}},
		"no event":                {created("event", ""), "event", []string{"missing"}},
		"an event too long":       {created("event", strings.Repeat("e", 1025)), "event", []string{"1025", "1024"}},
		"a calendar of two lines": {created("calendar", "a\nb"), "calendar", []string{`"a\nb"`, "control"}},
		"no start":                {created("start", ""), "start", []string{"missing", "starts and when it ends"}},
		"no end":                  {created("end", ""), "end", []string{"missing", "starts and when it ends"}},
		"no span":                 {created("start", "", "end", ""), "start", []string{"missing", "starts and when it ends"}},
		"no span of a deleted":    {created("type", "event.deleted", "start", "", "end", ""), "start", []string{"missing"}},
		"an end before the start": {created("end", "2026-11-23T14:59:59+01:00"), "end", []string{"14:59:59", "before start", "15:00:00"}},
		"a day that ends at once": {created("start", "2026-11-23", "end", "2026-11-23"), "end", []string{"exclusive", "day after"}},
		"a date and a time":       {created("start", "2026-11-23"), "end", []string{"does not go with start", "two dates or two times"}},
		"an offset of 25 hours":   {created("start", "2026-11-23T15:00:00+25:00"), "start", []string{"+25:00", "-12:00 to +14:00"}},
		"an offset of 75 minutes": {created("start", "2026-11-23T15:00:00+01:75"), "start", []string{"+01:75"}},
		"an offset of -12:01":     {created("start", "2026-11-23T15:00:00-12:01"), "start", []string{"-12:01"}},
		"no offset":               {created("start", "2026-11-23T15:00:00"), "start", []string{"neither"}},
		"no offset but fraction":  {created("start", "2026-11-23T15:00:00.5"), "start", []string{"no offset"}},
		"a zone by its name":      {created("start", "2026-11-23T15:00:00CET"), "start", []string{"no offset", "+01:00"}},
		"the 30th of February":    {created("start", "2026-02-30T15:00:00Z"), "start", []string{"does not exist"}},
		"the date of it":          {created("start", "2026-02-30", "end", "2026-03-01"), "start", []string{"does not exist"}},
		"25 o'clock":              {created("start", "2026-11-23T25:00:00Z"), "start", []string{"does not exist"}},
		"the year 0001":           {created("start", "0001-01-01T00:00:00Z"), "start", []string{"1900 to 2200"}},
		"the year 9999":           {created("end", "9999-12-31T00:00:00Z"), "end", []string{"1900 to 2200"}},
		"words":                   {created("start", "next Tuesday"), "start", []string{`"next Tuesday"`, "neither"}},
		"a date of words":         {created("start", "next month"), "start", []string{"neither"}},
		"a comma in the seconds":  {created("start", "2026-11-23T15:00:00,5+01:00"), "start", []string{"neither"}},
		"half a change":           {created("type", "calendar.changed", "end", ""), "end", []string{"missing", "both or neither"}},
		"half a past":             {created("type", "event.updated", "was_start", "2026-11-20"), "was_end", []string{"missing", "was_start"}},
		"the other half":          {created("type", "event.updated", "was_end", "2026-11-20"), "was_start", []string{"missing", "was_end"}},
		"a past of the created":   {created("was_start", "2026-11-20", "was_end", "2026-11-21"), "was_start", []string{"event.updated"}},
		"a past that ends early": {created("type", "event.updated", "was_start", "2026-11-20", "was_end", "2026-11-19"), "was_end",
			[]string{"was_start"}},
	} {
		m, err := Parse(c.fields)
		var fieldErr *FieldError
		if !errors.As(err, &fieldErr) {
			t.Errorf("%s: got %+v and the error %v, want a *FieldError", name, m, err)
			continue
		}
		if fieldErr.Field != c.field {
			t.Errorf("%s: blames %s, not %s: %v", name, fieldErr.Field, c.field, err)
		}
		for _, word := range append(c.says, "field "+c.field) {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: does not say %s: %v", name, word, err)
			}
		}
	}
}

func TestValuesAreWhatParseReads(t *testing.T) {
	t.Parallel()
	lmt := time.FixedZone("LMT", 3208) // an offset that RFC 3339 cannot write
	at := time.Date(1900, 3, 1, 12, 0, 0, 500, lmt)
	for _, m := range []Message{
		{Type: CalendarChanged, User: "u", Calendar: "c"},
		{Type: EventUpdated, User: "u", Calendar: "c", Event: "e", Span: Between(at, at.Add(time.Hour)), Was: Days(at, at.AddDate(0, 0, 3))},
	} {
		got, err := Parse(asMap(m.Values()))
		if err != nil || !same(got, m) {
			t.Errorf("%+v came back as %+v, %v", m, got, err)
		}
	}
}

func asMap(pairs []string) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

func FuzzParse(f *testing.F) {
	f.Add("event.created", "u1842", "primary", "4kq2v7", "2026-11-23T15:00:00+01:00", "2026-11-23T16:00:00+01:00", "", "")
	f.Add("event.updated", "u", "", "e", "2026-11-23", "2026-11-24", "2026-11-23T15:00:00.25Z", "2026-11-23T15:00:00-12:00")
	f.Add("calendar.changed", "u", "", "", "0001-01-01", "0001-01-01", "x", "2026-11-23T15:00:00+25:00")
	f.Fuzz(func(t *testing.T, kind, user, calendar, event, start, end, wasStart, wasEnd string) {
		m, err := Parse(map[string]any{
			"type": kind, "user": user, "calendar": calendar, "event": event,
			"start": start, "end": end, "was_start": wasStart, "was_end": wasEnd,
		})
		if err != nil {
			var fieldErr *FieldError
			if !errors.As(err, &fieldErr) || fieldErr.Field == "" || len(err.Error()) > 2048 || !utf8.ValidString(err.Error()) {
				t.Fatalf("a poor error: %v", err)
			}
			return
		}
		if err := m.Validate(); err != nil {
			t.Fatalf("Parse let through what Validate does not: %+v: %v", m, err)
		}
		again, err := Parse(asMap(m.Values()))
		if err != nil || !same(again, m) {
			t.Fatalf("%+v does not survive the stream: %+v, %v", m, again, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	fields := created()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(fields); err != nil {
			b.Fatal(err)
		}
	}
}
