// Package words finds the words for a day: [Write] tells what a plan tells, in the
// reader's [Language]. All that it says are a day's events and facts, so a plan can
// choose what is said and in which order, and nothing else.
//
//	Dentist at 15:00 overlaps the usual Walk; and 1 more.          headline
//
//	Dentist, 15:00–16:00, overlaps the usual Walk (15:30–16:00).   a line for each part of the plan
//	Yoga, 09:00–10:00 and 18:00–19:00.
//	Still on: School holidays, until 1 September.                  what goes on from an earlier day
//	The usual: 4 events, 09:00–17:30.                              the rest of the day
//
// What is told follows from code that knows no language; how it is said is a value of
// type [Language], one file each. A text never says "today": it may be written days
// ahead and read days after. Titles are cleaned, and quoted where they could be taken
// for a part of the sentence.
package words
