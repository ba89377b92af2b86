package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// Reason says why an event of the day is news, or is not, in a phrase that may follow
// a colon: "2nd time in a year, last on 3 March". It is "" if nobody knows.
func Reason(of summarizer.Verdict, day summarizer.Day, language string, clock12 bool) string {
	return voice{Speak(language), day, clock12}.reason(facts.Event{Verdict: of, Span: facts.SpanOn(of.Event, day)})
}

// reason puts together what is so and what is usual.
func (v voice) reason(e facts.Event) string {
	var phrases []string
	why := e.Why
	say := func(phrase string) { phrases = append(phrases, phrase) }
	slot, weekday := v.slot(why.Usual), v.day.Date.Weekday()
	switch why.Kind {
	case summarizer.FirstTime:
		say(v.FirstTime(why.Weeks))
	case summarizer.NewCalendar:
		say(v.NewCalendar)
	case summarizer.NthTime:
		say(v.NthTime(why.Times, why.Weeks))
	case summarizer.Yearly:
		say(v.Yearly)
	case summarizer.Renamed:
		say(v.Renamed(why.Rhythm))
	case summarizer.Moved:
		if slot == "" || why.Usual.Kind == summarizer.SlotClock || why.Usual.Weekday == weekday { // else its usual day tells it
			say(v.moved(e))
		}
	case summarizer.CalledOff:
		say(v.CalledOff)
	case summarizer.Instead:
		say(v.Instead(slot))
	case summarizer.OutOfTurn:
		say(v.OutOfTurn(why.Every, v.date(why.From.Date)))
	case summarizer.Extra:
		say(v.Extra(slot))
	case summarizer.Habitual:
		say(v.Habitual(why.Rhythm))
	case summarizer.LikeRoutine:
		say(v.LikeRoutine(why.Rhythm))
	case summarizer.TooYoung:
		say(v.TooYoung)
	}
	if slot != "" && why.Kind != summarizer.Instead && why.Kind != summarizer.Extra {
		say(v.Usually(slot))
	}
	if why.Times > 0 && why.Kind != summarizer.NthTime {
		say(v.TimesAYear(why.Times))
	}
	if !why.Last.IsZero() {
		say(v.LastOn(v.date(why.Last)))
	}
	if why.Renamed {
		say(v.AnotherTitle)
	}
	return strings.Join(phrases, v.Comma)
}

// moved says from where an event was moved, if that is no usual place.
func (v voice) moved(e facts.Event) string {
	from, clock := e.Why.From, ""
	if !from.AllDay {
		clock = v.minute(from.Minute)
	}
	switch {
	case e.Why.Usual.Kind != summarizer.NoSlot, from.Date.IsZero():
		return v.Moved
	case from.Date == e.First && clock != "":
		return v.MovedWithin(clock)
	}
	return v.MovedFrom(v.date(from.Date), clock)
}

// slot names a place in the week, "" if there is none.
func (v voice) slot(s summarizer.Slot) string {
	switch s.Kind {
	case summarizer.SlotAt:
		return v.SlotAt(s.Weekday, v.minute(s.Minute))
	case summarizer.SlotDay:
		return v.SlotDay(s.Weekday)
	case summarizer.SlotClock:
		return v.SlotClock(v.minute(s.Minute))
	}
	return ""
}

// insteadOf returns the time of the same day at which an event that was moved would
// have been, "" if it was put there from another day, or for all that is known did
// not change its time.
func (v voice) insteadOf(e facts.Event) string {
	from, usual := e.Why.From, e.Why.Usual
	onDay := usual.Kind == summarizer.SlotClock || usual.Kind == summarizer.SlotAt && usual.Weekday == v.day.Date.Weekday()
	if !onDay {
		usual.Minute = from.Minute
		onDay = usual.Kind == summarizer.NoSlot && from.Date == v.day.Date && !from.AllDay
	}
	if !onDay || e.Why.Kind != summarizer.Moved || e.WholeDay || usual.Minute == e.Start.Hour()*60+e.Start.Minute() {
		return ""
	}
	return v.minute(usual.Minute)
}

// capital makes a phrase that begins with a word of the language a sentence.
func capital(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	return string(unicode.ToUpper(first)) + phrase[size:]
}
