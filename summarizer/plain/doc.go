// Package plain writes summaries without a model. It never fails, needs no
// network and always says the same of the same day, so it serves as the only
// Writer of those who want no model and stands in when a model cannot be used.
//
// The headline names what is unusual in one sentence. The body has one line for
// each unusual event: when it is on this day, its title, its calendar and why it
// is news:
//
//	15:00–16:00 · Dentist (Personal): first time in a year
//
// A reason that most of them share is told once, below them.
//
// It never says "today": a summary may be written days ahead and read days
// after. Clocks are 24-hour ones in the day's zone; where a clock shows the same
// time twice in a day, the offset from UTC is named with it.
//
// Title and When are what other Writers build on, so that all of them show a
// title and a time in the same words.
package plain
