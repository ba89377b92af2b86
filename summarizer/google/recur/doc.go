// Package recur expands recurring events as RFC 5545 has it, on the clocks of
// their time zone.
//
//	RRULE, RDATE, EXRULE, EXDATE ─► Parse ─► Set ─► Between: starts of occurrences
//	                                Cut ─► what comes before an occurrence, and the rest
//
// [Parse] reads the recurrence lines of a resource of Google Calendar. Rules are
// expanded on wall clocks, period by period: all days of a year, month or week
// that counts are held against the rule, as the table of RFC 5545, 3.3.10, puts it.
// Then each wall time becomes an instant ([Local]). So time and memory are bounded
// by the span that is asked for, whatever the rule says; rules that no person keeps
// (by the second, or every 5,000 days) are refused.
//
// It has an expansion of its own because of what stood around rrule-go, a library,
// until then: that looks for the next occurrence until the year 9999 and cannot be
// interrupted, counts BYSETPOS from the start instead of the period's beginning, and
// knows no SKIP (RFC 7529). The tests hold both against each other.
package recur
