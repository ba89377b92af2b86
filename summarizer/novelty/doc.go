// Package novelty tells what is news in a person's day from what is routine,
// and says why in words that the person can check.
//
//	Source.History ──► Learner ──► Reference.Judge(day, events) ──► verdicts
//	 a year, once        in memory, for each user
//
// A judge is a summarizer.Routine. Reference is one: plain counting, with few
// rules and no tuning, so that a better judge has something to be measured
// against. Learner is the summarizer.Routines that keeps each user's judge at
// hand, so that an ordinary refresh need not read a year of calendar.
//
// Whatever a judge has learnt, only what came before the judged day counts, and
// no event is ever evidence for itself.
//
// Titles are kept in memory only, and nothing here writes, logs or returns
// them other than in the verdict on the event they came with.
package novelty
