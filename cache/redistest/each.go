package redistest

import (
	"os"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Each runs the test twice, as parallel subtests: on the Redis inside the process and on
// what New starts, each fresh and for this test alone. If KindVariable names a kind, only
// the second is run. The test must not call t.Parallel itself.
func Each(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	if os.Getenv(KindVariable) == "" {
		onEmbedded(t, test)
	}
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, New(t).Client(t))
	})
}

// EachServer is Each for what can be tested on one server alone: its real one is that of
// Start, whatever KindVariable names.
func EachServer(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	onEmbedded(t, test)
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, Start(t).Client(t))
	})
}

// EachKind runs the test on a Redis of each of Kinds, as parallel subtests, whatever
// KindVariable names.
func EachKind(t *testing.T, test func(t *testing.T, r *Redis)) {
	t.Helper()
	for _, kind := range Kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, ofKind(t, kind, nil))
		})
	}
}

func onEmbedded(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, Mini(t).Client(t))
	})
}
