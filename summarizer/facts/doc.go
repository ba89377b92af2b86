// Package facts finds what is true of a day. [Of] takes the events of the day with
// the verdicts on them, and returns all that may be said of it as data, each fact with
// its evidence:
//
//	Brief ──► Of ──► Day ──► plan.Planner ──► words.Write
//	                 what may be said   what is told    how it is said
//
// Nothing is said of a day that is not one of its events or facts. So a planner, be
// it a model, chooses among truths and cannot tell a falsehood.
//
// An event takes place unless it is cancelled. It is timed if it has a time of day:
// it is neither an all-day event nor one that fills the day from midnight to
// midnight. Only timed events that take place lie to each other, and only on the day:
// what two events share on another day is no fact of this one. Facts about pairs are
// bounded for each event, as strangers can send any number of invitations.
package facts
