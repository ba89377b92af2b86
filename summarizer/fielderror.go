package summarizer

import (
	"fmt"
	"unicode/utf8"
)

// FieldError says which field of what somebody gave is wrong (a message, a request, a
// user's preferences), and what to do about it.
type FieldError struct {
	Field   string // as it was given: "was_start"
	Value   string // as it was given, in full; "" if it is missing
	Problem string // for a person to read, with the cure; goes on from the value
	Message int    // which of several messages it is in, from 0
}

// Error names the field, its value, shortened, and the cure.
func (e *FieldError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("field %s %s", e.Field, e.Problem)
	}
	return fmt.Sprintf("field %s %q %s", e.Field, e.Shown(), e.Problem)
}

// shownValue is how many characters of a value are repeated.
const shownValue = 64

// Shown is as much of the value as an answer repeats.
func (e *FieldError) Shown() string {
	if utf8.RuneCountInString(e.Value) <= shownValue {
		return e.Value
	}
	return string([]rune(e.Value)[:shownValue]) + "..."
}
