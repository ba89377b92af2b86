package freshness

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// protocol is a Store whose scripts read a clock that stands still until it is
// told otherwise. Its steps fail the test on errors.
type protocol struct {
	*testing.T
	*Store
	now time.Time
}

func eachProtocol(t *testing.T, cfg Config, test func(p *protocol)) {
	t.Parallel()
	// The clock that stands still is a key that the scripts do not declare.
	redistest.EachServer(t, func(t *testing.T, client redis.UniversalClient) {
		p := &protocol{T: t, Store: NewStore(client, cfg), now: theStart}
		p.scripts = editedScripts(t, nil)
		p.pass(0)
		test(p)
	})
}

func (p *protocol) pass(d time.Duration) {
	p.now = p.now.Add(d)
	if err := p.client.HSet(p.Context(), theClock, "s", p.now.Unix(), "us", p.now.Nanosecond()/1000).Err(); err != nil {
		p.Fatal(err)
	}
}

func (p *protocol) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *protocol) wants(what string, got, want any) {
	p.Helper()
	if !reflect.DeepEqual(got, want) {
		p.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

func (p *protocol) apply(in Invalidation) Outcome {
	p.Helper()
	in.User = theUser
	if in.Published.IsZero() {
		in.Published = p.now
	}
	out, err := p.Invalidate(p.Context(), []Invalidation{in})
	p.must(err)
	return out[0]
}

var today = []DueDay{{Date: theDate, Due: true}}

// message applies one about today and returns what it asks for.
func (p *protocol) message() Task {
	p.Helper()
	return task1(p.apply(Invalidation{Days: today}))
}

func task1(out Outcome) Task {
	if len(out.Tasks) == 0 {
		return Task{}
	}
	return out.Tasks[0]
}

func (p *protocol) tryBegin(owner string, due bool) (Run, Begun) {
	p.Helper()
	run, begun, err := p.Begin(p.Context(), owner, theUser, theDay, due)
	p.must(err)
	return run, begun
}

func (p *protocol) begin(owner string) Run {
	p.Helper()
	run, begun := p.tryBegin(owner, true)
	if begun != BeginGo {
		p.Fatalf("%s could not begin: %v", owner, begun)
	}
	return run
}

func (p *protocol) commit(run Run, headline string) Committed {
	p.Helper()
	c, err := p.Commit(p.Context(), run, summarizer.Summary{User: theUser, Date: theDate, Headline: headline})
	p.must(err)
	return c
}

// copies returns the headlines of the fresh and the stale copy, "" for none.
func (p *protocol) copies() [2]string {
	p.Helper()
	fresh, stale, err := p.Peek(p.Context(), theUser, theDate)
	p.must(err)
	var headlines [2]string
	for i, c := range []*summarizer.Summary{fresh, stale} {
		if c != nil {
			headlines[i] = c.Headline
		}
	}
	return headlines
}

func (p *protocol) audit(t Token, queue JobState) (Finding, Token) {
	p.Helper()
	found, err := p.Ledger().Audit(p.Context(), t, queue, "")
	p.must(err)
	return found.Finding, found.Token
}

func TestTheFirstMessageTakesATokenAndFurtherOnesFindIt(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		first := p.message()
		p.wants("action", first.Action, ActEnqueue)
		p.wants("the second message's task", p.message(), Task{})
		again := task1(p.apply(Invalidation{Days: today, Redelivered: true}))
		p.wants("the redelivered message's task", again, first)
	})
}

func TestAPendingTokenThatIsTooOldNoLongerCounts(t *testing.T) {
	eachProtocol(t, Config{TokenAge: time.Minute}, func(p *protocol) {
		old := p.message()
		p.pass(time.Minute - time.Millisecond)
		p.wants("task before its time", p.message(), Task{})
		p.pass(time.Millisecond)
		fresh := p.message()
		p.wants("action", fresh.Action, ActEnqueue)
		if fresh.Token == old.Token {
			p.Error("a token was used twice")
		}
	})
}

func TestTheDaysOfRedeliveredMessagesAreInTheLedgerBeforehand(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.message()
		n, err := p.Ledger().Len(p.Context())
		p.must(err)
		p.wants("entries after a first delivery", n, int64(0))
		token := task1(p.apply(Invalidation{Days: today, Redelivered: true})).Token
		entries, err := p.client.ZRange(p.Context(), ledgerKey, 0, -1).Result()
		p.must(err)
		p.wants("number of entries after a redelivery", len(entries), 1)
		foreseen, err := ParseToken(entries[0])
		p.must(err)
		finding, other := p.audit(foreseen, JobUnknown)
		p.wants("finding", finding, AuditOther)
		p.wants("the token that it leads to", other, token)
	})
}

func TestADayThatNobodyWantsIsInvalidatedOnly(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		days := []DueDay{{Date: theDate}}
		p.wants("tasks without any state", p.apply(Invalidation{Days: days}).Tasks, []Task(nil))
		n, err := p.client.Exists(p.Context(), theState).Result()
		p.must(err)
		p.wants("states made", n, int64(0))
		p.commit(p.begin("job"), "before")
		p.wants("tasks of a day that is not due", p.apply(Invalidation{Days: days}).Tasks, []Task(nil))
		p.wants("copies", p.copies(), [2]string{"", "before"})
	})
}

func TestADayThatIsReadIsDue(t *testing.T) {
	eachProtocol(t, Config{StaleTTL: time.Hour}, func(p *protocol) {
		days := []DueDay{{Date: theDate}}
		_, err := p.Request(p.Context(), theUser, theDate)
		p.must(err)
		p.wants("action", task1(p.apply(Invalidation{Days: days})).Action, ActEnqueue)
		p.commit(p.begin("job"), "first")
		p.pass(time.Hour)
		p.wants("tasks after a time without readers", p.apply(Invalidation{Days: days}).Tasks, []Task(nil))
		_, begun := p.tryBegin("job", false)
		p.wants("begun", begun, BeginIdle)
	})
}

func TestARunWhoseDayIsInvalidatedMakesNoFreshCopyAndHandsOver(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		first := p.message()
		p.pass(time.Second)
		run := p.begin("job")
		p.wants("token cleared", run.Cleared, first.Token)
		second := p.message()
		p.wants("action during a run", second.Action, ActTrack)
		c := p.commit(run, "outrun")
		p.wants("fresh", c.Fresh, false)
		p.wants("next", c.Next.Token, second.Token)
		p.wants("action", c.Next.Action, ActEnqueue)
		p.wants("copies", p.copies(), [2]string{"", "outrun"})

		run = p.begin("next job")
		p.pass(2 * time.Second)
		c = p.commit(run, "caught up")
		p.wants("fresh", c.Fresh, true)
		p.wants("next action", c.Next.Action, ActNothing)
		p.wants("time since the first message", c.Waited, 3*time.Second)
		p.wants("copies", p.copies(), [2]string{"caught up", "caught up"})
		p.message()
		p.wants("copies after a message", p.copies(), [2]string{"", "caught up"})
	})
}

// Whose days cannot be invalidated has their fresh copies dropped: what was fetched
// before must not come back as one.
func TestARunWhoseDayIsDroppedMakesNoFreshCopy(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.commit(p.begin("job"), "before")
		p.message()
		run := p.begin("slow job")
		p.must(p.DropAll(p.Context(), theUser, theDate, theDate))
		p.wants("fresh", p.commit(run, "outrun").Fresh, false)
		p.wants("copies", p.copies(), [2]string{"", "outrun"})
	})
}

// Found from outside: a publisher who uses plain commands counts from one where the state was
// lost, each time.
func TestAGenerationFromAPlainCommandNeverComesAgain(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		raise := func() { p.must(p.client.HIncrBy(p.Context(), theState, "gen", 1).Err()) }
		raise()
		run := p.begin("job")
		p.must(p.client.Del(p.Context(), theState).Err())
		raise()
		p.wants("fresh", p.commit(run, "of before the second publisher").Fresh, false)
	})
}

func TestARunKeepsOthersOutUntilItsLeaseEnds(t *testing.T) {
	eachProtocol(t, Config{Lease: 4 * time.Second}, func(p *protocol) {
		p.message()
		run := p.begin("job")
		_, begun := p.tryBegin("another", true)
		p.wants("begun", begun, BeginBusy)
		p.pass(3 * time.Second)
		gen, err := p.Extend(p.Context(), run)
		p.must(err)
		p.wants("generation", gen, run.Gen)
		p.pass(3 * time.Second)
		_, begun = p.tryBegin("another", true)
		p.wants("begun after an extension", begun, BeginBusy)
		p.pass(time.Second)
		later := p.begin("another")
		if _, err := p.Extend(p.Context(), run); !errors.Is(err, ErrLost) {
			p.Errorf("extending a lease that was taken over: %v, want ErrLost", err)
		}
		p.commit(later, "of the later run")
		p.wants("fresh", p.commit(run, "of the earlier run").Fresh, false)
		p.wants("copies", p.copies(), [2]string{"of the later run", "of the later run"})
	})
}

func TestTheSameOwnerMayBeginAnew(t *testing.T) {
	eachProtocol(t, Config{Cooldown: time.Minute}, func(p *protocol) {
		p.message()
		run := p.begin("job")
		token := p.message().Token
		again := p.begin("job")
		if again.Gen <= run.Gen || again.ID == run.ID {
			p.Errorf("begun anew at generation %d as run %s, after %d and %s", again.Gen, again.ID, run.Gen, run.ID)
		}
		p.wants("token cleared", again.Cleared, token)
		p.wants("fresh", p.commit(again, "new").Fresh, true)
	})
}

func TestAJobWhoseWorkIsDoneHasNothingToDo(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.message()
		p.commit(p.begin("job"), "done")
		_, begun := p.tryBegin("late job", true)
		p.wants("begun", begun, BeginDone)
	})
}

func TestTheCooldownPutsOffAndDropsNothing(t *testing.T) {
	eachProtocol(t, Config{Cooldown: 10 * time.Second}, func(p *protocol) {
		in := func(d time.Duration, at time.Time) bool { return time.Until(at).Round(time.Second) == d }
		p.message()
		run := p.begin("job")
		p.message()
		p.wants("next, not before", in(10*time.Second, p.commit(run, "first").Next.NotBefore), true)
		p.pass(4 * time.Second)
		late, begun := p.tryBegin("job", true)
		p.wants("begun", begun, BeginLater)
		p.wants("run, not before", in(6*time.Second, late.NotBefore), true)
		redelivered := task1(p.apply(Invalidation{Days: today, Redelivered: true}))
		p.wants("task, not before", in(6*time.Second, redelivered.NotBefore), true)
		p.pass(6 * time.Second)
		p.wants("fresh", p.commit(p.begin("job"), "second").Fresh, true)
	})
}

func TestWithoutACooldownNothingIsPutOff(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.pass(900 * time.Microsecond)
		p.message()
		p.commit(p.begin("job"), "first")
		p.wants("not before", p.message().NotBefore, time.Time{})
		p.begin("another")
	})
}

func TestARunThatFailsIsPromisedAgain(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		token := p.message().Token
		pending, err := p.Release(p.Context(), p.begin("job"), Failure{Retry: token})
		p.must(err)
		p.wants("pending", pending, token)
		p.wants("a message's task", p.message(), Task{})
		run := p.begin("the same job, later")
		p.wants("token cleared", run.Cleared, token)
		other := p.message().Token
		pending, err = p.Release(p.Context(), run, Failure{Retry: token})
		p.must(err)
		p.wants("pending after a message", pending, other)
	})
}

func TestARunThatFailedAfterItsCommitIsNotPromisedAgain(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		token := p.message().Token
		run := p.begin("job")
		p.commit(run, "its answer was lost")
		pending, err := p.Release(p.Context(), run, Failure{Retry: token})
		p.must(err)
		p.wants("pending", pending.ID, "")
		p.message()
		p.wants("copies after a message", p.copies(), [2]string{"", "its answer was lost"})
	})
}

func TestAnAuditFindsWhatBecameOfAPromise(t *testing.T) {
	eachProtocol(t, Config{Lease: 4 * time.Second}, func(p *protocol) {
		token := p.message().Token
		audit := func(what string, queue JobState, want Finding) Token {
			p.Helper()
			finding, other := p.audit(token, queue)
			p.wants(what, finding, want)
			return other
		}
		audit("a token that is pending", JobUnknown, AuditQueued)
		run := p.begin("job")
		audit("while the run is alive", JobUnknown, AuditWait)
		p.pass(4 * time.Second)
		next := audit("once its lease has ended", JobUnknown, AuditReissued)
		p.wants("the token it leads to from then on", audit("afterwards", JobUnknown, AuditOther), next)
		p.wants("fresh, of the run that was given up", p.commit(run, "slow").Fresh, false)
		token = next
		last := audit("a job that the queue does not have", JobLost, AuditReissued)
		p.commit(p.begin("job"), "done")
		audit("an old token, when all is done", JobUnknown, AuditKept)
		token = last
		audit("the last token, when all is done", JobUnknown, AuditKept)
	})
}

func TestAJobThatFailedForGoodIsGivenUp(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		token := p.message().Token
		finding, _ := p.audit(token, JobDead)
		p.wants("finding", finding, AuditKept)
		p.wants("the next message's action", p.message().Action, ActEnqueue)
	})
}

func TestOverdueEntriesAreClaimedByOneSweepAtATime(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		ledger, ctx := p.Ledger(), p.Context()
		claim := func(what string, next time.Duration, want ...Token) {
			p.Helper()
			got, due, err := ledger.Claim(ctx, 10, time.Second)
			p.must(err)
			p.wants(what, got, append([]Token{}, want...))
			p.wants(what+": the next one is due, in seconds", math.Round(due.Seconds()), next.Seconds())
		}
		due := Token{theUser, theDate, "1"}
		p.must(ledger.Track(ctx, 0, due))
		p.must(ledger.Track(ctx, time.Hour, Token{theUser, theDate, "2"}))
		p.must(p.client.ZAdd(ctx, ledgerKey, redis.Z{Score: 0, Member: "no token"}).Err())
		claim("the first sweep", time.Second, due)
		claim("the second one", time.Second)
		p.pass(time.Second)
		claim("one after the first has died", time.Second, due)
		p.must(ledger.Settle(ctx, due))
		p.pass(time.Second)
		claim("after it was settled", time.Hour-2*time.Second)
		n, err := ledger.Len(ctx)
		p.must(err)
		p.wants("entries left", n, int64(1))
	})
}

func TestDaysOfTheWrongZoneAreComputedAgain(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.begin("job") // in UTC
		in := Invalidation{Zone: "Asia/Tokyo", Days: []DueDay{{Date: theDate.AddDays(1), Due: true}}}
		p.wants("outcome", p.apply(in), Outcome{Again: true, Zone: "UTC", Known: []summarizer.Date{theDate}})

		in = Invalidation{Zone: "UTC", All: true, Days: []DueDay{{Date: theDate.AddDays(1), Due: true}}}
		p.wants("outcome without a day that is known", p.apply(in), Outcome{Again: true, Zone: "UTC", Known: []summarizer.Date{theDate}})
		in.Days = append(in.Days, DueDay{Date: theDate})
		p.wants("computed again", p.apply(in).Again, false)

		tokyo := summarizer.Day{Date: theDate, Zone: time.FixedZone("Asia/Tokyo", 9*60*60)}
		p.pass(time.Hour)
		_, begun, err := p.Begin(p.Context(), "job", theUser, tokyo, true)
		p.must(err)
		p.wants("begun in another zone", begun, BeginZoned)
		p.apply(Invalidation{Zone: "", SetZone: "Asia/Tokyo", All: true, Days: in.Days})
		_, begun, err = p.Begin(p.Context(), "job", theUser, tokyo, true)
		p.must(err)
		p.wants("begun after the zone was set", begun, BeginGo)
	})
}

func TestReadersShareAJobThatNobodyElseKnowsOf(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		ask := func() Token {
			p.Helper()
			a, err := p.Request(p.Context(), theUser, theDate)
			p.must(err)
			p.wants("action", a.Task.Action, ActEnqueue)
			return a.Task.Token
		}
		first := ask()
		p.wants("the second reader's token", ask(), first)
		message := p.message()
		p.wants("the message's action", message.Action, ActEnqueue)
		p.wants("the token of a reader from then on", ask(), message.Token)
		p.wants("token cleared by the reader's job", p.begin("job").Cleared, message.Token)
	})
}

func TestWhatIsMadeAheadIsAskedForOnce(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		ahead := func() Action {
			task, err := p.RequestAhead(p.Context(), theUser, theDate)
			p.must(err)
			return task.Action
		}
		p.wants("asked for the first time", ahead(), ActEnqueue)
		if ttl := p.client.PTTL(p.Context(), theState).Val(); ttl <= 0 {
			p.Errorf("the state of a day that was only asked for is kept for %v", ttl)
		}
		p.wants("asked while it waits", ahead(), ActNothing)
		run := p.begin("job")
		p.wants("asked while a run is under way", ahead(), ActNothing)
		_, err := p.Release(p.Context(), run, Failure{Fault: FaultCalendar})
		p.must(err)
		p.pass(time.Hour)
		p.wants("asked when one has failed", ahead(), ActNothing)
		ask, err := p.Request(p.Context(), theUser, theDate)
		p.must(err)
		p.wants("a reader's, after that", ask.Task.Action, ActHurry)
	})
}

func TestTokensAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	token := Token{theUser, theDate, "17"}
	if got, err := ParseToken(token.String()); got != token || err != nil {
		t.Errorf("ParseToken(%q) = %v, %v", token, got, err)
	}
	for _, s := range []string{"", "ada", "ada 2026-03-02", "ada 2026-02-30 17", " 2026-03-02 17", "ada 2026-03-02 "} {
		if got, err := ParseToken(s); err == nil {
			t.Errorf("ParseToken(%q) = %v, want an error", s, got)
		}
	}
}
