package ical

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer/google/recur"
)

// assembly joins entries into series with their changed occurrences.
type assembly struct {
	cal    *Calendar
	events []placed
	places map[string]int // of events, by ID
}

// placed is an event, nil if it is gone, and where its file has it.
type placed struct {
	event *calendar.Event
	line  int
}

// family is what shares a UID.
type family struct {
	parts     []*part
	cancelled *entry // takes all later occurrences away
	from      time.Time
}

// part is a single event, or a series that ends where the next part goes on.
type part struct {
	*entry
	recurrence *recur.Set // nil in a single event
	// shift is how far on the clock the part has moved from the series it goes on
	// with, by whose times changed occurrences may still be named.
	shift time.Duration
}

// assemble gives the calendar the events of all entries, in their order but for later
// versions of the same, which take the place of earlier ones.
func (cal *Calendar) assemble(entries []*entry) {
	a := assembly{cal: cal, places: map[string]int{}}
	cal.Series = map[string]Series{}
	var order []string
	byUID := map[string][]*entry{}
	for _, e := range entries {
		if byUID[e.uid] == nil {
			order = append(order, e.uid)
		}
		byUID[e.uid] = append(byUID[e.uid], e)
	}
	for _, uid := range order {
		a.addFamily(byUID[uid])
	}
	slices.SortStableFunc(a.events, func(x, y placed) int { return cmp.Compare(x.line, y.line) })
	for _, p := range a.events {
		if p.event != nil {
			cal.Events = append(cal.Events, p.event)
		}
	}
}

func (a *assembly) addFamily(entries []*entry) {
	var masters, changes []*entry
	for _, e := range entries {
		if e.replaces == nil {
			masters = append(masters, e)
		} else {
			changes = append(changes, e)
		}
	}
	f := &family{}
	for _, e := range a.latest(masters) {
		f.parts = append(f.parts, a.newPart(e, 0))
		a.put(e)
	}
	// By where they belong: a change of all that follows comes before changes of those.
	at := make(map[*entry]time.Time, len(changes))
	for _, e := range changes {
		if at[e] = f.find(e).at; e.onwards {
			at[e] = at[e].Add(-1)
		}
	}
	slices.SortStableFunc(changes, func(x, y *entry) int { return at[x].Compare(at[y]) })
	for _, e := range changes {
		of := f.find(e)
		switch {
		case of.part != nil && of.part.event.Status == "cancelled" && e.event.Sequence < of.part.event.Sequence:
			a.cal.note(e.line, "a changed occurrence is left out: its series was cancelled after that")
		case e.onwards && of.part != nil && of.part.recurrence != nil:
			a.addOnwards(f, e, of)
		default:
			a.addException(f, e, of)
		}
	}
	for _, p := range f.parts {
		a.addPeriods(p)
	}
}

// latest returns the events or series that stand, of several with one UID: those of
// the highest SEQUENCE. Some programs give all their events the same UID.
func (a *assembly) latest(masters []*entry) []*entry {
	sequence := int64(0)
	for _, e := range masters {
		sequence = max(sequence, e.event.Sequence)
	}
	var stand []*entry
	places := map[string]int{} // in stand
	for _, e := range masters {
		if e.event.Sequence < sequence {
			a.cal.note(e.line, "an older version of an event is left out: SEQUENCE %d, where another has %d", e.event.Sequence, sequence)
			continue
		}
		content := e.content()
		if i, known := places[content]; known {
			if e.event.Status == "cancelled" || stand[i].event.Status != "cancelled" {
				stand[i] = e
			}
			continue
		}
		places[content] = len(stand)
		stand = append(stand, e)
	}
	for i, e := range stand[min(1, len(stand)):] {
		e.event.Id = eventID(fmt.Sprintf("%s\n%s\n%d", e.uid, e.start.UTC(), i))
	}
	return stand
}

// content is the same for two events that say the same, but for their status.
func (e *entry) content() string {
	v := e.event
	return fmt.Sprintf("%d %d %t %q %q %q %q", e.start.Unix(), e.end.Unix(), e.allDay, v.Summary, v.Location, v.Description, v.Recurrence)
}

func (a *assembly) newPart(e *entry, shift time.Duration) *part {
	p := &part{entry: e, shift: shift}
	if len(e.event.Recurrence) == 0 {
		return p
	}
	r, err := recur.Parse(e.event.Recurrence, e.start, e.allDay)
	if err != nil { // there are too many dates: each line was read before
		a.cal.note(e.line, "the event is read without its recurrence: %v", err)
		e.event.Recurrence = nil
		return p
	}
	p.recurrence = r
	of := Series{Length: e.length}
	if isCustom(e.start.Location()) {
		of.Zone = e.start.Location()
	}
	if of != (Series{}) {
		a.cal.Series[e.event.Id] = of
	}
	return p
}

func (p *part) has(t time.Time) bool {
	if p.recurrence == nil {
		return p.start.Equal(t)
	}
	return p.recurrence.Has(t)
}

// target is the occurrence that a change stands for. If there is none, it is where it
// would be in the last part, which is nil without any.
type target struct {
	part   *part
	at     time.Time
	exists bool
}

// find returns what a change stands for.
func (f *family) find(e *entry) target {
	var last target
	for _, p := range slices.Backward(f.parts) {
		for _, zone := range []*time.Location{cmp.Or(e.in, p.clock), cmp.Or(e.in, e.clock)} {
			named := e.replaces.Occurrence(zone, p.start, p.allDay)
			for _, t := range []time.Time{recur.Local(recur.Wall(named).Add(p.shift), named.Location()), named} {
				if p.has(t) {
					return target{p, t, true}
				}
			}
			if last.part == nil {
				last = target{part: p, at: named}
			}
		}
	}
	if last.part == nil {
		last.at = e.replaces.Occurrence(cmp.Or(e.in, e.clock), e.start, e.allDay)
	}
	return last
}

// isOlderThan reports whether e was written before other.
func (e *entry) isOlderThan(other *entry) bool {
	if e.event.Sequence != other.event.Sequence {
		return e.event.Sequence < other.event.Sequence
	}
	return !e.updated.IsZero() && e.updated.Before(other.updated)
}

func (a *assembly) put(e *entry) {
	if place, ok := a.places[e.event.Id]; ok {
		before := &a.events[place]
		if e.event.Sequence < before.event.Sequence {
			a.cal.note(e.line, "an older version of a changed occurrence is left out")
			return
		}
		a.cal.note(before.line, "a changed occurrence is left out: another is for the same time, in line %d", e.line)
		before.event = e.event
		return
	}
	a.places[e.event.Id] = len(a.events)
	a.events = append(a.events, placed{event: e.event, line: e.line})
}

// addException adds a changed or cancelled occurrence. Without its series, it
// stands for itself.
func (a *assembly) addException(f *family, e *entry, of target) {
	p, by := of.part, f.cancelled
	if by == nil || of.at.Before(f.from) {
		by = nil
		if p != nil {
			by = p.entry
		}
	}
	switch {
	case by != nil && !of.exists && (by == f.cancelled && !by.isOlderThan(e) || e.isOlderThan(by)):
		a.cal.note(e.line, "a changed occurrence is left out: it is older than what took it away from its series")
	case p == nil || p.recurrence == nil && !of.exists:
		e.event.Id = recur.InstanceID(e.event.Id, of.at, e.allDay)
		a.put(e)
	case p.recurrence == nil && e.isOlderThan(p.entry):
		a.cal.note(e.line, "an older version of an event is left out")
	case p.recurrence == nil:
		e.event.Id = p.event.Id
		a.put(e)
	default:
		a.putOccurrence(p, of.at, e)
	}
}

// putOccurrence adds what takes the place of an occurrence of a series.
func (a *assembly) putOccurrence(p *part, original time.Time, e *entry) {
	e.event.Id = recur.InstanceID(p.event.Id, original, p.allDay)
	e.event.RecurringEventId = p.event.Id
	e.event.OriginalStartTime = resourceTime(original, p.allDay)
	a.put(e)
}

// addPeriods adds the occurrences of a series that have lengths of their own, but for
// those that were changed.
func (a *assembly) addPeriods(p *part) {
	for _, period := range p.periods {
		if _, changed := a.places[recur.InstanceID(p.event.Id, period.start, p.allDay)]; changed || p.recurrence == nil || !p.has(period.start) {
			continue
		}
		event := *p.event
		event.Recurrence = nil
		event.Start, event.End = resourceTime(period.start, p.allDay), resourceTime(period.end, p.allDay)
		a.putOccurrence(p, period.start, &entry{event: &event, line: p.line})
	}
}

// addOnwards ends a series before the occurrence that the entry replaces and
// goes on with it as a new series, as Google does for "this and following".
func (a *assembly) addOnwards(f *family, e *entry, of target) {
	p, original := of.part, of.at
	shift := recur.Wall(e.start).Sub(recur.Wall(original))
	before, after := p.recurrence.Cut(original, e.start)
	if len(e.event.Recurrence) == 0 {
		if e.event.Recurrence = after; p.rulesOut(e, shift) {
			e.event.Recurrence = a.spelledOut(p, e, original, shift)
		}
	}
	isFirst := len(p.recurrence.Between(p.start, original)) == 0
	head := *p.entry
	p.event.Recurrence = before
	*p = *a.newPart(&head, p.shift)
	if isFirst {
		a.events[a.places[p.event.Id]].event = nil
		delete(a.places, p.event.Id)
	}
	if e.event.Status == "cancelled" {
		f.cancelled, f.from = e, original
		return
	}
	e.event.Id = recur.FollowingID(p.event.Id, original, p.allDay)
	e.event.ICalUID = e.event.Id + "@google.com"
	f.parts = append(f.parts, a.newPart(e, p.shift+shift))
	a.put(e)
}

// rulesOut reports whether the rules of a series say themselves when it takes place,
// in a way that does not go together with where e moves it.
func (p *part) rulesOut(e *entry, shift time.Duration) bool {
	moved := !recur.Wall(e.start).Truncate(24 * time.Hour).Equal(recur.Wall(e.start).Add(-shift).Truncate(24 * time.Hour))
	return e.allDay != p.allDay || slices.ContainsFunc(p.event.Recurrence, func(line string) bool {
		isRule := strings.HasPrefix(line, "RRULE:") || strings.HasPrefix(line, "EXRULE:")
		saysTime := strings.Contains(line, "BYHOUR") || strings.Contains(line, "BYMINUTE")
		return isRule && (moved && strings.Contains(line, "BY") || shift != 0 && saysTime)
	})
}

// maxSpelledOut bounds the dates in place of a rule.
const maxSpelledOut = 500

// spelledOut returns the rest of a series, moved, date by date.
func (a *assembly) spelledOut(p *part, e *entry, original time.Time, shift time.Duration) []string {
	rest := p.recurrence.Between(original, time.Date(recur.LastYear+1, 1, 1, 0, 0, 0, 0, time.UTC))
	if len(rest) > maxSpelledOut {
		rest = rest[:maxSpelledOut]
		a.cal.note(e.line, "a change moves all later occurrences to other days: they are read until %s", rest[len(rest)-1].Format(time.DateOnly))
	}
	moved := make([]time.Time, len(rest))
	for i, t := range rest {
		moved[i] = recur.Local(recur.Wall(t).Add(shift), e.start.Location())
	}
	if len(moved) == 0 {
		return nil
	}
	return []string{recur.DateLine("RDATE", moved, e.allDay)}
}

var googleUID = regexp.MustCompile(`^([a-v0-9]{5,200}(?:_R[0-9T]{8,15})?)@google\.com$`)

// eventID makes an event's ID out of its UID: the one that Google had given it,
// or one that looks like it and is always the same.
func eventID(uid string) string {
	if m := googleUID.FindStringSubmatch(uid); m != nil {
		return m[1]
	}
	sum := sha256.Sum256([]byte(uid))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
