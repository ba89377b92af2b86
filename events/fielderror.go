package events

import (
	"fmt"
	"unicode/utf8"
)

// FieldError says which field of a message is wrong, and what to do about it.
type FieldError struct {
	Field   string // as on the stream: "was_start"
	Value   string // as given, in full; "" if it is missing
	Problem string // for a person to read, with the cure; goes on from the value
}

// shownValue is how many characters of a value an error repeats.
const shownValue = 64

// Error names the field, the beginning of its value, and the cure.
func (e *FieldError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("field %s %s", e.Field, e.Problem)
	}
	more := ""
	if utf8.RuneCountInString(e.Value) > shownValue {
		more = "..."
	}
	return fmt.Sprintf("field %s %.*q%s %s", e.Field, shownValue, e.Value, more, e.Problem)
}
