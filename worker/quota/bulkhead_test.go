package quota

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// ofJob is the context of a job's calls.
func ofJob(user, job string, p Priority) context.Context {
	return summarizer.HoldingPlace(For(context.Background(), Caller{User: user, Job: job, Priority: p}))
}

// sees lets so many calls be answered within no time.
func (b *bulkhead) sees(calls int, took time.Duration) {
	for range calls {
		b.answered(party{Google, "well"}, took)
	}
}

// hang begins a call that is not answered, and returns what says whether it was given up.
func (b *bulkhead) hang(ctx context.Context) (givenUp func() bool, end func()) {
	call, cancel := context.WithCancelCause(ctx)
	end = b.watch(call, Google, cancel)
	return func() bool { return context.Cause(call) == errSlow }, end
}

func TestHalfOfThePlacesAreLeftToCallsThatAreAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBulkhead(16)
		b.sees(10, time.Millisecond)
		count := func(user func(n int) string, p Priority) (gone int, end func()) {
			var ends []func()
			var given []func() bool
			for n := range 16 {
				g, e := b.hang(ofJob(user(n), fmt.Sprint(n), p))
				given, ends = append(given, g), append(ends, e)
			}
			time.Sleep(time.Minute)
			for _, g := range given {
				if g() {
					gone++
				}
			}
			return gone, func() {
				for _, e := range ends {
					e()
					e() // once more does no harm
				}
			}
		}
		each := func(n int) string { return fmt.Sprint("u", n) }
		gone, end := count(each, Ahead)
		gone2, end2 := count(each, Reader)
		if gone != 8 || gone2 != 8 {
			t.Errorf("of 16 calls of each priority %d and %d were given up, want half", gone, gone2)
		}
		end()
		end2()
		if gone, end = count(func(int) string { return "eve" }, Ahead); gone != 12 {
			t.Errorf("of 16 calls of one user %d were given up, want all but a quarter of the places", gone)
		}
		end()
		if len(b.slow) != 0 {
			t.Errorf("calls that have ended count as slow: %v", b.slow)
		}
	})
}

func TestCallsOfOneJobHoldOnePlaceAndThoseOfNoJobNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBulkhead(2)
		b.sees(10, time.Millisecond)
		for range 3 {
			given, end := b.hang(ofJob("ada", "one", Reader))
			defer end()
			direct, endDirect := b.hang(For(context.Background(), Caller{User: "bob", Priority: Reader}))
			defer endDirect()
			time.Sleep(time.Minute)
			if given() || direct() {
				t.Errorf("given up: a call of the one slow job %v, one of no job %v", given(), direct())
			}
		}
	})
}

func TestWhereAnswersUsuallyTakeLongNoneIsGivenUpForThat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBulkhead(2)
		b.sees(10, time.Millisecond)
		_, end := b.hang(ofJob("eve", "", Ahead))
		defer end()
		time.Sleep(time.Minute)
		for range 20 {
			given, end := b.hang(ofJob("ada", "", Ahead))
			time.Sleep(8 * time.Second)
			end()
			if !given() {
				b.sees(1, 8*time.Second)
			}
			b.sees(1, 8*time.Second) // of those that were let be
		}
		given, end := b.hang(ofJob("bob", "", Ahead))
		time.Sleep(8 * time.Second)
		end()
		if given() {
			t.Error("a call that took 8 seconds, as all do, was given up")
		}
	})
}

func TestWhoseCallsAreGivenUpIsRefusedForLongerEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, eve := newBulkhead(2), party{Google, "eve"}
		b.sees(10, time.Millisecond)
		_, end := b.hang(ofJob("mallory", "", Ahead))
		defer end()
		time.Sleep(time.Minute)
		refused := func() (d time.Duration) {
			_, end := b.hang(ofJob("eve", "", Ahead))
			time.Sleep(leastPatience[Google])
			synctest.Wait()
			end()
			for ; b.refuses(ofJob("eve", "", Ahead), eve); d += time.Second {
				time.Sleep(time.Second)
			}
			return d
		}
		for _, want := range []time.Duration{4, 8, 16, 32, 32} {
			if got := refused(); got != want*time.Second {
				t.Errorf("refused for %v, want %ds", got, want)
			}
		}
		b.answered(eve, time.Millisecond)
		if got := refused(); got != firstStall {
			t.Errorf("after an answer refused for %v, want %v", got, firstStall)
		}
		if b.refuses(context.Background(), eve) {
			t.Error("a call of hers that holds no place is refused")
		}
	})
}

// A call that is given up is not sent again, and says why.
func TestACallThatIsGivenUpSaysSo(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	defer close(hang)
	f := newUpstream(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	g.google.bulkhead.most = 1
	g.google.bulkhead.sees(10, time.Millisecond)
	rt := g.Google(newTransport(t))
	first, leave := context.WithCancel(ofJob("eve", "", Ahead))
	defer leave()
	go func() { _, _ = call(first, rt, "GET", f.URL, "") }()
	waitUntil(t, func() bool { return len(f.times()) == 1 })
	for range 2 { // the second time without being sent
		if _, err := call(ofJob("bob", "", Ahead), rt, "GET", f.URL, ""); !errors.Is(err, errSlow) {
			t.Errorf("got %v, want %v", err, errSlow)
		}
	}
	if n := len(f.times()); n != 2 {
		t.Errorf("%d calls were sent, want one of each", n)
	}
}
