package cache

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

// Listen calls hear with "" once it is subscribed to channels of Redis, and then with
// each message, one after the other, until ctx ends or the subscription fails. One that
// has told nothing for as long as quiet is asked for a sign of life; after as long again,
// it has failed.
func Listen(ctx context.Context, client redis.UniversalClient, quiet time.Duration, hear func(message string), channels ...string) error {
	subscription := client.Subscribe(ctx, channels...)
	closing := func() { _ = subscription.Close() } // a second time is an error
	defer closing()
	defer context.AfterFunc(ctx, closing)() // go-redis does not look at ctx while it waits
	subscribed, asked := false, false
	for {
		message, err := subscription.ReceiveTimeout(ctx, quiet)
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout() && subscribed && !asked:
			asked = true
			if err := subscription.Ping(ctx); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		asked = false
		switch m := message.(type) {
		case *redis.Subscription:
			subscribed = true
			hear("")
		case *redis.Message:
			hear(m.Payload)
		}
	}
}
