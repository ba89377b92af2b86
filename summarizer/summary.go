package summarizer

import (
	"time"
	"unicode/utf8"
)

// Limits on what a Writer's text may hold, in characters. A Writer must
// keep to them: package words does, and nobody looks after it.
const (
	MaxText     = 1200
	MaxHeadline = 200
)

// Limits on what else a Summary holds: the events it lists, and the characters of
// each of their texts. Text says how many more there are.
const (
	MaxEvents = 40
	maxField  = 200
)

// PlainWriter is the Summary.Writer of text that no model planned.
const PlainWriter = "plain"

// Summary is what readers get: the novel events of one day and a few lines
// about them. It is all that foreday stores of a calendar.
type Summary struct {
	User        string         `json:"user"`
	Date        Date           `json:"date"`
	Timezone    string         `json:"timezone"` // IANA name
	Language    string         `json:"language"` // of the texts, as a BCP 47 tag
	Headline    string         `json:"headline"`
	Text        string         `json:"text"`
	Events      []SummaryEvent `json:"events"` // novel ones, in order of time, MaxEvents at most; never nil
	TotalEvents int            `json:"total_events"`
	NovelEvents int            `json:"novel_events"`
	Writer      string         `json:"writer"`       // who planned it: "openai:MODEL" or "plain"
	Degraded    bool           `json:"degraded"`     // a model should have planned it, and could not
	FetchedAt   time.Time      `json:"fetched_at"`   // when the calendar was asked, before its answer
	GeneratedAt time.Time      `json:"generated_at"` // when the text was written
	Generation  int64          `json:"generation"`   // rises with every invalidation of the day
	Fingerprint string         `json:"fingerprint"`  // of the day in the calendar, and of all that the Writer was given
}

// SummaryEvent is a novel event as readers get it: no description, no
// attendees, no links.
type SummaryEvent struct {
	Title    string  `json:"title"`
	Start    string  `json:"start"` // RFC 3339 with the day's offset, or a date if AllDay
	End      string  `json:"end"`   // exclusive
	AllDay   bool    `json:"all_day"`
	Calendar string  `json:"calendar"`
	Novelty  float64 `json:"novelty"`
	Reason   string  `json:"reason"`
}

func summaryEvent(v Verdict, zone *time.Location, reason string) SummaryEvent {
	e := v.Event
	s := SummaryEvent{Title: cut(e.Title), AllDay: e.AllDay, Calendar: cut(e.Calendar), Novelty: v.Novelty, Reason: reason}
	if e.AllDay {
		s.Start, s.End = e.StartDate.String(), e.EndDate.String()
	} else {
		s.Start, s.End = e.Start.In(zone).Format(time.RFC3339), e.End.In(zone).Format(time.RFC3339)
	}
	return s
}

// cut shortens a text that somebody else wrote to what a summary has room for.
func cut(s string) string {
	n := 0
	for i := range s {
		if n++; n == maxField && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
	}
	return s
}
