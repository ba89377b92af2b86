package wiring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/embedded"
)

// Connect opens the Redis of the settings and makes sure that it answers. It is for
// the commands that can do nothing without; those that stay up start all the same.
func (s RedisSettings) Connect(ctx context.Context) (redis.UniversalClient, error) {
	client, err := s.Open()
	if err != nil {
		return nil, err
	}
	ping, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := client.Ping(ping).Err(); err != nil {
		client.Close()
		return nil, fmt.Errorf("REDIS_URL %q: %w", WithoutPassword(s.RedisURL), err)
	}
	return client, nil
}

// Open returns a client for the Redis of the settings, whether it answers or not.
func (s RedisSettings) Open() (redis.UniversalClient, error) {
	if s.RedisURL == "" {
		return nil, WrongUsage(errors.New("REDIS_URL is not set: set it to your Redis, such as redis://localhost:6379; " +
			"only demo and up bring their own, and the --env-file of `foreday up --sandbox` has the address of its Redis: `source` it here"))
	}
	client, err := cache.Connect(s.RedisURL)
	if err != nil {
		return nil, BadSetting("REDIS_URL", WithoutPassword(s.RedisURL), err.Error())
	}
	return client, nil
}

// InProcessRedis starts a Redis in this process, which stop ends. The end of ctx
// does not: those who use it have things to put away after that.
func InProcessRedis(ctx context.Context) (client redis.UniversalClient, url string, stop func(), err error) {
	server, err := embedded.Start(context.WithoutCancel(ctx))
	if err != nil {
		return nil, "", nil, fmt.Errorf("start the in-process Redis: %w", err)
	}
	if client, err = cache.Connect(server.URL()); err != nil {
		server.Close()
		return nil, "", nil, err
	}
	return client, server.URL(), server.Close, nil
}

// closeTimeout bounds how long the end of a process waits for a Redis, or for
// Sentinels, that do not answer.
const closeTimeout = time.Second

// CloseInTime closes one after the other, and leaves what takes too long.
func CloseInTime(log zerolog.Logger, closers ...func() error) {
	closed := make(chan error, 1)
	go func() {
		var errs []error
		for _, c := range closers {
			errs = append(errs, c())
		}
		closed <- errors.Join(errs...)
	}()
	select {
	case err := <-closed:
		if err != nil {
			log.Debug().Err(err).Msg("closing")
		}
	case <-time.After(closeTimeout):
		log.Debug().Msg("closing takes too long: redis does not answer")
	}
}

// RedisVersion asks the server for its version, which one in a process does not tell.
func RedisVersion(ctx context.Context, client redis.UniversalClient) string {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return ""
	}
	return cache.InfoField(info, "redis_version")
}

// runPrefix begins the names of a run's own keys.
func runPrefix(run string) string { return "foreday:" + run + ":" }

// runQueue is the name of a run's own queue.
func runQueue(run string) string { return "foreday:" + run }

// RemoveRun deletes what a demo or a bench left in Redis: the keys of the users that
// a pattern matches, those named after the run, and its queues.
func RemoveRun(ctx context.Context, client redis.UniversalClient, run, users string) {
	queue := runQueue(run)
	for _, pattern := range []string{
		"foreday:{" + users + "}:*", runPrefix(run) + "*", "foreday:{foreday:" + run + ":*", "asynq:{" + queue + "*",
	} {
		if err := deleteMatching(ctx, client, pattern); err != nil {
			return // everything has a TTL, or is a few bytes
		}
	}
	client.SRem(ctx, "asynq:queues", queue, queue+":read", queue+":refresh")
}

// deleteMatching deletes the keys that match, on every node of a cluster.
func deleteMatching(ctx context.Context, client redis.UniversalClient, pattern string) error {
	scan := func(ctx context.Context, node redis.UniversalClient) error {
		for page := uint64(0); ; {
			keys, next, err := node.Scan(ctx, page, pattern, 1000).Result()
			if err != nil {
				return err
			}
			_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
				for _, key := range keys { // each by itself, as they are of many hash slots
					p.Del(ctx, key)
				}
				return nil
			})
			if page = next; err != nil || page == 0 {
				return err
			}
		}
	}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return scan(ctx, node) })
	}
	return scan(ctx, client)
}
