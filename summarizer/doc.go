// Package summarizer turns one day of a person's calendar into a summary: what
// is unusual about it, in a few lines.
//
//	Source.Day ──► Routine.Judge ──► Writer.Write ──────────────────► Summary
//	 the events     what is novel,    facts.Of ──► Planner ──► words
//	                and why           what is       which are   in the reader's
//	                                  true of it    told        language
//
// It is pure: it knows neither Redis nor jobs, its clock is handed in, and all
// that touches the outside is behind Source, Routines and Writer. Package google is the
// Source over Google Calendar, and package novelty tells routine from news. Package
// facts finds all that may be said of the day; a Planner of package plan, or package
// openai's through a model, chooses and orders it; package words words the plan.
//
// When the Writer fails, Summarizer.Fallback writes, and the summary is Degraded; a limit, which
// is a Deferred, is passed on.
//
// A day is the person's local day: 23 to 25 hours between two midnights of
// their zone. All-day events are dates, in no zone.
package summarizer
