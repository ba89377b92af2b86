package worker

import (
	"slices"
	"strings"

	"foreday/events"
	"foreday/summarizer"
)

// The words for what the next look at a calendar should show of an event. They
// stand before its ID; what follows after expectIn is the calendar's, if it is not
// the primary one.
const (
	expectPresent = '+'
	expectAbsent  = '-'
	expectEither  = '?' // it may have left the day
	expectIn      = "\t"
)

// expectation says what the next look at the calendar should show of the message's
// event, "" if the message is about none.
func expectation(m events.Message) string {
	what := m.Event
	if m.Calendar != "" && m.Calendar != events.PrimaryCalendar {
		what += expectIn + m.Calendar
	}
	switch m.Type {
	case events.EventCreated:
		return string(expectPresent) + what
	case events.EventDeleted:
		return string(expectAbsent) + what
	case events.EventUpdated:
		// It may never be as earlier messages told, so it is not waited for.
		return string(expectEither) + what
	}
	return ""
}

// meets reports whether the listing is in line with what the messages said, the
// last word on each event counting. What they said of calendars that were not read
// does not count, nor of a day with more events than are read.
func meets(listing summarizer.Listing, expected []string) bool {
	if listing.Unread > 0 {
		return true // it may be among those
	}
	last := make(map[string]byte, len(expected))
	for _, w := range expected {
		event, calendar, named := strings.Cut(w[1:], expectIn)
		if !named {
			calendar = summarizer.PrimaryCalendar
		}
		if slices.Contains(listing.Calendars, calendar) {
			last[event] = w[0]
		}
	}
	for event, word := range last {
		if word != expectEither && listing.Seen[event] != (word == expectPresent) {
			return false
		}
	}
	return true
}
