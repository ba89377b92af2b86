package summarizer

import "time"

// Why says why an event is news to a person, or is not: the evidence as data, which
// can be worded in any language. What its Kind does not name is zero.
type Why struct {
	Kind WhyKind
	// Times is how often something took place: with NthTime this time included, with
	// Habitual and LikeRoutine in the year before.
	Times int
	// Weeks is how many weeks before the event's the calendar is known for, with
	// FirstTime and NthTime; at least 1. 0 is a year.
	Weeks int
	Last  Date   // when it took place last, with NthTime, Yearly and Habitual without a rhythm; may be zero
	Usual Slot   // where in the week it usually is
	From  Moment // where it would have been, with Moved, unless Usual says so; its turn, a day, with OutOfTurn
	Every int    // how many days lie between its turns, with OutOfTurn
	// Rhythm is how often it comes, with Habitual, LikeRoutine and Renamed.
	Rhythm Rhythm
	// Renamed says that its series has another title, with Moved.
	Renamed bool
}

// WhyKind is a kind of evidence.
type WhyKind int

// The kinds of evidence. All before Habitual make news, but for NthTime where that was
// often and lately.
const (
	NoReason    WhyKind = iota
	FirstTime           // never seen, in Weeks
	NewCalendar         // never seen, in a calendar that has nothing before the event's week
	NthTime             // seen seldom: Times, in Weeks, the Last time on
	Yearly              // seen a year ago, on Last
	Renamed             // an occurrence of a routine under another title: Rhythm, if it has one
	Moved               // an occurrence that was put elsewhere: from the nearest of its Usual times, or From; Renamed
	CalledOff           // an occurrence, or a single event, that was cancelled: Usual, if it has one
	Instead             // takes the place of a routine that is Usual elsewhere
	OutOfTurn           // comes Every so many days, and is due on From.Date
	Extra               // comes on top of a routine that is held at its Usual place
	Habitual            // is held Times a year: Rhythm, Usual, Last
	LikeRoutine         // has nearly the title of a routine: as Habitual
	TooYoung            // repeats, in a calendar that is too new to tell
)

// Slot is where in the week something has its place, in the person's zone.
type Slot struct {
	Kind    SlotKind
	Weekday time.Weekday // but with SlotClock
	Minute  int          // of the day, but with SlotDay
}

// SlotKind says which of a Slot's fields count.
type SlotKind int

// The kinds of places.
const (
	NoSlot    SlotKind = iota
	SlotAt             // a time of a weekday
	SlotDay            // a weekday, all day
	SlotClock          // a time of any day
)

// Moment is a time of a date, in the person's zone. The zero value is none.
type Moment struct {
	Date   Date
	Minute int // of the day
	AllDay bool
}

// Rhythm is how often something comes.
type Rhythm int

// The rhythms that have names.
const (
	NoRhythm Rhythm = iota
	Daily
	Weekly
	Fortnightly
	Monthly
)

// Usual is what days of the same weekday were like lately, for one person.
type Usual struct {
	Days   int // how many of them are known; 0 if too few to say anything
	Begins int // the minute of the day by which their first timed event usually begins, -1 if that is at no usual time
	Ends   int // the minute by which their last one usually ends, at most 24*60; -1 likewise
	Events int // how many events they usually hold
	Most   int // how many the fullest of them held
	// Missing is where routines are due on the day that it does not hold.
	Missing []Slot
}
