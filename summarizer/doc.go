// Package summarizer turns one day of a person's calendar into a summary: what
// is unusual about it, in a few lines.
//
//	Source.Day ──► Routine.Judge ──► Writer.Write ──► Summary
//	 the events     what is novel     a few lines
//
// It is pure: it knows neither Redis nor jobs, its clock is handed in, and all
// that touches the outside is behind Source and Writer. Package google is the
// Source over Google Calendar, package novelty tells routine from news, and
// packages openai and plain are the Writers with and without a model.
//
// A day is the person's local day: 23 to 25 hours between two midnights of
// their zone. All-day events are dates, in no zone.
package summarizer
