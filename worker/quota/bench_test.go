package quota

import (
	"fmt"
	"testing"

	"foreday/cache/redistest"
)

// BenchmarkBatch is the cost of a trip to a ledger with a full window and many
// who wait, ten asks and settlements each.
func BenchmarkBatch(b *testing.B) {
	l := newLedgerClient(redistest.Start(b).Client(b), "gate", bounds{Requests: 10_000, UserRequests: 600, Tokens: 5_000_000})
	now := newClock()
	serial := 0
	batchOf := func(n int) *batch {
		t := l.batch()
		for range n {
			serial++
			name := fmt.Sprint("u", serial%1000)
			t.Asks = append(t.Asks, ask{
				Call: fmt.Sprint("c", serial), Ticket: fmt.Sprint("t", serial), Keep: true,
				Name: name, User: t.user(name), Ahead: true, Tokens: 400,
			})
			if serial > 1000 {
				used := 300
				old := fmt.Sprint("u", (serial-1000)%1000)
				t.Settled = append(t.Settled, settlement{Call: fmt.Sprint("c", serial-1000), Name: old, User: t.user(old), Tokens: &used})
			}
		}
		return t
	}
	for range 150 {
		l.run(b, batchOf(100), now.at())
		now.pass(100_000_000)
	}
	for b.Loop() {
		l.run(b, batchOf(10), now.at())
		now.pass(60_000_000)
	}
}
