// Package noveltytest makes up the calendars of people whose lives differ, to
// measure judges of novelty by: two years each, with routines as series and as
// single events, in many scripts and zones, over changes of the clocks, and with
// some occurrences of routines changed on purpose, in ways that are news or not.
// They are grown from a seed: the same people every time.
//
//	people (what they do) ──► grow ──► Person: calendar, and what was changed
//
// It also has the rule by which events are labelled, which knows nothing of any
// judge, and [Reference], the judge by the rules that this project inherited, which a
// better one has to be measured against.
package noveltytest
