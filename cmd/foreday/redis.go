package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/embedded"
)

// inProcessRedis starts a Redis in this process, which stop ends. The end of ctx
// does not: those who use it have things to put away after that.
func inProcessRedis(ctx context.Context) (client redis.UniversalClient, url string, stop func(), err error) {
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

// redisVersion asks the server for its version.
func redisVersion(ctx context.Context, client redis.UniversalClient) string {
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(info) {
		if version, ok := strings.CutPrefix(strings.TrimSpace(line), "redis_version:"); ok {
			return version
		}
	}
	return "unknown"
}

// deleteMatching deletes the keys that match, on every node of a cluster.
func deleteMatching(ctx context.Context, client redis.UniversalClient, pattern string) error {
	scan := func(ctx context.Context, node redis.UniversalClient) error {
		keys := node.Scan(ctx, 0, pattern, 500).Iterator()
		for keys.Next(ctx) {
			if err := client.Del(ctx, keys.Val()).Err(); err != nil {
				return err
			}
		}
		return keys.Err()
	}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return scan(ctx, node) })
	}
	return scan(ctx, client)
}

func isSet(variable string) bool { _, ok := os.LookupEnv(variable); return ok }
