// Package ical reads exported calendars (.ics files, RFC 5545) into what
// Google's own import would make of them: resources of calendar/v3.
//
//	bytes ─► lines ─► components ─► events ─► series and their overrides
//	        charset,   VCALENDAR,   times in    RRULE, RDATE, EXDATE,
//	        folding    VTIMEZONE,   their zone  RECURRENCE-ID
//	                   VEVENT
//
// [ReadAll] takes a file or an archive of some, [Read] a file. Files come from anywhere,
// so one bad event never costs the others: it is left out, and [Calendar.Skipped] says
// where it stood and why; a property that cannot be read costs no more than itself, and
// [Calendar.Notes] says so. Only a file that is no calendar at all is an error. Time and
// memory are bounded by the size of the file, whatever its recurrence rules say.
//
// A zone has the name that IANA or Windows gives it ([FindZone]). A VTIMEZONE without
// such a name is followed as the file defines it: its events are in UTC, which a note
// says, and its series go by the clocks in [Calendar.Series]. How series are expanded
// is package recur's matter.
//
// Of the 29 cases in testdata/cases, go-ical reads 5 as they are meant, golang-ical 6
// and gocal 10, with rrule-go behind them; the line readers of the first two lose 1 and
// 3 whole files of 33 for one bad line, 5 and 4 more are read wrong, and neither says
// where a line stood. So no layer of it comes from a library.
package ical
