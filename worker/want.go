package worker

import (
	"slices"
	"strings"

	"foreday/events"
	"foreday/summarizer"
)

// The words for what the next look at a calendar should show of an event. They
// stand before its ID; what follows after wantIn is the calendar's, if it is not
// the primary one.
const (
	wantThere  = '+'
	wantGone   = '-'
	wantUnsure = '?' // it may have left the day
	wantIn     = "\t"
)

// want says what the next look at the calendar should show of the message's
// event, "" if the message is about none.
func want(m events.Message) string {
	what := m.Event
	if m.Calendar != "" && m.Calendar != events.PrimaryCalendar {
		what += wantIn + m.Calendar
	}
	switch m.Type {
	case events.EventCreated:
		return string(wantThere) + what
	case events.EventDeleted:
		return string(wantGone) + what
	case events.EventUpdated:
		// To hold out for it as earlier messages told would be in vain.
		return string(wantUnsure) + what
	}
	return ""
}

// agrees reports whether the listing is in line with what the messages said, the
// last word on each event counting. What they said of calendars that were not read
// does not count, nor of a day with more events than are read.
func agrees(listing summarizer.Listing, wants []string) bool {
	if listing.Unread > 0 {
		return true // it may be among those
	}
	last := make(map[string]byte, len(wants))
	for _, w := range wants {
		event, calendar, named := strings.Cut(w[1:], wantIn)
		if !named {
			calendar = summarizer.PrimaryCalendar
		}
		if slices.Contains(listing.Calendars, calendar) {
			last[event] = w[0]
		}
	}
	for event, word := range last {
		if word != wantUnsure && listing.Seen[event] != (word == wantThere) {
			return false
		}
	}
	return true
}
