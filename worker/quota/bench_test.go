package quota

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

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

// BenchmarkOneAsk is the cost of a trip with one ask and the settlement of the one
// before, as most are where there is room. Redis's own share of it is measured.
func BenchmarkOneAsk(b *testing.B) {
	for name, limits := range map[string]bounds{
		"unlimited": {},
		"limited":   {Requests: 1_000_000, UserRequests: 600, Tokens: 500_000_000},
	} {
		b.Run(name, func(b *testing.B) {
			client := redistest.Start(b).Client(b)
			l := newLedgerClient(client, "gate", limits)
			now, serial := newClock(), 0
			before := evalTime(b, client)
			for b.Loop() {
				t := l.batch()
				serial++
				name := fmt.Sprint("u", serial%200)
				t.Asks = []ask{{
					Call: fmt.Sprint("c", serial), Ticket: fmt.Sprint("t", serial), Keep: true,
					Name: name, User: t.user(name), Ahead: true, Tokens: 400,
				}}
				if serial > 1 && limits.Tokens > 0 {
					used := 300
					old := fmt.Sprint("u", (serial-1)%200)
					t.Settled = []settlement{{Call: fmt.Sprint("c", serial-1), Name: old, User: t.user(old), Tokens: &used}}
				}
				l.run(b, t, now.at())
				now.pass(60_000_000)
			}
			b.ReportMetric((evalTime(b, client)-before)/float64(b.N), "redis-us/op")
		})
	}
}

// evalTime returns for how many microseconds Redis has run scripts.
func evalTime(b *testing.B, client redis.UniversalClient) float64 {
	info, err := client.Info(b.Context(), "commandstats").Result()
	if err != nil {
		b.Fatal(err)
	}
	total := 0.0
	for _, line := range strings.Split(info, "\n") {
		var calls, us int
		if rest, ok := strings.CutPrefix(line, "cmdstat_evalsha:"); ok {
			if _, err := fmt.Sscanf(rest, "calls=%d,usec=%d", &calls, &us); err != nil {
				b.Fatal(err)
			}
			total += float64(us)
		}
	}
	return total
}
