package quota

// Keys of one service's ledger. All of them share a hash tag, so that one
// script can look at all limits at once on a Redis Cluster, a user's own
// included. So each service's ledger lives on one node: a few thousand small
// calls a second at most, which one node bears easily.

// ledgerFormat rises when a process of an older version could not read what a newer
// one writes: each then goes by a ledger of its own.
const ledgerFormat = "2:"

// ledgerKeys returns the keys every batch touches, in the order of
// ledger/state.lua. day is the UTC date that daily budgets count for.
func ledgerKeys(api, process, day string) []string {
	names := []string{
		"state", "calls", "costs", "expiries", "queue", "backs", "tickets", "turns",
		"waiting", "processes", "awaited", "holds", "daily:" + day, "loads", "limits", "busy", "reply:" + process,
	}
	for i, name := range names {
		names[i] = ledgerPrefix(api) + ledgerFormat + name
	}
	return names
}

// userCallsKey holds the calls made on behalf of one user.
func userCallsKey(api, user string) string { return ledgerPrefix(api) + ledgerFormat + "user:" + user }

// stopChannel is where a stop of all calls to a service is published.
func stopChannel(api string) string { return ledgerPrefix(api) + "stop" }

func ledgerPrefix(api string) string { return "foreday:{quota:" + api + "}:" }
