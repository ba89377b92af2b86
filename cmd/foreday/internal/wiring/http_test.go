package wiring

import (
	"errors"
	"regexp"
	"testing"

	"foreday/events"
)

// Of several messages the one that is wrong is named, and none is sent. What an app
// reads of it are the words of JSON and of the README, and none of Go's.
func TestAMessageThatIsNotSoundIsNamedInPlainWords(t *testing.T) {
	t.Parallel()
	sound := map[string]any{"type": "calendar.changed", "user": "u1"}
	for name, fields := range map[string]map[string]any{
		"a number for a user":   {"type": "calendar.changed", "user": 5.5},
		"a list for a type":     {"type": []any{"calendar.changed"}, "user": "u1"},
		"an object for a time":  {"type": "event.created", "user": "u1", "event": "e", "start": map[string]any{"dateTime": "x"}, "end": "x"},
		"true for a calendar":   {"type": "calendar.changed", "user": "u1", "calendar": true},
		"nothing for a user":    {"type": "calendar.changed", "user": nil},
		"a time that is none":   {"type": "event.created", "user": "u1", "event": "e", "start": "2026-11-23T15:00", "end": "x"},
		"a date that is none":   {"type": "event.created", "user": "u1", "event": "e", "start": "2026-02-30", "end": "2026-03-01"},
		"an hour that is none":  {"type": "event.created", "user": "u1", "event": "e", "start": "2026-11-23T25:00:00Z", "end": "x"},
		"an unknown message":    {"type": "event.exploded", "user": "u1"},
		"a message without any": {},
	} {
		messages, err := parsed([]map[string]any{sound, fields, sound})
		var wrong *events.FieldError
		if !errors.As(err, &wrong) || wrong.Message != 1 || messages != nil {
			t.Errorf("%s: %v, %v; want the second of three refused, and all of them", name, messages, err)
			continue
		}
		ofGo := regexp.MustCompile(`map\[|\[\]|interface|float64|\bbool\b|<nil>|%!|json:|parsing time|strconv`)
		if found := ofGo.FindString(err.Error()); found != "" {
			t.Errorf("%s: %q is of Go, in: %v", name, found, err)
		}
	}
}
