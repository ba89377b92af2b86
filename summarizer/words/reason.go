package words

import (
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
)

// Reason says why an event of the day is news, or is not, in a phrase that may follow
// a colon: "2nd time in a year, last on 3 March". It is "" if nobody knows.
func Reason(why summarizer.Why, day summarizer.Day, language string, clock12 bool) string {
	return voice{Speak(language), day, clock12}.reason(why)
}

func (v voice) reason(why summarizer.Why) string {
	slot := v.slot(why.Usual)
	switch why.Kind {
	case summarizer.FirstTime:
		return v.FirstTime(why.Weeks)
	case summarizer.NewCalendar:
		return v.NewCalendar
	case summarizer.NthTime:
		return v.lastOn(v.NthTime(why.Times, why.Weeks), why.Last)
	case summarizer.Yearly:
		return v.lastOn(v.Yearly, why.Last)
	case summarizer.Renamed:
		return v.Renamed(why.Rhythm)
	case summarizer.Moved:
		return v.moved(why, false)
	case summarizer.CalledOff:
		if slot != "" {
			return v.CalledOffAt(slot)
		}
		return v.CalledOff
	case summarizer.Instead:
		return v.Instead(slot)
	case summarizer.OutOfTurn:
		return v.OutOfTurn(why.Every, v.far(why.From.Date))
	case summarizer.Extra:
		return v.Extra(slot)
	case summarizer.Habitual:
		return v.lastOn(v.Habitual(why.Rhythm, slot, why.Times), why.Last)
	case summarizer.LikeRoutine:
		return v.lastOn(v.LikeRoutine(why.Rhythm, slot, why.Times), why.Last)
	case summarizer.TooYoung:
		return v.TooYoung
	}
	return ""
}

func (v voice) lastOn(reason string, last summarizer.Date) string {
	if last.IsZero() {
		return reason
	}
	return v.LastOn(reason, v.far(last))
}

// moved says from where an event was moved. A text that shows when the event is can do
// with few words for where it usually is.
func (v voice) moved(why summarizer.Why, few bool) string {
	reason, slot := v.Moved, v.slot(why.Usual)
	here := why.Usual.Kind == summarizer.SlotAt && why.Usual.Weekday == v.day.Date.Weekday()
	switch from := v.far(why.From.Date); {
	case slot != "" && few && !here:
		reason = v.Usually(slot)
	case slot != "":
		reason = v.MovedUsual(slot)
	case from.IsZero():
	case why.From.Date == v.day.Date && !why.From.AllDay:
		reason = v.MovedWithin(v.minute(why.From.Minute))
	case why.From.AllDay:
		reason = v.MovedFrom(from, "")
	default:
		reason = v.MovedFrom(from, v.minute(why.From.Minute))
	}
	if why.Renamed {
		return v.OtherTitle(reason)
	}
	return reason
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
func (v voice) insteadOf(e summarizer.Event, why summarizer.Why) string {
	if why.Kind != summarizer.Moved {
		return ""
	}
	minute := -1
	switch slot := why.Usual; {
	case slot.Kind == summarizer.SlotClock, slot.Kind == summarizer.SlotAt && slot.Weekday == v.day.Date.Weekday():
		minute = slot.Minute
	case slot.Kind == summarizer.NoSlot && why.From.Date == v.day.Date && !why.From.AllDay:
		minute = why.From.Minute
	}
	start := e.Start.In(v.day.Zone)
	if minute < 0 || e.AllDay || start.Hour()*60+start.Minute() == minute {
		return ""
	}
	return v.minute(minute)
}

// capital makes a phrase that begins with a word of the language a sentence.
func capital(phrase string) string {
	first, size := utf8.DecodeRuneInString(phrase)
	return string(unicode.ToUpper(first)) + phrase[size:]
}
