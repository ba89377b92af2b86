package words

import (
	"time"

	"golang.org/x/text/language"

	"foreday/summarizer"
)

// Language is how one language says what can be said of a day. Each function returns
// a whole phrase or sentence, so that word order, cases and plurals are the language's
// own affair. No sentence begins with a capital or ends with a full stop unless its
// comment says so: [Language.Stop] ends it. The comments show the English.
//
// A name is a title, quoted where it must be, with all that belongs to it. It may
// stand anywhere in a sentence, but it has no gender, number or case that is known.
type Language struct {
	Tag         language.Tag
	RightToLeft bool

	// How text is put together.
	Quote        func(title string) string     // “Dentist?”
	QuotesAlways bool                          // quote each title, not only those that could be taken for a part of the sentence
	Stop         func(sentence string) string  // Dentist at 15:00.
	Comma        string                        // stands between two remarks
	Space        string                        // stands between two sentences
	And          func(items []string) string   // A, B and C; of two at least
	Clauses      func(clauses []string) string // A is cancelled; B at 15:00
	// OwnWords are those of its phrases but names of days and months, and others that tell
	// a time or a state ("postponed"): a title that holds one could be taken for a part of
	// the sentence. They are as titles.Words has them.
	OwnWords []string

	// Times and dates.
	Clock func(Clock) string          // 15:00
	Range func(from, to Clock) string // 15:00–16:00

	// When an event is, as a phrase after its name.
	AllDay    string                                         // all day
	LastDay   string                                         // last day: all day, of an event of several days
	NextDay   func(from, to string) string                   // 22:15 until 06:40 the next day
	FromUntil func(from string, last Date, to string) string // 14:00 until Friday at 11:00
	UntilTime func(clock string) string                      // until 06:40
	UntilDay  func(last Date) string                         // until 1 September
	OnDay     func(Date) string                              // on Wednesday, 25 November: on another day
	InsteadOf func(when, clock string) string                // 11:00–11:30 instead of 12:00

	// Names.
	Untitled    string                          // (no title)
	Aside       func(name, aside string) string // Dentist (Family); Dentist (Work, tentative); Walk (12:00–13:00)
	Tentative   string                          // tentative
	Usual       func(name string) string        // the usual Walk
	FirstToLast func(first, last string) string // Interview 1 to 23
	Counted     func(name string, n int) string // 23 of Interview 1 to 25
	Times       func(name string, n int) string // 7 × Deadline
	Events      func(n int) string              // 28 events
	More        func(n int) string              // 3 more, as the last item of And
	AndMore     func(n int) string              // and 3 more, as a clause or item of its own

	// An event in a headline.
	At      func(name, clock string) string    // Dentist at 15:00; clock may be several: 09:00 and 18:00
	Between func(name, from, to string) string // Interview 1 to 23 from 08:00 to 16:20
	Over    func(name, when string) string     // Moving house all day; Trade fair until Friday

	// Sentences about events, in headlines and lines. n is how many events names or
	// line holds.
	IsCancelled func(names string, n int) string        // A and B are cancelled
	Again       func(what, clock string) string         // Team sync at 14:00, while the one at 10:00 is cancelled
	Overlaps    func(what, others string) string        // Lunch at 12:00 overlaps the usual Walk
	IsDuring    func(what, others string) string        // Call at 12:00 is during the usual Walk
	Line        func(name, when string) string          // Dentist, 15:00–16:00
	Overlapping func(line, others string, n int) string // Lunch, 12:00–13:00, overlaps the usual Walk (12:30–13:15)
	During      func(line, others string) string        // Call, 12:40–12:50, during the usual Walk (12:30–13:15)

	// Remarks after a line, with a capital.
	After func(other string) string // Right after the usual Walk
	Among func(names string) string // Among them: A, B and C

	// Sentences about the day, with a capital.
	Nothing    string                                   // Nothing in the calendar
	NothingNew string                                   // Nothing new
	Ordinary   string                                   // Nothing out of the ordinary
	FreeDay    func(Date) string                        // Monday, 23 November, is free
	StillOn    func(items []string) string              // Still on: A, until 1 September; B, until 06:40
	Rest       func(items []string) string              // The usual: Team sync, 10:00–10:30; Bins out, all day
	Unread     func(n int) string                       // 120 more events were not looked at
	Begins     func(now, usual string) string           // The day begins at 07:30, usually at about 09:00
	Ends       func(now, usual string) string           // The day ends at 21:00, usually by 17:30
	Fullest    func(weekday time.Weekday, n int) string // The day holds 7 events, more than any Monday lately
	Free       func(weekday time.Weekday, n int) string // A free Monday, which usually holds 4 events
	Missing    func(slot string) string                 // Not planned: what there usually is on Monday at 10:00

	// Places in the week, which stand in the sentences above and below.
	SlotAt    func(weekday time.Weekday, clock string) string // on Monday at 10:00
	SlotDay   func(weekday time.Weekday) string               // on Monday all day
	SlotClock func(clock string) string                       // at 10:00, of any day

	// Why an event is news: phrases without a capital, which may follow a comma.
	FirstTime    func(weeks int) string              // first time in a year; in the 7 weeks known
	NewCalendar  string                              // first time, in a new calendar
	NthTime      func(times, weeks int) string       // 2nd time in a year
	LastOn       func(last Date) string              // last on 3 March
	Yearly       string                              // once a year
	Renamed      func(summarizer.Rhythm) string      // a weekly routine under another title
	Moved        string                              // moved
	MovedWithin  func(clock string) string           // moved from 09:00, of the same day
	MovedFrom    func(day Date, clock string) string // moved from Friday, 20 November, 09:00; clock may be ""
	Usually      func(slot string) string            // usually on Wednesday at 17:15
	AnotherTitle string                              // under another title
	CalledOff    string                              // cancelled
	Instead      func(slot string) string            // instead of the usual one on Monday at 10:00
	OutOfTurn    func(every int, due Date) string    // usually every 5 days, due on Tuesday, 24 November
	Extra        func(slot string) string            // on top of the usual one on Monday at 10:00
	Habitual     func(summarizer.Rhythm) string      // weekly routine
	LikeRoutine  func(summarizer.Rhythm) string      // much like a weekly routine
	TimesAYear   func(n int) string                  // 40 times in a year
	TooYoung     string                              // repeats, in a new calendar
}

// Clock is what a clock shows.
type Clock struct {
	Hour, Minute int    // 24:00 is the end of the day
	Zone         string // "CEST", where the clock shows the same time twice in the day; mostly ""
	Twelve       bool   // by the 12-hour clock, where the language knows one
}

// Date is a date as it is best named in a text about a day.
type Date struct {
	summarizer.Date
	Near bool // within the week after the day: its weekday tells it
	Year bool // in another year than the day
}
