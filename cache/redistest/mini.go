package redistest

import (
	"context"
	"testing"

	"foreday/cache/embedded"

	"github.com/redis/go-redis/v9"
)

// MiniServer is the Redis inside the process that demo and up use.
type MiniServer struct{ *embedded.Server }

// Mini starts a Redis inside the test's process. It ends with the test.
func Mini(t testing.TB) *MiniServer {
	t.Helper()
	// t.Context ends before clean-up begins, in which tests still need the server.
	s, err := embedded.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &MiniServer{s}
}

// Client returns a new client of the server, closed when the test ends.
func (s *MiniServer) Client(t testing.TB) *redis.Client { return client(t, s.Addr()) }
