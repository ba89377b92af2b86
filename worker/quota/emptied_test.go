package quota

import (
	"fmt"
	"testing"
	"time"

	"foreday/cache/redistest"
)

// calls has so many calls made and settled, each of so many tokens, and returns them as a report
// of them would tell of them later.
func (c *ledgerClient) calls(t fataler, now *clock, n, tokens int) (made []settlement) {
	t.Helper()
	for i := range n {
		user, call := fmt.Sprint(c.process, i), fmt.Sprint(c.process, " call ", i)
		if v := c.put(t, now.at(), ask{Call: call, Ticket: call, Name: user, Tokens: tokens}); v.What != goAt {
			t.Fatal(call, v)
		}
		c.tell(t, now.at(), settlement{Call: call, Name: user, Tokens: &tokens})
		made = append(made, settlement{Call: call, Name: user, Tokens: &tokens})
	}
	return made
}

// What a process called that is gone by then nobody tells to a ledger that was emptied.
func TestCallsOfAProcessThatIsGoneCountThoughTheLedgerWasEmptied(t *testing.T) {
	for name, of := range map[string]struct {
		limits bounds
		tokens int
	}{
		"requests": {bounds{Requests: 60}, 0},
		"tokens":   {bounds{Tokens: 600}, 10},
	} {
		for _, bye := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, said so %t", name, bye), func(t *testing.T) {
				eachLedger(t, of.limits, func(t *testing.T, l *ledgerClient, now *clock) {
					gone := newLedgerClient(l.client, "gone", l.limits)
					gone.calls(t, now, 30, of.tokens)
					made := l.calls(t, now, 20, of.tokens)
					if bye {
						b := gone.batch()
						b.Bye = true
						gone.run(t, b, now.at())
					}
					var heard *snapshot
					for range 10 {
						now.pass(2 * time.Second)
						b := l.batch()
						b.Beat = true
						heard = l.run(t, b, now.at()).Snapshot
					}
					if len(heard.Members) != 1 {
						t.Fatalf("members are %q", heard.Members)
					}
					redistest.Clear(t, l.client)
					now.pass(time.Second)
					b, away := l.batch(), int64(1000)
					b.Away, b.Members, b.Used = &away, heard.Members, &used{1000, heard.Calls, heard.Tokens}
					for _, m := range made {
						m.User, m.Counts = b.user(m.Name), millis(39*time.Second)
						b.Settled = append(b.Settled, m)
					}
					l.run(t, b, now.at())
					went := func() (n int) {
						for i := range 60 {
							call := fmt.Sprint("then ", i, " at ", now.ms)
							if l.put(t, now.at(), ask{Ticket: call, Name: call, Tokens: of.tokens}).What == goAt {
								n++
							}
						}
						return n
					}
					if n := went(); n != 10 {
						t.Errorf("%d calls went, want 10 beside 20 told again and 30 of a process that is gone", n)
					}
					more := ask{Ticket: "more", Name: "more", Tokens: of.tokens, Keep: true}
					if v := l.put(t, now.at(), more); v.What != deferred || v.Wait > millis(45*time.Second) {
						t.Errorf("one more: %+v, want it put off until those from before have left the window", v)
					}
					now.pass(45 * time.Second)
					if n := went(); n != 50 {
						t.Errorf("%d calls went when all from before had left the window, want 50", n)
					}
				})
			})
		}
	}
}
