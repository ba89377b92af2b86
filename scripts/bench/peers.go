package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	gocache "github.com/eko/gocache/lib/v4/cache"
	gocacheredis "github.com/eko/gocache/store/redis/v4"
	rediscache "github.com/go-redis/cache/v9"
	"github.com/redis/go-redis/v9"
	"github.com/redis/rueidis"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/summarizer"
)

// ttl is for how long summaries and copies of them are kept: longer than a run takes.
const ttl = time.Hour

// connect returns all that are compared, with the summaries in Redis. Connections end with the
// program.
func connect(ctx context.Context, address string) ([]*peer, error) {
	client := redis.NewClient(&redis.Options{Addr: address})
	for n := range users {
		value, err := json.Marshal(summaryOf(user(n)))
		if err != nil {
			return nil, err
		}
		if err := client.Set(ctx, key(user(n)), value, ttl).Err(); err != nil {
			return nil, err
		}
	}
	through, inProcess, err := ours(ctx, address)
	if err != nil {
		return nil, err
	}
	fast, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{address}})
	if err != nil {
		return nil, fmt.Errorf("rueidis: %w", err)
	}
	const redisToo, here = "through Redis", "in the process"
	return []*peer{
		{where: redisToo, name: "foreday", read: through},
		{where: redisToo, name: "go-redis, GET and json.Unmarshal", read: plain(client)},
		{where: redisToo, name: "rueidis, GET and DecodeJSON", read: func(ctx context.Context, user string) (sum summarizer.Summary, err error) {
			return sum, fast.Do(ctx, fast.B().Get().Key(key(user)).Build()).DecodeJSON(&sum)
		}},
		{where: redisToo, name: "eko/gocache, redis store", read: eko(client)},
		{where: redisToo, name: "go-redis/cache", read: goRedisCache(client, nil)},
		{where: here, name: "foreday, LocalHits", read: inProcess},
		{where: here, name: "rueidis, DoCache and DecodeJSON", read: func(ctx context.Context, user string) (sum summarizer.Summary, err error) {
			return sum, fast.DoCache(ctx, fast.B().Get().Key(key(user)).Cache(), ttl).DecodeJSON(&sum)
		}},
		{where: here, name: "go-redis/cache, TinyLFU", read: goRedisCache(client, rediscache.NewTinyLFU(10_000, time.Minute))},
	}, nil
}

func key(user string) string { return freshness.FreshKey(user, day) }

type read = func(context.Context, string) (summarizer.Summary, error)

func ours(ctx context.Context, address string) (through, inProcess read, err error) {
	client, err := cache.Connect("redis://" + address)
	if err != nil {
		return nil, nil, err
	}
	store := freshness.NewStore(client, freshness.Config{})
	of := func(cfg cache.ReaderConfig) read {
		reader := cache.NewReader(store, cfg)
		go reader.KeepLocal(ctx)
		return func(ctx context.Context, user string) (summarizer.Summary, error) {
			answer, err := reader.Get(ctx, user, day)
			// A machine that stands still for longer than Redis may take makes a Bypass.
			if err == nil && answer.Status != cache.Hit && answer.Status != cache.Bypass {
				err = fmt.Errorf("it is a %s, not a hit", answer.Status)
			}
			return answer.Summary, err
		}
	}
	return of(cache.ReaderConfig{}), of(cache.ReaderConfig{LocalHits: true}), nil
}

func plain(client *redis.Client) read {
	return func(ctx context.Context, user string) (sum summarizer.Summary, err error) {
		value, err := client.Get(ctx, key(user)).Bytes()
		if err != nil {
			return sum, err
		}
		return sum, json.Unmarshal(value, &sum)
	}
}

func eko(client *redis.Client) read {
	manager := gocache.New[string](gocacheredis.NewRedis(client))
	return func(ctx context.Context, user string) (sum summarizer.Summary, err error) {
		value, err := manager.Get(ctx, key(user))
		if err != nil {
			return sum, err
		}
		return sum, json.Unmarshal([]byte(value), &sum)
	}
}

func goRedisCache(client *redis.Client, local rediscache.LocalCache) read {
	kept := rediscache.New(&rediscache.Options{
		Redis: client, LocalCache: local,
		Marshal:   func(v any) ([]byte, error) { return json.Marshal(v) },
		Unmarshal: func(b []byte, v any) error { return json.Unmarshal(b, v) },
	})
	return func(ctx context.Context, user string) (sum summarizer.Summary, err error) {
		return sum, kept.Get(ctx, key(user), &sum)
	}
}
