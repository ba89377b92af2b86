package wiring

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
)

// What a process says of Redis at its start.

// SayWhatVoidsPromises logs what is so wrong with a Redis that foreday's promises do not
// hold on it. What it refuses to tell is no reason to say anything.
func SayWhatVoidsPromises(ctx context.Context, log zerolog.Logger, client redis.UniversalClient) {
	if policy, err := cache.Eviction(ctx, client); err == nil && policy != "" {
		log.Warn().Str("maxmemory_policy", policy).
			Msg("redis may evict keys when its memory is full, and with them tracked refreshes: set its maxmemory-policy to noeviction")
	}
	if offset, err := cache.ClockOffset(ctx, client); err == nil && offset.Abs() > cache.ClockFar {
		log.Warn().Int64("ahead_ms", offset.Milliseconds()).
			Msg("redis's clock is far from this machine's: set both by the same time servers (NTP)")
	}
}

// keyPatience is how long the start of a process waits for a Redis that does not answer.
const keyPatience = time.Second

// CheckKey returns an error if the processes on the Redis of sys have another
// FOREDAY_KEY than this one, which must not start. A Redis that does not answer is no
// error: [System.SayWhenThere] looks again.
func (sys *System) CheckKey(ctx context.Context) error { return CheckKey(ctx, sys.Client, sys.seal) }

// CheckKey is [System.CheckKey] for what is about to read or keep something of users.
func CheckKey(ctx context.Context, client redis.UniversalClient, seal *cache.Seal) error {
	ctx, cancel := context.WithTimeout(ctx, keyPatience)
	defer cancel()
	return otherKey(cache.CheckKey(ctx, client, seal))
}

// otherKey returns the error if it is about another key. That Redis cannot be asked is
// said elsewhere.
func otherKey(err error) error {
	if other := (*cache.OtherKeyError)(nil); errors.As(err, &other) {
		return fmt.Errorf("FOREDAY_KEY (hidden): %w", other)
	}
	return nil
}

// SayWhenThere logs one line if Redis cannot be used, and another as soon as it can.
// It blocks until then, or until ctx ends.
func SayWhenThere(ctx context.Context, log zerolog.Logger, address string, ready func(context.Context) error) {
	log = log.With().Str("redis", WithoutPassword(address)).Logger()
	began, said := time.Now(), false
	for ctx.Err() == nil {
		err := ready(ctx)
		switch {
		case err == nil && said:
			log.Info().Dur("after_ms", time.Since(began)).Msg("redis can be used: going on with it")
			return
		case err == nil:
			return
		case !said && ctx.Err() == nil:
			log.Warn().Err(err).Msg("redis cannot be used: started without it, and going on with it as soon as it can be")
			said = true
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// SayWhenThere says whether Redis can be used, and once it can, what is wrong with it.
// It notes this process's key there, and returns an error if the others have another. It
// blocks until then, or until ctx ends. From then on it sees to it that the key stays noted.
func (sys *System) SayWhenThere(ctx context.Context) error {
	found := make(chan error, 1)
	go func() {
		SayWhenThere(ctx, sys.Log, sys.settings.RedisURL, sys.Store.Ready)
		SayWhatVoidsPromises(ctx, sys.Log, sys.Client)
		err := cache.AgreeOnKey(ctx, sys.Client, sys.seal)
		for err != nil && otherKey(err) == nil && sleep(ctx, 5*keyPatience) {
			err = cache.AgreeOnKey(ctx, sys.Client, sys.seal)
		}
		found <- otherKey(err)
		if err == nil {
			sys.keepKey(ctx)
		}
	}()
	select {
	case err := <-found:
		return err
	case <-ctx.Done(): // Redis may not answer for a while
		return nil
	}
}

// keepKey keeps this process's key noted until ctx ends. If another one is, it says so: it does
// not end what has served until then.
func (sys *System) keepKey(ctx context.Context) {
	log := sys.Log.Sample(&zerolog.BurstSampler{Burst: 1, Period: time.Minute})
	for sleep(ctx, 5*keyPatience) {
		if err := otherKey(cache.KeepKey(ctx, sys.Client, sys.seal)); err != nil {
			log.Error().Err(err).Msg("another process has noted another key: each makes what the other cannot read")
		}
	}
}

// sleep reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
