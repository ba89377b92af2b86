package redistest

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

func client(t testing.TB, addr string) *redis.Client {
	c := redis.NewClient(options(addr))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// options are those of a client of one server.
func options(addr string) *redis.Options {
	return &redis.Options{
		Addr:     addr,
		Protocol: 3,
		// Only hosted Redis knows them, and asking costs a round trip.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}
