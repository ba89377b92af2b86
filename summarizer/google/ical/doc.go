// Package ical reads exported calendars (.ics files, RFC 5545) into what
// Google's own import would make of them: resources of calendar/v3.
//
//	bytes ─► lines ─► components ─► events ─► series and their overrides
//	        charset,   VCALENDAR,   times in    RRULE, RDATE, EXDATE,
//	        folding    VTIMEZONE,   their zone  RECURRENCE-ID
//	                   VEVENT
//
// Files come from anywhere, so one bad event never costs the others: it is left
// out, and Calendar.Skipped says where it stood and why; a property that cannot be read
// costs no more than itself, and Calendar.Notes says so. Only a file that is no
// calendar at all is an error. Time and memory are bounded by the size of the
// file, whatever its recurrence rules say.
//
// Recurrence also serves those who expand series themselves. It is rrule-go with
// guards: rules that Google does not take are refused, and a rule that never
// matches ends.
package ical
