package novelty_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"foreday/summarizer"
)

// named is which fields of a Why its kind names: those that it always has, and those
// that it may have.
var named = map[summarizer.WhyKind]struct{ always, mayBe []string }{
	summarizer.FirstTime:   {nil, []string{"Weeks"}},
	summarizer.NewCalendar: {},
	summarizer.NthTime:     {[]string{"Times", "Last"}, []string{"Weeks"}},
	summarizer.Yearly:      {[]string{"Last"}, nil},
	summarizer.Renamed:     {nil, []string{"Rhythm"}},
	summarizer.Moved:       {nil, []string{"Usual", "From", "Renamed"}},
	summarizer.CalledOff:   {nil, []string{"Usual"}},
	summarizer.Instead:     {[]string{"Usual"}, nil},
	summarizer.OutOfTurn:   {[]string{"From", "Every"}, nil},
	summarizer.Extra:       {[]string{"Usual"}, nil},
	summarizer.Habitual:    {[]string{"Times"}, []string{"Rhythm", "Usual", "Last"}},
	summarizer.LikeRoutine: {[]string{"Times"}, []string{"Rhythm", "Usual", "Last"}},
	summarizer.TooYoung:    {},
}

// testing.T and rapid.T alike.
type failing interface {
	Helper()
	Errorf(format string, args ...any)
}

// holdsWhatItsKindNames checks that the verdict's Why has the fields that its kind
// names, no others, and none that contradict each other.
func holdsWhatItsKindNames(t failing, v summarizer.Verdict) {
	t.Helper()
	if problem := problemOf(v.Why); problem != "" {
		t.Errorf("%+v: %s", v.Why, problem)
	}
}

func problemOf(w summarizer.Why) string {
	fields, known := named[w.Kind]
	if !known {
		return "is of no kind"
	}
	value := reflect.ValueOf(w)
	for i := range value.NumField() {
		name, zero := value.Type().Field(i).Name, value.Field(i).IsZero()
		switch always := slices.Contains(fields.always, name); {
		case name == "Kind":
		case always && zero:
			return "lacks " + name
		case !always && !zero && !slices.Contains(fields.mayBe, name):
			return "has " + name
		}
	}
	hasFrom, hasUsual, hasLast := w.From != summarizer.Moment{}, w.Usual != summarizer.Slot{}, !w.Last.IsZero()
	hasRhythm := w.Rhythm != summarizer.NoRhythm
	switch pattern := w.Kind == summarizer.Habitual || w.Kind == summarizer.LikeRoutine; {
	case w.Kind == summarizer.Moved && hasFrom == hasUsual:
		return "says where it was moved from twice, or not"
	case pattern && hasRhythm == hasLast:
		return "has both a rhythm and the last day, or neither"
	case pattern && hasUsual && !hasRhythm:
		return "has a place and no rhythm"
	}
	for _, m := range []int{w.Usual.Minute, w.From.Minute} {
		if m < 0 || m >= 24*60 {
			return fmt.Sprint("is at no minute of a day: ", m)
		}
	}
	switch {
	case w.Usual.Kind == summarizer.SlotDay && w.Usual.Minute != 0, w.Usual.Kind == summarizer.SlotClock && w.Usual.Weekday != 0,
		w.Usual.Kind == summarizer.NoSlot && hasUsual:
		return "has a slot with more than its kind counts"
	case w.From.AllDay && w.From.Minute != 0, hasFrom && w.From.Date.IsZero():
		return "has a moment that is none"
	case w.Times < 0, w.Kind == summarizer.NthTime && w.Times < 2, w.Weeks < 0, w.Weeks >= 52:
		return "counts what cannot be"
	}
	return ""
}

func TestFieldsThatAKindDoesNotNameAreFound(t *testing.T) {
	t.Parallel()
	for _, w := range []summarizer.Why{
		{}, {Kind: 99}, {Kind: summarizer.FirstTime, Times: 1}, {Kind: summarizer.NthTime, Times: 2}, {Kind: summarizer.Moved},
		{Kind: summarizer.Habitual, Times: 4}, {Kind: summarizer.Extra, Usual: summarizer.Slot{Kind: summarizer.SlotDay, Minute: 3}},
	} {
		if problemOf(w) == "" {
			t.Errorf("%+v passes", w)
		}
	}
}
