package words_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/words"
)

// The days show few numbers, dates and reasons. These files show what a language does
// with each kind of them.
func TestPhrasesReadAsTheGoldenFilesSay(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages {
		tag := l.Tag.String()
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			var lines []string
			for _, part := range [][]string{relations(l), counts(l), dates(l), times(l), reasons(tag)} {
				lines = append(append(lines, part...), "")
			}
			compare(t, filepath.Join("testdata", "phrases", tag+".golden"), strings.Join(lines, "\n"))
		})
	}
}

// relations has a line for each way in which events lie to each other.
func relations(l *words.Language) []string {
	usual := l.And([]string{l.Usual("Y"), l.Aside(l.Aside(l.Usual("Z"), l.Tentative), "14:00")})
	return []string{
		l.Overlaps("X", usual), l.IsDuring("X", usual), l.Overlapping("X", usual, 1), l.During("X", usual), l.After(l.Usual("X")), l.After("X"),
		l.Among(l.And([]string{"X", "Y", "Z"})), l.Counted(l.FirstToLast(l.Quote("X 1"), "7"), 5), l.Aside("X", "Y"+l.Comma+l.Tentative),
	}
}

// counts has a line for each number at which some language changes its words.
func counts(l *words.Language) (lines []string) {
	for _, n := range []int{0, 1, 2, 3, 5, 11, 21, 100} {
		lines = append(lines, fmt.Sprintf("%d: ", n)+strings.Join([]string{
			l.Events(n), l.And([]string{"X", l.More(n)}), l.AndMore(n), l.Unread(n), l.Rest([]string{l.Line(l.Events(n), "10:00–11:00")}),
			l.IsCancelled("X", n), l.Overlapping("X", "Y", n), l.Times("X", n), l.Counted("X", n),
			l.Fullest(time.Monday, n), l.Free(time.Sunday, n), l.FirstTime(n), l.NthTime(n, 0), l.NthTime(2, n),
			l.OutOfTurn(n, words.Date{Date: summarizer.Date{Year: 2026, Month: 11, Day: 24}}),
			l.TimesAYear(n),
		}, " | "))
	}
	return lines
}

// dates has a line for each month, with each day of the week.
func dates(l *words.Language) (lines []string) {
	for month := time.January; month <= time.December; month++ {
		d := words.Date{Date: summarizer.Date{Year: 2027, Month: month, Day: int(month)*2 - 1}}
		near, year := d, d
		near.Near, year.Year = true, true
		lines = append(lines, strings.Join([]string{
			l.OnDay(d), l.UntilDay(d), l.UntilDay(near), l.Over("X", l.UntilDay(year)), l.FreeDay(d), l.SlotAt(d.Weekday(),
				"10:00"), l.SlotDay(d.Weekday()),
		}, " | "))
	}
	return lines
}

// times has a line for each kind of time, by both clocks.
func times(l *words.Language) (lines []string) {
	for _, c := range []words.Clock{{}, {Hour: 1}, {Hour: 9, Minute: 30}, {Hour: 12}, {Hour: 13, Minute: 5}, {Hour: 24},
		{Hour: 2, Minute: 30, Zone: "CEST"}} {
		for _, c.Twelve = range []bool{false, true} {
			clock, hourOn, end := l.Clock(c), c, words.Clock{Hour: 24, Twelve: c.Twelve}
			hourOn.Hour = min(c.Hour+1, 24)
			lines = append(lines, strings.Join([]string{
				clock, l.Range(c, hourOn), l.Range(c, end), l.At("X", clock), l.Between("X", clock, l.Clock(end)), l.UntilTime(clock),
				l.At("X", l.InsteadOf(clock, clock)), l.Again("X", clock), l.Begins(clock, clock),
			}, " | "))
		}
	}
	return lines
}

// because is a verdict on an event of the day.
func because(why summarizer.Why, day summarizer.Day) summarizer.Verdict {
	return summarizer.Verdict{Event: summarizer.Event{Start: day.Start(), End: day.Start()}, Why: why}
}

// reasons has a line for each reason that there is.
func reasons(tag string) (lines []string) {
	var (
		day   = summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}
		last  = summarizer.Date{Year: 2026, Month: 3, Day: 1}
		other = summarizer.Moment{Date: summarizer.Date{Year: 2027, Month: 1, Day: 1}, Minute: 20 * 60}
		at    = summarizer.Slot{Kind: summarizer.SlotAt, Weekday: time.Saturday, Minute: 13 * 60}
		all   = summarizer.Slot{Kind: summarizer.SlotDay, Weekday: time.Sunday}
		clock = summarizer.Slot{Kind: summarizer.SlotClock, Minute: 10 * 60}
	)
	for _, why := range []summarizer.Why{
		{Kind: summarizer.FirstTime}, {Kind: summarizer.FirstTime, Weeks: 1}, {Kind: summarizer.FirstTime, Weeks: 7},
		{Kind: summarizer.NewCalendar}, {Kind: summarizer.NthTime, Times: 3, Last: last}, {Kind: summarizer.NthTime, Times: 2, Weeks: 2},
		{Kind: summarizer.Yearly, Last: last}, {Kind: summarizer.Renamed}, {Kind: summarizer.Renamed, Rhythm: summarizer.Fortnightly},
		{Kind: summarizer.Moved}, {Kind: summarizer.Moved, Renamed: true}, {Kind: summarizer.Moved, Usual: at}, {Kind: summarizer.Moved,
			Usual: clock},
		{Kind: summarizer.Moved, From: summarizer.Moment{Date: day.Date, Minute: 9 * 60}}, {Kind: summarizer.Moved,
			From: other}, {Kind: summarizer.Moved, From: summarizer.Moment{Date: last, AllDay: true}, Renamed: true},
		{Kind: summarizer.CalledOff}, {Kind: summarizer.CalledOff, Usual: at}, {Kind: summarizer.CalledOff, Usual: clock},
		{Kind: summarizer.Instead}, {Kind: summarizer.Instead, Usual: at}, {Kind: summarizer.Instead, Usual: all}, {Kind: summarizer.Instead,
			Usual: clock},
		{Kind: summarizer.OutOfTurn, Every: 5, From: other}, {Kind: summarizer.Extra}, {Kind: summarizer.Extra,
			Usual: at}, {Kind: summarizer.Extra, Usual: clock},
		{Kind: summarizer.Habitual, Times: 12, Last: last}, {Kind: summarizer.Habitual, Rhythm: summarizer.Daily, Usual: clock, Times: 200},
		{Kind: summarizer.Habitual, Rhythm: summarizer.Monthly, Usual: all}, {Kind: summarizer.LikeRoutine,
			Times: 40}, {Kind: summarizer.LikeRoutine, Rhythm: summarizer.Weekly, Usual: at},
		{Kind: summarizer.TooYoung},
	} {
		lines = append(lines, words.Reason(because(why, day), day, tag, false))
	}
	return lines
}
