package habit

import (
	"testing"
	"time"
	_ "time/tzdata"

	"foreday/summarizer"
)

var monday = summarizer.Date{Year: 2026, Month: time.November, Day: 23}

// daily are three weeks of reads up to a date, at the quarters that at returns.
func daily(until summarizer.Date, at func(summarizer.Date) []int) Reads {
	r := Reads{}
	for n := 1; n <= Kept; n++ {
		date := until.AddDays(-n)
		var q Quarters
		for _, quarter := range at(date) {
			q.Add(quarter)
		}
		if q != (Quarters{}) {
			r[date] = q
		}
	}
	return r
}

func clock(date summarizer.Date, hour, minute int) time.Time {
	return time.Date(date.Year, date.Month, date.Day, hour, minute, 0, 0, time.UTC)
}

func wantNext(t *testing.T, r Reads, now, want time.Time) {
	t.Helper()
	if got := r.Next(now, time.Hour); !got.Equal(want) {
		t.Errorf("at %v reading is expected from %v on, want %v", now, got, want)
	}
}

func TestWhoReadsAtTheSameTimeIsExpectedThen(t *testing.T) {
	r := daily(monday, func(summarizer.Date) []int { return []int{7 * 4} })
	wantNext(t, r, clock(monday, 6, 0), clock(monday, 7, 0))
	wantNext(t, r, clock(monday, 7, 5), clock(monday.AddDays(1), 7, 0))
	if !r.Soon(clock(monday, 6, 50), time.Hour, false) {
		t.Error("at 6:50 nothing is expected within an hour")
	}
	if r.Soon(clock(monday, 7, 58), time.Hour, false) {
		t.Error("at 7:58, after the day's one read, another is expected")
	}
}

func TestAtTheWeekendPeopleReadAsAtWeekends(t *testing.T) {
	r := daily(monday, func(d summarizer.Date) []int {
		if atWeekend(d) {
			return []int{9 * 4}
		}
		return []int{7 * 4}
	})
	friday := monday.AddDays(4)
	for n := range 4 {
		r[monday.AddDays(n)] = r[monday.AddDays(-3)]
	}
	wantNext(t, r, clock(friday, 12, 0), clock(friday.AddDays(1), 9, 0))
}

func TestWhoReadsAllDayIsExpectedToGoOnWhileTheyDo(t *testing.T) {
	r := daily(monday, func(summarizer.Date) (all []int) {
		for q := 7 * 4; q < 22*4; q += 2 {
			all = append(all, q)
		}
		return all
	})
	if !r.Soon(clock(monday, 14, 0), time.Hour, true) {
		t.Error("nothing more is expected of somebody who reads until 22:00")
	}
	if r.Soon(clock(monday, 14, 0), time.Hour, false) {
		t.Error("somebody who has stopped reading is expected to go on")
	}
	if r.Soon(clock(monday, 22, 1), time.Hour, true) {
		t.Error("at 22:01 more is expected of somebody who reads until 22:00")
	}
}

func TestWhoSpreadsTheirFirstReadIsExpectedBeforeTheEarliest(t *testing.T) {
	r := daily(monday, func(d summarizer.Date) []int { return []int{7*4 + d.Day%4} })
	wantNext(t, r, clock(monday, 5, 0), clock(monday, 6, 45))
}

func TestOfWhoComesAtAnyTimeOrHasGoneNothingIsExpected(t *testing.T) {
	rarely := daily(monday, func(d summarizer.Date) []int {
		if d.Day%5 == 0 {
			return []int{d.Day * 3 % perDay}
		}
		return nil
	})
	wantNext(t, rarely, clock(monday, 0, 0), time.Time{})
	gone := daily(monday.AddDays(-absence), func(summarizer.Date) []int { return []int{7 * 4} })
	wantNext(t, gone, clock(monday, 0, 0), time.Time{})
	wantNext(t, Reads{}, clock(monday, 0, 0), time.Time{})
}

func TestOneDayIsEnoughForTheNext(t *testing.T) {
	var eight Quarters
	eight.Add(8 * 4)
	wantNext(t, Reads{monday: eight}, clock(monday.AddDays(1), 0, 0), clock(monday.AddDays(1), 8, 0))
}

func TestReadingByTheClockGoesWithTheClock(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	change := summarizer.Date{Year: 2026, Month: time.October, Day: 25} // 25 hours long
	r := daily(change, func(summarizer.Date) []int { return []int{7 * 4} })
	now := time.Date(2026, time.October, 24, 22, 0, 0, 0, zone)
	want := time.Date(2026, time.October, 25, 7, 0, 0, 0, zone)
	if got := r.Next(now, time.Hour); !got.Equal(want) || got.Sub(now) != 10*time.Hour {
		t.Errorf("reading is expected at %v, want %v", got, want)
	}
}
