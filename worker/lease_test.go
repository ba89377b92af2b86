package worker_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

// A job that has waited long is looked at seldom. Once it runs, its worker may
// die any moment, and that must not wait for the next look.
func TestARunIsLookedForWhenItsLeaseCanHaveEndedHoweverLongItsJobHasWaited(t *testing.T) {
	eachWatched(t, func(b *bench, token freshness.Token) error {
		taken := time.Now().Add(-time.Minute).UnixMilli()
		return b.client.HSet(b.Context(), "foreday:{ada}:day:"+token.Date.String(), "asked", taken).Err()
	})
}

// A job that failed is put off, at times for long, and another may run before.
func TestARunIsLookedForWhenItsLeaseCanHaveEndedThoughAnotherJobIsPutOff(t *testing.T) {
	eachWatched(t, func(b *bench, token freshness.Token) error {
		run, begun, err := b.store.Begin(b.Context(), "one that fails", "ada", summarizer.Day{Date: today, Zone: berlin}, true)
		if err != nil || begun != freshness.BeginGo {
			return fmt.Errorf("begin: %v, %w", begun, err)
		}
		_, err = b.store.Release(b.Context(), run, freshness.Failure{Retry: token})
		return err
	})
}

// eachWatched begins a run whose token the ledger has due in an hour, for the reason
// given, and wants it due for a look at the end of the run's lease.
func eachWatched(t *testing.T, reason func(*bench, freshness.Token) error) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.deliver(changed("ada"))
		token := b.tokens()[0]
		if err := reason(b, token); err != nil {
			t.Fatal(err)
		}
		if err := b.ledger.Track(t.Context(), time.Hour, token); err != nil {
			t.Fatal(err)
		}
		b.work()
		b.await("the model asked", waiting)
		b.eventually("a look at the end of the lease", func() bool {
			due, err := client.ZScore(t.Context(), "foreday:promised", token.String()).Result()
			return err == nil && time.UnixMilli(int64(due)).Before(time.Now().Add(b.store.Lease()))
		})
	})
}
