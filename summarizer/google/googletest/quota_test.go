package googletest_test

import (
	"net/http"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"pgregory.net/rapid"
)

func TestQuotasHoldForAllUsersAndForEach(t *testing.T) {
	t.Parallel()
	b := plain(t)
	b.AddUser("bob@example.com", nil)
	bob := b.clientOf(t, "bob@example.com")
	b.Quota(3, 2)
	for range 2 {
		if err := b.fails(); err != nil {
			t.Fatal(err)
		}
	}
	wantStatus(t, b.fails(), http.StatusForbidden, "userRateLimitExceeded")
	if _, err := bob.Events.List("primary").Do(); err != nil {
		t.Errorf("another user has their own: %v", err)
	}
	b.QuotaStatus(http.StatusTooManyRequests)
	_, err := bob.Events.List("primary").Do()
	wantStatus(t, err, http.StatusTooManyRequests, "rateLimitExceeded")
	b.clock.Advance(googletest.QuotaWindow - time.Nanosecond)
	wantStatus(t, b.fails(), http.StatusTooManyRequests, "rateLimitExceeded")
	b.clock.Advance(time.Nanosecond)
	if err := b.fails(); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	if got := b.Requests().Refused; got != 3 {
		t.Errorf("%d were refused, want 3", got)
	}
}

// No window of a minute, wherever it starts, holds more than the limit, and no
// request is refused that would have fitted.
func TestQuotaWindowsSlide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		c := &clock{now: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)}
		s := googletest.New(googletest.Config{Now: c.Now})
		s.AddUser(user, nil)
		limit := rapid.IntRange(1, 5).Draw(rt, "limit")
		s.Quota(0, limit)
		token := s.Token(user)
		var admitted []time.Time
		for range rapid.IntRange(1, 40).Draw(rt, "requests") {
			c.Advance(time.Duration(rapid.IntRange(0, 40).Draw(rt, "pause")) * time.Second)
			recent := 0
			for _, at := range admitted {
				if c.Now().Sub(at) < googletest.QuotaWindow {
					recent++
				}
			}
			status := statusOf(s, token, "/calendar/v3/users/me/settings/timezone")
			if fits := recent < limit; fits != (status == http.StatusOK) {
				rt.Fatalf("%d of %d in the last minute, but the answer is %d", recent, limit, status)
			}
			if status == http.StatusOK {
				admitted = append(admitted, c.Now())
			}
		}
	})
}
