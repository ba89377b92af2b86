package summarizer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// told is what of an event the texts depend on.
type told struct {
	SummaryEvent
	Status EventStatus
	Why    Why
}

// Fingerprint identifies what a summary of the draft would be written from: two drafts
// with the same fingerprint need only one text. Its first half is of the calendar alone,
// see [Summary.Agrees]: what is usual may be learnt anew, and settings change, while the
// day stays the same.
func (s *Summarizer) Fingerprint(d Draft) string {
	brief := d.Brief
	events := make([]told, 0, len(brief.Novel)+len(brief.Routine))
	for _, v := range brief.Novel {
		events = append(events, told{summaryEvent(v, brief.Day.Zone, ""), cmp.Or(v.Event.Status, Confirmed), v.Why})
	}
	for _, v := range brief.Routine { // of these, why and how little they are news is not told
		events = append(events, told{summaryEvent(Verdict{Event: v.Event}, brief.Day.Zone, ""), cmp.Or(v.Event.Status, Confirmed), Why{}})
	}
	return ofCalendar(brief.Day, d.Listing) + hashed(
		s.Writer.Version(), brief.Day.String(), brief.Language, brief.Clock12, brief.Unread, brief.Usual, len(brief.Novel), events)
}

// Agrees reports whether the summary is of what the calendar was found to hold on its
// day: it is not if any event was added, changed or taken away since.
func (s Summary) Agrees(found Listing) bool {
	zone, err := time.LoadLocation(s.Timezone)
	return err == nil && strings.HasPrefix(s.Fingerprint, ofCalendar(Day{Date: s.Date, Zone: zone}, found))
}

// ofCalendar is half of a fingerprint: of the day as the calendar has it.
func ofCalendar(day Day, found Listing) string {
	events := make([]told, len(found.Events))
	for i, e := range found.Events {
		events[i] = told{summaryEvent(Verdict{Event: e}, day.Zone, ""), cmp.Or(e.Status, Confirmed), Why{}}
	}
	return hashed(day.String(), found.Unread, events)
}

func hashed(what ...any) string {
	b, err := json.Marshal(what)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
