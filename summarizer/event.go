package summarizer

import "time"

// Event is one event of a calendar, or one occurrence of a series, reduced to
// what a summary needs. Titles are untrusted: anyone can send an invitation.
type Event struct {
	ID         string // the calendar's ID of this event or occurrence
	SeriesID   string // the ID of the series it belongs to, "" if none is known
	CalendarID string
	Calendar   string // the calendar's name, as its owner sees it
	Title      string

	// Start and End are instants, End exclusive. An all-day event has none:
	// its dates are in no time zone.
	Start, End time.Time
	AllDay     bool
	// StartDate and EndDate are the dates of an all-day event, EndDate
	// exclusive, as Google has it.
	StartDate, EndDate Date

	// Original is where the series had put this occurrence; zero if the event
	// belongs to no series. OriginalDate is the same for all-day events.
	Original     time.Time
	OriginalDate Date

	Status EventStatus
	// Kind is Google's eventType: "default", "outOfOffice", "focusTime",
	// "workingLocation", "fromGmail", "birthday".
	Kind string
}

// EventStatus says whether an event takes place.
type EventStatus string

// The states of an event; the zero value counts as confirmed.
const (
	Confirmed EventStatus = "confirmed"
	Tentative EventStatus = "tentative"
	Cancelled EventStatus = "cancelled"
)

// Span returns the instants between which the event takes place for somebody
// in zone: an all-day event runs from the start of its first day there to the
// end of its last.
func (e Event) Span(zone *time.Location) (start, end time.Time) {
	if e.AllDay {
		return Day{e.StartDate, zone}.Start(), Day{e.EndDate, zone}.Start()
	}
	return e.Start, e.End
}

// Touches reports whether any part of the event falls into the day. An event
// without length touches the day it starts on. None but all-day ones touches a
// day that the zone skipped.
func (e Event) Touches(day Day) bool {
	if e.AllDay {
		last := e.EndDate.AddDays(-1)
		if last.Before(e.StartDate) {
			last = e.StartDate
		}
		return !day.Date.Before(e.StartDate) && !last.Before(day.Date)
	}
	from, to := day.Start(), day.End()
	if !from.Before(to) {
		return false
	}
	if !e.End.After(e.Start) {
		return !e.Start.Before(from) && e.Start.Before(to)
	}
	return e.Start.Before(to) && e.End.After(from)
}

// Listing is what a Source found on a day.
type Listing struct {
	// Events are those that a person would say they have, in order of time.
	Events []Event
	// Unread is how many more there are than the Source takes on.
	Unread int
	// Seen holds the ID of every event the calendar listed for the day, those
	// left out of Events (declined, say) included, but no cancelled ones. It
	// tells a calendar that lags from one that has caught up.
	Seen map[string]bool
	// Calendars are the IDs of those that were read, PrimaryCalendar beside the
	// primary one's. About any other, Seen says nothing.
	Calendars []string
}
