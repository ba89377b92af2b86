package worker_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
)

// A job that has waited long is looked at seldom. Once it runs, its worker may
// die any moment, and that must not wait for the next look.
func TestARunIsLookedForWhenItsLeaseCanHaveEndedHoweverLongItsJobHasWaited(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.deliver(changed("ada"))
		var token cache.Token
		for _, token = range b.tokens() {
			taken := time.Now().Add(-time.Minute).UnixMilli()
			if err := client.HSet(t.Context(), "foreday:{ada}:day:"+token.Date.String(), "asked", taken).Err(); err != nil {
				t.Fatal(err)
			}
			if err := b.ledger.Track(t.Context(), time.Hour, token); err != nil {
				t.Fatal(err)
			}
		}
		b.work()
		b.await("the model asked", waiting)
		b.eventually("a look at the end of the lease", func() bool {
			due, err := client.ZScore(t.Context(), "foreday:promised", token.String()).Result()
			return err == nil && time.UnixMilli(int64(due)).Before(time.Now().Add(b.store.Lease()))
		})
	})
}
