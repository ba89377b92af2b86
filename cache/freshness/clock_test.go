package freshness

import (
	"errors"
	"testing"
	"time"
)

const back = -20 * time.Minute

func TestAGenerationNeverGoesBackNorRepeatsThoughTheClockDoes(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		var gens []int64
		for range 3 {
			p.message()
			run := p.begin("job")
			gens = append(gens, run.Gen)
			p.wants("fresh", p.commit(run, "").Fresh, true)
			p.pass(back)
		}
		if gens[1] <= gens[0] || gens[2] <= gens[1] {
			p.Errorf("generations %d", gens)
		}
	})
}

func TestACooldownLastsNoLongerBecauseTheClockSteppedBack(t *testing.T) {
	eachProtocol(t, Config{Cooldown: 10 * time.Second}, func(p *protocol) {
		p.message()
		p.commit(p.begin("job"), "first")
		p.pass(back)
		p.wants("not before", p.message().NotBefore, time.Time{})
		p.commit(p.begin("next job"), "second")
		p.message()
		p.pass(9 * time.Second)
		_, begun := p.tryBegin("a job within the cooldown", true)
		p.wants("begun", begun, BeginLater)
		p.pass(time.Second)
		p.begin("a job after it")
	})
}

func TestALeaseFromBeforeAStepBackIsOverUnlessItIsExtended(t *testing.T) {
	eachProtocol(t, Config{Lease: 4 * time.Second}, func(p *protocol) {
		token := p.message().Token
		run := p.begin("job")
		p.pass(back)
		if _, err := p.Extend(p.Context(), run); err != nil {
			p.Fatal(err)
		}
		finding, _ := p.audit(token, JobUnknown)
		p.wants("finding of a run that is alive", finding, AuditWait)
		p.pass(back)
		finding, _ = p.audit(token, JobUnknown)
		p.wants("finding of a run that is not", finding, AuditReissued)
		p.begin("another")
		if _, err := p.Extend(p.Context(), run); !errors.Is(err, ErrLost) {
			p.Errorf("extending a lease that was taken over: %v, want ErrLost", err)
		}
	})
}

func TestAPendingTokenFromBeforeAStepBackNoLongerCounts(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		old := p.message()
		p.pass(back)
		next := p.message()
		p.wants("action", next.Action, ActEnqueue)
		if next.Token == old.Token {
			p.Error("the token of before stands")
		}
		p.wants("a further message's task", p.message(), Task{})
	})
}

func TestReadersInterestLastsAsLongThoughTheClockSteppedBack(t *testing.T) {
	eachProtocol(t, Config{StaleTTL: time.Hour}, func(p *protocol) {
		days := []DueDay{{Date: theDate}}
		_, err := p.MarkRead(p.Context(), theUser, time.Time{}, theDate)
		p.must(err)
		p.commit(p.begin("job"), "first")
		p.pass(back)
		p.wants("action", task1(p.apply(Invalidation{Days: days})).Action, ActEnqueue)
		p.commit(p.begin("job"), "second")
		p.pass(time.Hour)
		p.wants("tasks after a time without readers", p.apply(Invalidation{Days: days}).Tasks, []Task(nil))
	})
}

func TestHowLongAMessageWaitedIsToldByOneClockOrNotAtAll(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		old := p.now
		waited := func() time.Duration {
			p.pass(2 * time.Second)
			return p.commit(p.begin("job"), "").Waited
		}
		p.wants("without any message", waited() < 0, true)
		p.pass(back)
		// A stream goes on at the old time.
		p.apply(Invalidation{Days: today, Published: old})
		p.wants("a message after a step back", waited(), 2*time.Second)
		p.apply(Invalidation{Days: today, Published: p.now})
		p.pass(back)
		p.wants("a message before a step back", waited() < 0, true)
	})
}

func TestPromisesAreDueInTimeThoughTheClockSteppedBack(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		ledger, ctx := p.Ledger(), p.Context()
		token := Token{theUser, theDate, "1"}
		claimed := func() int {
			tokens, _, err := ledger.Claim(ctx, 10, time.Minute)
			p.must(err)
			return len(tokens)
		}
		p.must(ledger.Track(ctx, 5*time.Second, token))
		p.pass(back)
		p.wants("claimed before its time", claimed(), 0)
		p.pass(4 * time.Second)
		p.must(ledger.TrackNew(ctx, time.Hour, token))
		p.wants("claimed still before its time", claimed(), 0)
		p.pass(time.Second)
		p.wants("claimed in time", claimed(), 1)
		p.pass(back)
		p.wants("claimed while it is hidden", claimed(), 0)
		p.pass(time.Minute)
		p.wants("claimed again once it is not hidden any more", claimed(), 1)
	})
}
