package dashboard

import (
	"net/http"

	"github.com/hibiken/asynqmon"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Config sets up a Handler.
type Config struct {
	// Root is the path that it is served under: "/dashboard".
	Root string
	// User and Password are what to log in with. Without them, only requests
	// from this machine to a name of its own are answered.
	User, Password string
	Log            zerolog.Logger // of wrong logins
}

// Handler shows the queues, for looking only: nothing can be changed there.
// Jobs hold a user's ID, a date and a number, so nothing more is on show. The
// page needs no host but this one. The handler does not own the client.
func Handler(client redis.UniversalClient, cfg Config) http.Handler {
	monitor := asynqmon.New(asynqmon.Options{RootPath: cfg.Root, RedisConnOpt: given{client}, ReadOnly: true})
	return onlyLook(Admit(cfg, newPage(monitor, cfg.Root)))
}

// given makes asynq's tools use a client that is there already.
type given struct{ client redis.UniversalClient }

// MakeRedisClient implements asynq.RedisConnOpt.
func (g given) MakeRedisClient() any { return g.client }
