package main

import (
	"strings"

	"foreday/cmd/foreday/internal/bench"
)

// helpTexts are what --help says of flags and commands whose tags would be too long with
// it.
var helpTexts = map[string]string{
	"help_bench_name": "What to measure: " + strings.Join(bench.Names(), ", ") +
		". fairness, hostile, idle, outage, quota, report and stampede start worker processes and a redis-server, " +
		"scale a redis-server, of their own, even if REDIS_URL is set: they do harm, count its commands, or fill it.",
	"help_bench_report": "Draw the figures on a page of HTML, too; that of bench report has pictures, of which FILE.svg is the first alone.",
	"help_bench_part": "Measure only this part of quota (requests, outage, kills), reads (" + strings.Join(bench.Parts("reads"), ", ") +
		") or report (" + strings.Join(bench.Parts("report"), ", ") + "), or this attack of hostile (" +
		strings.Join(bench.Parts("hostile"), ", ") + "); " +
		"may be repeated.",
	"help_dead_id":       "IDs that `dead list` prints: those of the messages, or of the dead letters.",
	"help_explain_ics":   "Explain a day of this exported calendar; may be repeated.",
	"help_publish_start": "When it starts: RFC 3339 with offset or as \"today 15:00\", or a date (or today, tomorrow) if it is all-day.",
	"help_publish_trace": "W3C Trace Context (traceparent) in which the change was made; the traces of the refreshes are linked to it.",
	"help_publish_zone":  "Where times without offset are, and days as today or tomorrow; UTC if not set.",
	"help_env_file": "Write the settings that point other commands here to this file, once all is ready; " +
		"it is removed at the end.",
	"help_sandbox_serve_fault_kind": "How: server_error, too_many_requests, cut_body, prose, invented_event, ...",
	"help_sandbox_event_start":      "When it starts: \"today 15:00\", 2026-11-23T15:00:00+01:00, or a date if it is all-day.",
	"help_sandbox_event_at":         "The sandbox; that of up --sandbox on this machine if not given.",
	"help_users_set": "Set which calendars of a user count, and what is novel to them. What is not given stays as it is. FOREDAY_KEY " +
		"seals it.",
	"help_users_set_include": "ID of a calendar that counts though it is switched off, or of holidays or birthdays. May be repeated, and " +
		"replaces those included before.",
	"help_users_set_exclude": "ID of a calendar that does not count; \"primary\" is the user's own. May be repeated, and replaces those " +
		"excluded before.",
	"help_users_set_threshold": "Novelty from which on an event is novel: 0 is everything, 1 only what was never seen before.",
}
