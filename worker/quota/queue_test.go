package quota

import (
	"fmt"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
)

// clock is a time for true and for Redis alike.
type clock struct{ ms int64 }

func (c *clock) at() at               { return at{c.ms, c.ms} }
func (c *clock) pass(d time.Duration) { c.ms += millis(d) }

func newClock() *clock { return &clock{1_795_413_600_000} }

// put asks the ledger for one turn.
func (c *ledgerClient) put(t fataler, when at, a ask) verdict {
	t.Helper()
	b := c.batch()
	if a.Call == "" {
		a.Call = fmt.Sprint(a.Ticket, " at ", b.Number)
	}
	a.User, a.Keep = b.user(a.Name), true
	b.Asks = []ask{a}
	return c.run(t, b, when).Answers[0]
}

// going puts calls of so many users, and returns how many of them go.
func (c *ledgerClient) going(t fataler, when at, users int) (went int) {
	for i := range users {
		if c.put(t, when, ask{Ticket: fmt.Sprint(i), Name: fmt.Sprint("u", i)}).What == goAt {
			went++
		}
	}
	return went
}

func (c *ledgerClient) tell(t fataler, when at, s settlement) {
	t.Helper()
	b := c.batch()
	s.User = b.user(s.Name)
	b.Settled = []settlement{s}
	c.run(t, b, when)
}

// fill uses up the requests of a window, by as many users, at once.
func (c *ledgerClient) fill(t fataler, when at) {
	t.Helper()
	for i := range c.limits.Requests {
		if v := c.put(t, when, ask{Ticket: fmt.Sprint("fill", i), Name: fmt.Sprint("filler", i)}); v.What != goAt {
			t.Fatal("call", i, "of a window got", v)
		}
	}
}

// eachLedger runs the test on either kind of Redis.
func eachLedger(t *testing.T, limits bounds, test func(t *testing.T, l *ledgerClient, now *clock)) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		test(t, newLedgerClient(client, "gate", limits), newClock())
	})
}

var provisional = newTiming(minute).provisional

// How late a holder may be and still find the slot (see ledger/state.lua).
const slotKept = 3 * time.Second

func TestReadersComeBeforeWorkDoneAhead(t *testing.T) {
	eachLedger(t, bounds{Requests: 1}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		ahead := ask{Ticket: "ahead", Name: "u1", Ahead: true}
		reader := ask{Ticket: "reader", Name: "u2"}
		l.put(t, now.at(), ahead)
		now.pass(time.Second)
		l.put(t, now.at(), reader)
		now.pass(provisional - time.Second)
		if v := l.put(t, now.at(), ahead); v.What == goAt {
			t.Error("work done ahead went while a reader was expected")
		}
		if v := l.put(t, now.at(), reader); v.What != goAt {
			t.Errorf("the reader got %v", v)
		}
	})
}

func TestWorkInTheBackgroundComesAfterAllOther(t *testing.T) {
	eachLedger(t, bounds{Requests: 1}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		background := ask{Ticket: "background", Name: "u1", Last: true}
		ahead := ask{Ticket: "ahead", Name: "u2", Ahead: true}
		l.put(t, now.at(), background)
		now.pass(time.Second)
		l.put(t, now.at(), ahead)
		now.pass(provisional - time.Second)
		if v := l.put(t, now.at(), background); v.What == goAt {
			t.Error("work in the background went while other work was expected")
		}
		if v := l.put(t, now.at(), ahead); v.What != goAt {
			t.Fatalf("work done ahead got %v", v)
		}
		now.pass(2 * provisional)
		if v := l.put(t, now.at(), background); v.What != goAt {
			t.Errorf("with nobody else there, work in the background got %v", v)
		}
	})
}

func TestAUserWithMuchWaitingDoesNotHoldUpAnother(t *testing.T) {
	eachLedger(t, bounds{Requests: 2}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		var last verdict
		for i := range 40 {
			last = l.put(t, now.at(), ask{Ticket: fmt.Sprint("loud", i), Name: "loud"})
		}
		quiet := l.put(t, now.at(), ask{Ticket: "quiet", Name: "quiet"})
		if quiet.Wait > millis(3*provisional) || last.Wait < millis(15*provisional) {
			t.Errorf("quiet waits %d ms, the last of loud %d ms: want at most one round of %d calls before quiet",
				quiet.Wait, last.Wait, 4)
		}
	})
}

func TestWhoComesBackWhenToldGoes(t *testing.T) {
	eachLedger(t, bounds{Requests: 3}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		back := map[int64]ask{}
		var order []int64
		for i := range 12 {
			a := ask{Ticket: fmt.Sprint("job", i), Name: fmt.Sprint("u", i)}
			v := l.put(t, now.at(), a)
			if v.What != deferred {
				t.Fatal("a call over the limit got", v)
			}
			at := now.ms + v.Wait + int64(i)
			back[at], order = a, append(order, at)
			now.pass(100 * time.Millisecond)
		}
		for _, at := range order {
			now.ms = max(now.ms, at)
			a := back[at]
			a.Wait, a.Call = 2000, a.Ticket
			if v := l.put(t, now.at(), a); v.What != goAt {
				t.Errorf("%s came back when told and got %v", a.Ticket, v)
			}
			l.tell(t, now.at(), settlement{Call: a.Call, Name: a.Name})
		}
	})
}

func TestAHolderWhoDoesNotComeBackHoldsUpOthersOnlyBriefly(t *testing.T) {
	eachLedger(t, bounds{Requests: 1}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		gone := l.put(t, now.at(), ask{Ticket: "gone", Name: "u1"})
		now.pass(time.Duration(gone.Wait)*time.Millisecond + time.Second)
		other := ask{Ticket: "other", Name: "u2"}
		if v := l.put(t, now.at(), other); v.What == goAt {
			t.Error("a slot was given away whose holder was a second late")
		}
		now.pass(slotKept)
		if v := l.put(t, now.at(), other); v.What != goAt {
			t.Errorf("a slot was still kept after %v: %v", slotKept, v)
		}
	})
}

func TestAProcessKilledWithATurnLosesItForAWindowAtMost(t *testing.T) {
	eachLedger(t, bounds{Requests: 5, Tokens: 100}, func(t *testing.T, l *ledgerClient, now *clock) {
		if v := l.put(t, now.at(), ask{Ticket: "killed", Name: "u1", Tokens: 100}); v.What != goAt {
			t.Fatal("the first call got", v)
		}
		now.pass(provisional)
		if v := newLedgerClient(l.client, "another", l.limits).put(t, now.at(), ask{Ticket: "next", Name: "u2", Tokens: 100}); v.What != goAt {
			t.Errorf("a window later another process got %v", v)
		}
	})
}

func TestACallThatTookMoreThanItReservedIsADebt(t *testing.T) {
	eachLedger(t, bounds{Tokens: 100}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.put(t, now.at(), ask{Call: "c1", Ticket: "t1", Name: "u1", Tokens: 10})
		took := 95
		l.tell(t, now.at(), settlement{Call: "c1", Name: "u1", Tokens: &took})
		if v := l.put(t, now.at(), ask{Ticket: "t2", Name: "u2", Tokens: 10}); v.What == goAt || v.Why != "tokens" {
			t.Errorf("a call went over the debt of another: %v", v)
		}
	})
}

func TestACallThatDoesNotSayWhatItTookKeepsItsReserve(t *testing.T) {
	eachLedger(t, bounds{Tokens: 100}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.put(t, now.at(), ask{Call: "c1", Ticket: "t1", Name: "u1", Tokens: 95})
		l.tell(t, now.at(), settlement{Call: "c1", Name: "u1"})
		if v := l.put(t, now.at(), ask{Ticket: "t2", Name: "u2", Tokens: 10}); v.What == goAt {
			t.Error("what a failed call may have taken was given away")
		}
	})
}

func TestACallLargerThanTheLimitGoesWhenTheWindowIsEmpty(t *testing.T) {
	eachLedger(t, bounds{Tokens: 100}, func(t *testing.T, l *ledgerClient, now *clock) {
		if v := l.put(t, now.at(), ask{Ticket: "huge", Name: "u1", Tokens: 5000}); v.What != goAt {
			t.Errorf("got %v: it would wait for ever", v)
		}
	})
}

func TestAClockSetBackStallsNobody(t *testing.T) {
	eachLedger(t, bounds{Requests: 1}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		wrong := at{now.ms + millis(provisional), now.ms - millis(time.Hour)}
		l.run(t, l.batch(), wrong) // Redis's clock is an hour behind from here
		wrong.true, wrong.redis = wrong.true+millis(provisional), wrong.redis+millis(provisional)
		if v := l.put(t, wrong, ask{Ticket: "next", Name: "u1"}); v.What != goAt {
			t.Errorf("a window after the clock was set back: %v", v)
		}
	})
}

func TestABatchThatComesLateDoesNothing(t *testing.T) {
	eachLedger(t, bounds{Requests: 1}, func(t *testing.T, l *ledgerClient, now *clock) {
		late := l.batch()
		late.Asks = []ask{{Call: "late", Ticket: "late"}}
		l.run(t, l.batch(), now.at())
		if r := l.run(t, late, now.at()); !r.Again || len(r.Answers) != 0 {
			t.Errorf("got %v", r)
		}
		if v := l.put(t, now.at(), ask{Ticket: "next"}); v.What != goAt {
			t.Errorf("the late batch took the turn of %v", v)
		}
	})
}

func TestALedgerThatWasLostIsToldWhatItShouldHold(t *testing.T) {
	eachLedger(t, bounds{Requests: 2}, func(t *testing.T, l *ledgerClient, now *clock) {
		l.fill(t, now.at())
		redistest.Clear(t, l.client)
		b := l.batch()
		b.Asks = []ask{{Call: "more", Ticket: "more"}}
		if r := l.run(t, b, now.at()); !r.Again {
			t.Fatalf("an empty ledger answered %v to a process that knew another", r)
		}
		b, away := l.batch(), int64(10)
		b.Away = &away
		none := 0
		b.Settled = []settlement{{Call: "fill0", Tokens: &none, Counts: 30_000}, {Call: "fill1", Tokens: &none, Counts: 30_000}}
		b.Asks = []ask{{Call: "more", Ticket: "more", Keep: true}}
		if r := l.run(t, b, now.at()); r.Answers[0].What != deferred || r.Answers[0].Wait > 30_000 {
			t.Errorf("after the report: %v, want to be put off until the reported calls leave", r.Answers)
		}
	})
}

// A replica that was behind has taken over, so fast that no trip failed.
func TestALedgerThatHasGoneBackIsToldWhatItShouldHold(t *testing.T) {
	t.Parallel()
	client, now := redistest.New(t).Client(t), newClock()
	l := newLedgerClient(client, "gate", bounds{Requests: 2})
	l.run(t, l.batch(), now.at())
	behind := map[string]string{}
	for _, key := range redistest.Keys(t, client, "*") {
		behind[key] = redistest.Admin(t, client).Dump(t.Context(), key).Val()
	}
	l.fill(t, now.at())
	redistest.Clear(t, client)
	for key, value := range behind {
		if err := redistest.Admin(t, client).Restore(t.Context(), key, 0, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	b := l.batch()
	b.Asks = []ask{{Call: "more", Ticket: "more"}}
	if r := l.run(t, b, now.at()); !r.Again {
		t.Errorf("a ledger that lacks the last batches answered %+v", r)
	}
}

func TestProcessesThatEndedBeforeAnOutageAreNotAwaitedAfterIt(t *testing.T) {
	eachLedger(t, bounds{Requests: 8}, func(t *testing.T, l *ledgerClient, now *clock) {
		for i := range 5 {
			killed := newLedgerClient(l.client, fmt.Sprint("killed", i), l.limits)
			killed.run(t, killed.batch(), now.at())
		}
		now.pass(8 * time.Second)
		b, away := l.batch(), millis(time.Second)
		b.Away = &away
		l.run(t, b, now.at())
		for i := range 8 {
			if v := l.put(t, now.at(), ask{Ticket: fmt.Sprint(i), Name: fmt.Sprint("u", i)}); v.What != goAt {
				t.Fatalf("call %d of 8: %v, though nobody else is left", i+1, v)
			}
		}
	})
}

func TestNobodyIsPutOffBeyondTheReturnOfAllShares(t *testing.T) {
	eachLedger(t, bounds{Requests: 100}, func(t *testing.T, l *ledgerClient, now *clock) {
		for i := range 5 {
			gone := newLedgerClient(l.client, fmt.Sprint("gone", i), l.limits)
			gone.run(t, gone.batch(), now.at())
		}
		l.run(t, l.batch(), now.at())
		now.pass(2 * time.Second)
		b, away := l.batch(), millis(time.Second)
		b.Away, b.Members = &away, []string{"gate", "gone0"} // a snapshot from before the others joined
		l.run(t, b, now.at())
		for i := range 200 {
			v := l.put(t, now.at(), ask{Ticket: fmt.Sprint(i), Name: fmt.Sprint("u", i), Keep: true})
			if v.What != goAt && v.Wait > 70_000 {
				t.Fatalf("call %d is put off for %d ms; all shares are back after a window", i+1, v.Wait)
			}
		}
	})
}

func TestAProcessThatDiedAwayCostsWhatItMayHaveDoneWithoutTheLedger(t *testing.T) {
	const limit = 120
	eachLedger(t, bounds{Requests: limit}, func(t *testing.T, l *ledgerClient, now *clock) {
		gone := newLedgerClient(l.client, "gone", l.limits)
		gone.run(t, gone.batch(), now.at())
		l.run(t, l.batch(), now.at())
		now.pass(3 * time.Second)
		b, away := l.batch(), millis(3*time.Second)
		b.Away, b.Members = &away, []string{"gate", "gone"}
		l.run(t, b, now.at())
		// Of its half, it may have made a twelfth at once, and for each second a sixtieth.
		least, most := limit-12, limit-8
		if went := l.going(t, now.at(), limit); went < least || went > most {
			t.Errorf("%d calls of %d went, want %d to %d: the other may have made the rest", went, limit, least, most)
		}
		for left := provisional; left > 0; left -= time.Second { // it is heard of meanwhile
			now.pass(min(left, time.Second))
			l.run(t, l.batch(), now.at())
		}
		if went := l.going(t, now.at(), limit); went != limit {
			t.Errorf("%d calls of %d went a window later", went, limit)
		}
	})
}

func TestAProcessThatBeganWithoutRedisAndIsBackFirstKnowsThatOthersAreAway(t *testing.T) {
	const limit = 100
	eachLedger(t, bounds{Requests: limit}, func(t *testing.T, l *ledgerClient, now *clock) {
		gone := newLedgerClient(l.client, "gone", l.limits)
		gone.run(t, gone.batch(), now.at())
		now.pass(10 * time.Second)
		b, never := l.batch(), int64(-1)
		b.Away = &never
		for i := range limit {
			b.Asks = append(b.Asks, ask{Call: fmt.Sprint("call", i), Ticket: fmt.Sprint(i), Name: fmt.Sprint("u", i)})
		}
		went := 0
		for _, v := range l.run(t, b, now.at()).Answers {
			if v.What == goAt {
				went++
			}
		}
		// Half of the limit was the other's, and it had a sixth of a window.
		if went < 80 || went > limit-limit/2/6 {
			t.Errorf("%d calls of %d went, want less what the other may have made alone", went, limit)
		}
	})
}

func TestTheSharesOfProcessesStillAwayAreLeftAlone(t *testing.T) {
	eachLedger(t, bounds{Requests: 8}, func(t *testing.T, l *ledgerClient, now *clock) {
		others := newLedgerClient(l.client, "other", l.limits)
		others.run(t, others.batch(), now.at())
		b, away := l.batch(), millis(19*time.Second)
		now.pass(20 * time.Second)
		b.Away, b.Beat = &away, true
		if s := l.run(t, b, now.at()).Snapshot; len(s.Members) != 2 {
			t.Errorf("if Redis is lost anew, it would share with %q", s.Members)
		}
		if went := l.going(t, now.at(), 8); went != 4 {
			t.Errorf("%d calls went while one of two processes was still away, want half of 8", went)
		}
		b = others.batch()
		b.Away = &away
		others.run(t, b, now.at())
		if v := l.put(t, now.at(), ask{Ticket: "rest", Name: "u"}); v.What != goAt {
			t.Errorf("after the other came back: %v", v)
		}
	})
}

// Who could not come back between two outages, as it stood still, is waited for after the second.
func TestWhoWasAwaitedWhenRedisWasLostAnewIsStillAwaited(t *testing.T) {
	eachLedger(t, bounds{Requests: 8}, func(t *testing.T, l *ledgerClient, now *clock) {
		other := newLedgerClient(l.client, "other", l.limits)
		other.run(t, other.batch(), now.at())
		l.run(t, l.batch(), now.at())
		for _, out := range []time.Duration{30 * time.Second, 70 * time.Second} {
			now.pass(out)
			b, away := l.batch(), millis(out)
			b.Away, b.Members = &away, []string{"gate", "other"}
			l.run(t, b, now.at())
			now.pass(100 * time.Millisecond)
		}
		if went := l.going(t, now.at(), 8); went != 4 {
			t.Errorf("%d calls went while one of two processes was still away, want half of 8", went)
		}
	})
}

// A process that stands still with Redis goes on with it before those that did without.
func TestWhoGoesOnAfterAStandstillLeavesTheOthersTheirShares(t *testing.T) {
	eachLedger(t, bounds{Requests: 8}, func(t *testing.T, l *ledgerClient, now *clock) {
		other := newLedgerClient(l.client, "other", l.limits)
		other.run(t, other.batch(), now.at())
		l.run(t, l.batch(), now.at())
		now.pass(70 * time.Second)
		if went := l.going(t, now.at(), 8); went != 4 {
			t.Errorf("%d calls went while one of two processes was still away, want half of 8", went)
		}
		other.run(t, other.batch(), now.at())
		if v := l.put(t, now.at(), ask{Ticket: "rest", Name: "u"}); v.What != goAt {
			t.Errorf("after the other came back: %v", v)
		}
	})
}
