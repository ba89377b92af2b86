package worker

import (
	"net/http"

	"github.com/hibiken/asynqmon"
	"github.com/redis/go-redis/v9"
)

// Dashboard shows the queues at root, which starts with a slash, for looking
// only: its jobs can be neither run nor deleted there. It has no login of its
// own.
func Dashboard(client redis.UniversalClient, root string) http.Handler {
	return asynqmon.New(asynqmon.Options{RootPath: root, RedisConnOpt: given{client}, ReadOnly: true})
}

// given makes asynq's tools use a client that is there already.
type given struct{ client redis.UniversalClient }

// MakeRedisClient implements asynq.RedisConnOpt.
func (g given) MakeRedisClient() any { return g.client }
