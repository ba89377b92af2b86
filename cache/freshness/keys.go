package freshness

import (
	"strings"

	"foreday/summarizer"
)

// Every key of the package is built here. The braces are the hash tag: all of a
// user's keys lie in one slot of a Redis Cluster, so that one script may touch
// them together.

func freshKey(user string, d summarizer.Date) string {
	b := make([]byte, 0, 160) // every read builds one, mostly without memory of its own
	b = append(append(append(b, "foreday:{"...), user...), "}:summary:"...)
	return string(d.AppendTo(b))
}

func staleKey(user string, d summarizer.Date) string {
	return "foreday:{" + user + "}:stale:" + d.String()
}

// stateKey is a hash, the protocol's state of one day. Microseconds are counters: they
// are taken from the clock of Redis and never go back with it. Milliseconds are times of
// that clock.
//
//	gen    generation, microseconds
//	seq    the last token given out, microseconds
//	token  the pending token; asked: when it was taken, milliseconds; by: by which call,
//	       or "a run" that failed and put it back
//	shared the token of the job that readers wait for; shared_at: since when, milliseconds
//	run    the last run begun, microseconds; began: when, milliseconds; owner: who began it
//	lease  until when that run counts as alive, milliseconds; absent without a run
//	starts when the day starts in the zone that it was last fetched in; ends: when it
//	       ends; seconds
//	kept   the run that wrote the stale copy
//	read   when a reader last wanted the day, milliseconds
//	anew   when a reader wanted it fetched anew, or it was asked for ahead of readers, though
//	       there may be a fresh copy, milliseconds
//	since  when the earliest message not yet in a fresh copy was published, milliseconds
//	message the ID on the stream of the last of those messages, for whoever looks into it
//	expect event IDs that the next fetch should find (+), miss (-) or may do either (?),
//	       a line each, the last on each counting
//	fault  why the last run failed; until when readers are told of it, and when its
//	       job is tried again, milliseconds
//	denied why the last run that was denied access was, until one has read the calendar
func stateKey(user string, d summarizer.Date) string {
	return "foreday:{" + user + "}:day:" + d.String()
}

// daysKey is a sorted set of the user's days that have any state, by the Unix
// second at which that state expires.
func daysKey(user string) string { return "foreday:{" + user + "}:days" }

// zoneKey holds the IANA name of the zone in which the user's summaries were made.
func zoneKey(user string) string { return "foreday:{" + user + "}:zone" }

// settingsKey holds what the user wants otherwise than usual, as JSON, sealed if
// summaries are.
func settingsKey(user string) string { return "foreday:{" + user + "}:settings" }

// routineKey holds what is usual for the user, as it was learnt.
func routineKey(user string) string { return "foreday:{" + user + "}:routine" }

// secretKey holds what learnt routines are hashed under where no key is set.
// Config.Secret may name another.
const secretKey = "foreday:secret"

// sealedWithKey holds the fingerprint of the key that what is kept is sealed with.
const sealedWithKey = "foreday:sealed-with"

// ledgerKey is a sorted set of tracked refreshes, by the millisecond of the ledger's
// own clock at which somebody should look whether the refresh was done. Config.Ledger
// may name another.
const ledgerKey = "foreday:promised"

// clockKey holds the clock of a ledger, in the slot of the ledger.
func clockKey(ledger string) string {
	if strings.Contains(ledger, "{") {
		return ledger + ":clock"
	}
	return "foreday:{" + ledger + "}:clock"
}

// DroppedChannel is the channel on which the key of each fresh copy is published that
// is dropped because its calendar has changed.
const DroppedChannel = "foreday:dropped"

// FreshKey is the key of a fresh copy.
func FreshKey(user string, d summarizer.Date) string { return freshKey(user, d) }

// probeKey is written to see whether Redis takes writes where the ledger lies.
func probeKey(ledger string) string { return "foreday:probe:{" + ledger + "}" }
