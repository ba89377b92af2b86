package novelty_test

import (
	"strings"
	"time"

	"foreday/summarizer"
)

// What judges say, in short.

func firstTime(weeks int) summarizer.Why {
	return summarizer.Why{Kind: summarizer.FirstTime, Weeks: weeks}
}

// nth is the n-th time in a year.
func nth(n int, last string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.NthTime, Times: n, Last: date(last)}
}

func yearly(last string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Yearly, Last: date(last)}
}

func habitual(rhythm summarizer.Rhythm, place string, times int) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Habitual, Rhythm: rhythm, Usual: slot(place), Times: times}
}

// irregular is a pattern without a rhythm.
func irregular(times int, last string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Habitual, Times: times, Last: date(last)}
}

// like is a pattern of another title.
func like(pattern summarizer.Why) summarizer.Why {
	pattern.Kind = summarizer.LikeRoutine
	return pattern
}

func insteadOf(place string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Instead, Usual: slot(place)}
}

func besides(place string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Extra, Usual: slot(place)}
}

func movedFrom(moment string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Moved, From: instant(moment)}
}

func movedFromUsual(place string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Moved, Usual: slot(place)}
}

func alsoRenamed(moved summarizer.Why) summarizer.Why {
	moved.Renamed = true
	return moved
}

func renamed(rhythm summarizer.Rhythm) summarizer.Why {
	return summarizer.Why{Kind: summarizer.Renamed, Rhythm: rhythm}
}

func calledOff(place string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.CalledOff, Usual: slot(place)}
}

func outOfTurn(every int, due string) summarizer.Why {
	return summarizer.Why{Kind: summarizer.OutOfTurn, Every: every, From: summarizer.Moment{Date: date(due), AllDay: true}}
}

var (
	newCalendar = summarizer.Why{Kind: summarizer.NewCalendar}
	tooYoung    = summarizer.Why{Kind: summarizer.TooYoung}
)

// slot is "Tuesday 10:00", "Tuesday" or "10:00"; "" is none.
func slot(s string) summarizer.Slot {
	if s == "" {
		return summarizer.Slot{}
	}
	weekday, clock, both := strings.Cut(s, " ")
	if strings.Contains(weekday, ":") {
		return summarizer.Slot{Kind: summarizer.SlotClock, Minute: minute(weekday)}
	}
	out := summarizer.Slot{Kind: summarizer.SlotDay}
	for out.Weekday.String() != weekday {
		out.Weekday++
	}
	if both {
		out.Kind, out.Minute = summarizer.SlotAt, minute(clock)
	}
	return out
}

func minute(clock string) int {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	return t.Hour()*60 + t.Minute()
}

// instant is "2006-01-02 15:04", or a day.
func instant(s string) summarizer.Moment {
	day, clock, timed := strings.Cut(s, " ")
	if !timed {
		return summarizer.Moment{Date: date(day), AllDay: true}
	}
	return summarizer.Moment{Date: date(day), Minute: minute(clock)}
}
