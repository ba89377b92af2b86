package redistest

import (
	"testing"

	"github.com/redis/go-redis/v9"
)

// Each runs the test twice, as parallel subtests: on the Redis inside the
// process and on a real redis-server, each fresh and for this test alone. The
// test must not call t.Parallel itself.
func Each(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, Mini(t).Client(t))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, Start(t).Client(t))
	})
}
