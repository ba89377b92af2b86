package freshness

import (
	"reflect"
	"testing"
	"time"

	"foreday/cache/redistest"
)

func (p *protocol) state() State {
	p.Helper()
	st, err := p.State(p.Context(), theUser, theDate)
	p.must(err)
	return st
}

// about reports how far a time is from now, to the second: answers take their time.
func about(t time.Time) time.Duration { return time.Until(t).Round(time.Second) }

func TestTheStateOfADayIsToldFromTheMessageToTheFreshCopy(t *testing.T) {
	eachProtocol(t, Config{Cooldown: 10 * time.Second, Lease: time.Hour}, func(p *protocol) {
		p.wants("the state of nothing", p.state(), State{
			Pending: Token{User: theUser, Date: theDate}, Last: Token{User: theUser, Date: theDate}, Shared: Token{User: theUser, Date: theDate},
		})
		token := task1(p.apply(Invalidation{Days: today, Message: "1-1"})).Token
		p.pass(30 * time.Second)
		p.apply(Invalidation{Days: today, Message: "2-1"})
		st := p.state()
		p.wants("the pending token", st.Pending, token)
		p.wants("its job's tokens", st.Tokens(), []Token{token})
		p.wants("the last message", st.Message, "2-1")
		p.wants("since it was asked for", about(st.Asked), -30*time.Second)
		p.wants("since it was published", about(st.Published), -30*time.Second)

		run := p.begin("box:7 job")
		st = p.state()
		p.wants("the message that the run answers", run.Message, "2-1")
		p.wants("who is at it", st.Owner, "box:7 job")
		p.wants("the end of its lease", about(st.LeaseUntil), time.Hour)
		p.wants("the end of the cooldown", about(st.Cooldown), 10*time.Second)
		p.wants("what is pending", st.Pending.ID, "")
		p.commit(run, "made")
		st = p.state()
		p.wants("the end of the fresh copy", about(st.FreshUntil), time.Hour)
		p.wants("the message after it", st.Message, "")
		p.wants("who is at it after it", st.Owner, "")
	})
}

func TestAFailureIsToldAndAHolderThatLetItsLeaseEnd(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		token := p.message().Token
		_, err := p.Release(p.Context(), p.begin("job"), Failure{Retry: token, Fault: FaultCalendar, Again: 20 * time.Second})
		p.must(err)
		st := p.state()
		p.wants("fault", st.Fault, FaultCalendar)
		p.wants("when it is tried again", about(st.Again), 20*time.Second)
		p.wants("the pending token", st.Pending, token)
		_, err = p.Release(p.Context(), p.begin("job"), Failure{Fault: FaultAccess})
		p.must(err)
		p.wants("denied", p.state().Denied, FaultAccess)
		p.begin("killed")
		p.pass(time.Hour)
		p.wants("lapsed", p.state().Lapsed, true)
	})
}

func TestTheLedgerTellsWhenATokenIsDue(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		soon, late := Token{theUser, theDate, "1"}, Token{theUser, theDate, "2"}
		p.must(p.Ledger().Track(p.Context(), 3*time.Second, soon))
		p.must(p.Ledger().Track(p.Context(), time.Minute, late))
		p.pass(5 * time.Second)
		due, err := p.Ledger().Due(p.Context(), soon, late, Token{theUser, theDate, "3"})
		p.must(err)
		p.wants("due", due, map[Token]time.Duration{soon: -2 * time.Second, late: 55 * time.Second})
	})
}

func TestLookingLeavesNoTrace(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		token := p.message().Token
		p.must(p.Ledger().Track(p.Context(), time.Second, token))
		dump := func() map[string]string {
			held := map[string]string{}
			for _, key := range redistest.Keys(p, p.client, "foreday:*") {
				if key != theClock {
					held[key] = redistest.Admin(p, p.client).Dump(p.Context(), key).Val()
				}
			}
			return held
		}
		before := dump()
		p.pass(time.Hour)
		p.state()
		_, err := p.Ledger().Due(p.Context(), token)
		p.must(err)
		if after := dump(); len(before) == 0 || !reflect.DeepEqual(before, after) {
			p.Errorf("before %q\nafter %q", before, after)
		}
	})
}

func TestWhatIsForgottenDoesNotComeBackWithARunThatWasUnderWay(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.commit(p.begin("job"), "before")
		p.message()
		run := p.begin("slow job")
		p.must(p.Routines().Save(p.Context(), theUser, []byte("usual"), time.Hour))
		_, err := p.MarkRead(p.Context(), theUser, theDay.Start().Add(time.Hour), theDate)
		p.must(err)
		p.must(p.Forget(p.Context(), theUser))
		p.wants("copies", p.copies(), [2]string{})
		p.wants("fresh", p.commit(run, "outrun").Fresh, false)
		p.wants("copies after the run", p.copies(), [2]string{})
		p.wants("what was learnt", p.client.Exists(p.Context(), routineKey(theUser), readsKey(theUser)).Val(), int64(0))
		p.message()
		p.wants("fresh later", p.commit(p.begin("later"), "anew").Fresh, true)
		p.wants("copies later", p.copies(), [2]string{"anew", "anew"})
	})
}
