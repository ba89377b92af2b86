package breaker_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"foreday/summarizer/breaker"
)

// calls has the users' calls end so, and returns how many were let through.
func calls(t *testing.T, b *breaker.Breaker, v breaker.Verdict, users ...string) (through int) {
	t.Helper()
	for _, u := range users {
		if done, err := b.Allow(u); err == nil {
			done(v)
			through++
		}
	}
	return through
}

func names(prefix string, n int) []string {
	var all []string
	for i := range n {
		all = append(all, prefix+strconv.Itoa(i))
	}
	return all
}

func repeated(user string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = user
	}
	return all
}

func TestItOpensForTheServiceOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		verdict breaker.Verdict
		users   []string
		open    bool
	}{
		"many users fail":              {breaker.Failed, names("u", breaker.Trips), true},
		"few failures":                 {breaker.Failed, names("u", breaker.Trips-1), false},
		"one user fails":               {breaker.Failed, repeated("u", 100), false},
		"four users fail":              {breaker.Failed, append(repeated("u", 100), "v", "w", "x"), false},
		"one user reaches nobody":      {breaker.Unreached, repeated("u", breaker.Trips), true},
		"calls on nobody's behalf":     {breaker.Failed, repeated("", breaker.Trips), true},
		"many users give up":           {breaker.NoVerdict, names("u", 100), false},
		"many users are being refused": {breaker.OK, names("u", 100), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := breaker.New(breaker.Config{Name: name})
			calls(t, b, c.verdict, c.users...)
			if b.Open() != c.open {
				t.Errorf("open: %v", b.Open())
			}
		})
	}
}

func TestUsersWhoFailWhileOthersSucceedCountForNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := breaker.New(breaker.Config{})
		broken := names("broken", 20)
		for _, u := range broken { // never two in a row: so far it could be the service
			calls(t, b, breaker.Failed, u)
			calls(t, b, breaker.OK, "ada")
		}
		for range 5 {
			calls(t, b, breaker.Failed, broken...)
		}
		if b.Open() {
			t.Error("it opened for the trouble of 20 users")
		}
		calls(t, b, breaker.Failed, names("new", 1000)...)
		if b.Open() {
			t.Error("it opened for a thousand users who fail, right after another's success")
		}
		time.Sleep(6 * time.Second)
		calls(t, b, breaker.Failed, names("u", breaker.Trips)...)
		if !b.Open() {
			t.Error("it did not open when nobody succeeded any more")
		}
	})
}

func TestWhoHasNotFailedIsLetThroughWhileThousandsFail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := breaker.New(breaker.Config{})
		broken := names("broken", 1000)
		calls(t, b, breaker.Failed, broken...)
		if !b.Open() {
			t.Fatal("it is closed, though nobody's call has ever succeeded")
		}
		time.Sleep(time.Second)
		if n := calls(t, b, breaker.OK, names("well", 100)...); n != 100 {
			t.Errorf("%d of 100 others were let through", n)
		}
		if n := calls(t, b, breaker.Failed, broken[:breaker.Trips]...); n != 0 {
			t.Errorf("%d calls of those who fail were let through", n)
		}
	})
}

func TestAServiceThatReachesNobodyIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := breaker.New(breaker.Config{})
	calls(t, b, breaker.Unreached, repeated("u", breaker.Trips)...)
	if n := calls(t, b, breaker.Unreached, names("other", 100)...); n != 0 {
		t.Errorf("%d calls were sent to a service that cannot be reached", n)
	}
}

func TestTheProbesAreOfThoseWhoAreNotAtFault(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := breaker.New(breaker.Config{})
		calls(t, b, breaker.Failed, "broken")
		calls(t, b, breaker.OK, "ada")
		calls(t, b, breaker.Failed, "broken")
		time.Sleep(6 * time.Second)
		calls(t, b, breaker.Failed, names("u", breaker.Trips)...)
		if !b.Open() {
			t.Fatal("it is not open")
		}
		time.Sleep(11 * time.Second)
		if n := calls(t, b, breaker.Failed, "broken"); n != 0 {
			t.Error("whose calls fail anyway was let through to probe")
		}
		if n := calls(t, b, breaker.OK, names("u", 10)...); n != 10 {
			t.Errorf("%d of 10 were let through after it was well again", n)
		}
	})
}
