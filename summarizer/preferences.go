package summarizer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Preferences are what one user wants otherwise than everybody gets. The zero
// value is nothing.
type Preferences struct {
	Selection
	// Threshold is the novelty from which on an event is novel, 0 (everything)
	// to 1 (only what was never seen before); nil leaves it to the Routine.
	Threshold *float64 `json:"threshold"`
	// Language is the one they read, as a BCP 47 tag; "" leaves it to their calendar.
	Language string `json:"language,omitempty"`
	// Clock is the one they read, "12" or "24" hours; "" leaves it to their calendar.
	Clock string `json:"clock,omitempty"`
}

// Selection says which of the calendars on a user's list count. They go by
// their IDs; PrimaryCalendar is the user's own.
type Selection struct {
	// Include are read besides those that are read anyway: switched off, hidden,
	// or of holidays or birthdays.
	Include []string `json:"include"`
	Exclude []string `json:"exclude"` // are not read
}

// PrimaryCalendar stands for the ID of the user's own calendar.
const PrimaryCalendar = "primary"

// Bounds on a Selection.
const (
	maxSelected   = 100 // calendars of a list
	maxCalendarID = 512 // bytes
	maxLanguage   = 35  // bytes, of a tag: RFC 5646 promises room for that
)

// Validate returns a *FieldError unless p makes sense.
func (p Preferences) Validate() error {
	for _, list := range []struct {
		field string
		ids   []string
	}{{"include", p.Include}, {"exclude", p.Exclude}} {
		if n := len(list.ids); n > maxSelected {
			problem := fmt.Sprintf("calendars are too many; give at most %d", maxSelected)
			return &FieldError{Field: list.field, Value: strconv.Itoa(n), Problem: problem}
		}
		for i, id := range list.ids {
			if problem := calendarProblem(id); problem != "" {
				return &FieldError{Field: list.field, Value: id, Problem: problem}
			}
			if slices.Contains(list.ids[:i], id) {
				return &FieldError{Field: list.field, Value: id, Problem: "is there twice; give it once"}
			}
		}
	}
	for _, id := range p.Exclude {
		if slices.Contains(p.Include, id) {
			return &FieldError{Field: "exclude", Value: id, Problem: "is included as well; give it in one of the two"}
		}
	}
	if t := p.Threshold; t != nil && !(*t >= 0 && *t <= 1) {
		return &FieldError{Field: "threshold", Value: strconv.FormatFloat(*t, 'g', -1, 64),
			Problem: "is not a novelty; give 0 (everything is novel) to 1 (only what was never seen before)"}
	}
	if _, err := language.Parse(p.Language); p.Language != "" && (err != nil || len(p.Language) > maxLanguage) {
		return &FieldError{Field: "language", Value: p.Language, Problem: "is no language; give a tag such as en or de"}
	}
	if p.Clock != "" && p.Clock != "12" && p.Clock != "24" {
		return &FieldError{Field: "clock", Value: p.Clock, Problem: "is no clock; give 12 or 24"}
	}
	return nil
}

func calendarProblem(id string) string {
	switch {
	case id == "":
		return `is empty; give a calendar's ID, or "primary"`
	case len(id) > maxCalendarID:
		return fmt.Sprintf("is %d bytes long; a calendar's ID has at most %d", len(id), maxCalendarID)
	case !utf8.ValidString(id), strings.ContainsFunc(id, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "holds whitespace, a control character or what is not UTF-8; give a calendar's ID, as its settings in Google Calendar show it"
	}
	return ""
}

// Key is the same for selections of the same calendars, and for no others.
func (s Selection) Key() string {
	joined := func(ids []string) string { return strings.Join(slices.Sorted(slices.Values(ids)), " ") }
	return joined(s.Include) + "\n" + joined(s.Exclude)
}

// MarshalJSON writes empty lists as such, never as null.
func (p Preferences) MarshalJSON() ([]byte, error) {
	type plain Preferences
	for _, list := range []*[]string{&p.Include, &p.Exclude} {
		if *list == nil {
			*list = []string{}
		}
	}
	return json.Marshal(plain(p))
}

// IsZero reports whether p asks for nothing.
func (p Preferences) IsZero() bool {
	return len(p.Include) == 0 && len(p.Exclude) == 0 && p.Threshold == nil && p.Language == "" && p.Clock == ""
}

// clock12 reports whether times are told by the 12-hour clock, which the calendar is
// set to or not.
func (p Preferences) clock12(set bool) bool {
	if p.Clock == "" {
		return set
	}
	return p.Clock == "12"
}

// apply judges anew what is novel, if the user has a threshold of their own.
func (p Preferences) apply(verdicts []Verdict) {
	if p.Threshold == nil {
		return
	}
	for i := range verdicts {
		verdicts[i].Novel = verdicts[i].Novelty >= *p.Threshold
	}
}
