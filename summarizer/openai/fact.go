package openai

import (
	"cmp"
	"fmt"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// questionFact is a fact as the model is given it, its parameters as data.
type questionFact struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`             // of a reason, that of its Why
	Of     string `json:"of,omitempty"`     // the event's ID; "" if it is about the day
	With   string `json:"with,omitempty"`   // the other event's ID
	Beside string `json:"beside,omitempty"` // the title of the routine event that it lies to
	When   string `json:"when,omitempty"`   // what two events share
	Times  int    `json:"times,omitempty"`  // how often it took place
	Usual  string `json:"usual,omitempty"`  // a time, or a number of events
}

var whyKinds = map[summarizer.WhyKind]string{
	summarizer.FirstTime: "first_time", summarizer.NewCalendar: "new_calendar", summarizer.NthTime: "seldom", summarizer.Yearly: "yearly",
	summarizer.Renamed: "renamed", summarizer.Moved: "moved", summarizer.CalledOff: "called_off", summarizer.Instead: "instead_of_usual",
	summarizer.OutOfTurn: "out_of_turn", summarizer.Extra: "extra", summarizer.Habitual: "routine", summarizer.LikeRoutine: "like_routine",
}

func newQuestionFact(f facts.Fact, day facts.Day) questionFact {
	put := questionFact{ID: f.ID, Kind: string(f.Kind)}
	if f.Event >= 0 {
		put.Of = day.Events[f.Event].ID
	}
	if f.Other >= len(day.Events) {
		put.Beside = titles.Clean(day.At(f.Other).Title, maxTitle)
	} else if f.Other >= 0 {
		put.With = day.Events[f.Other].ID
	}
	switch f.Kind {
	case facts.Reason:
		why := day.Events[f.Event].Why
		put.Kind, put.Times = cmp.Or(whyKinds[why.Kind], put.Kind), why.Times
		if put.Usual = slot(why.Usual); put.Usual == "" && why.From != (summarizer.Moment{}) {
			put.Usual = why.From.Date.String() + " " + minute(why.From.Minute)
		}
	case facts.Overlaps, facts.Inside:
		put.When = span(f.From, f.To, day.Day)
	case facts.BeginsEarlier, facts.EndsLater:
		put.Usual = minute(f.Usual)
	case facts.Busier, facts.Free:
		put.Usual = fmt.Sprint(f.Usual)
	case facts.Missing:
		put.Usual = slot(f.Slot)
	}
	return put
}

// when says when the event is, as short as it can be read: "15:00-16:00", "15:00",
// "22:00-24 Nov 02:00", "all day" or, on the third of five days, "all day, 3/5".
func when(e summarizer.Event, day summarizer.Day) string {
	switch days := e.StartDate.DaysUntil(e.EndDate); {
	case !e.AllDay:
		return span(e.Start, e.End, day)
	case days > 1:
		return fmt.Sprintf("all day, %d/%d", e.StartDate.DaysUntil(day.Date)+1, days)
	}
	return "all day"
}

func span(from, to time.Time, day summarizer.Day) string {
	if !to.After(from) {
		return instant(from, day)
	}
	return instant(from, day) + "-" + instant(to, day)
}

// instant is what the clock shows, with the date if that is not the day's.
func instant(t time.Time, day summarizer.Day) string {
	t = t.In(day.Zone)
	switch {
	case t.Equal(day.End()):
		return "24:00"
	case summarizer.DateOf(t) != day.Date:
		return t.Format("2 Jan 15:04")
	}
	return t.Format("15:04")
}

// minute is what the clock shows so many minutes into a day.
func minute(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// slot is a place in the week, "" if it is none.
func slot(s summarizer.Slot) string {
	switch weekday := s.Weekday.String()[:3]; s.Kind {
	case summarizer.SlotAt:
		return weekday + " " + minute(s.Minute)
	case summarizer.SlotDay:
		return weekday
	case summarizer.SlotClock:
		return minute(s.Minute)
	}
	return ""
}
