package quota

// Keys of one service's ledger. All of them share a hash tag, so that one
// script can look at all limits at once on a Redis Cluster, a user's own
// included. So each service's ledger lives on one node: a few thousand small
// calls a second at most, which one node bears easily.

// ledgerKeys returns the keys every batch touches, in the order of
// ledger/1_batch.lua. day is the UTC date that daily budgets count for.
func ledgerKeys(api, gate, day string) []string {
	names := []string{
		"state", "calls", "costs", "expiries", "queue", "backs", "tickets",
		"turns", "waiting", "gates", "awaited", "holds", "daily:" + day, "loads", "limits", "reply:" + gate,
	}
	for i, name := range names {
		names[i] = ledgerPrefix(api) + name
	}
	return names
}

// userCallsKey holds the calls made on behalf of one user.
func userCallsKey(api, user string) string { return ledgerPrefix(api) + "user:" + user }

// stopChannel is where a stop of all calls to a service is made known.
func stopChannel(api string) string { return ledgerPrefix(api) + "stop" }

func ledgerPrefix(api string) string { return "foreday:{quota:" + api + "}:" }
