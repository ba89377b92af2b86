// Package recur expands recurring events as RFC 5545 has it, on the clocks of
// their time zone.
//
//	RRULE, RDATE, EXRULE, EXDATE ─► Parse ─► Set ─► Between: starts of occurrences
//	                                └──► Cut: what comes before an occurrence, and the rest
//
// [Parse] reads the recurrence lines of a resource of Google Calendar into a [Set].
// Rules are expanded on wall clocks, period by period: each day of a year, month or
// week that counts is held against the rule, as the table of RFC 5545, 3.3.10, puts
// it. Then each wall time becomes an instant ([Local]). So time and memory are bounded
// by the span that is asked for, whatever the rule says; rules that no person keeps
// (by the second, or every 5,000 days) are refused.
//
// The library for this, rrule-go, looks for the next occurrence until the year 9999
// and cannot be interrupted, panics on some rules, counts BYSETPOS from the start
// instead of the period's beginning, and knows no SKIP (RFC 7529). What guarded against
// that took 390 lines, and seconds for some rules; reading and expanding rules without
// it takes 490, and milliseconds. The tests hold both against each other, and against
// the standard, day by day.
package recur
