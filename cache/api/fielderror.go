package api

import (
	"fmt"
	"unicode/utf8"
)

// FieldError says which field of a request is wrong, and what to do about it.
// Publish returns one for a message that is not sound.
type FieldError struct {
	Field   string // as the app gave it: "was_start"
	Value   string // as given; "" if it is missing
	Problem string // for a person to read, with the cure; goes on from the value
	Message int    // which of several messages it is in, from 0
}

// Error names the field, its value, shortened, and the cure.
func (e *FieldError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("field %s %s", e.Field, e.Problem)
	}
	return fmt.Sprintf("field %s %q %s", e.Field, e.shown(), e.Problem)
}

// problem tells the error to the one who made the mistake.
func (e *FieldError) problem(status int) *problem {
	p := newProblem(status, e.Error()).of("invalid-field", "A field is wrong")
	p.Field, p.Value = e.Field, e.shown()
	return p
}

// shown is as much of the value as an answer repeats.
func (e *FieldError) shown() string {
	const most = 64
	if utf8.RuneCountInString(e.Value) <= most {
		return e.Value
	}
	return string([]rune(e.Value)[:most]) + "..."
}
