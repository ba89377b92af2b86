package worker

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
)

const (
	// fenceTimeout bounds how long a publisher waits for a node that does not answer.
	fenceTimeout = 3 * time.Second
	fencesAtOnce = 32 // users
)

// Fence deletes the fresh copies that messages make stale, and keeps runs under way
// from setting them. It tracks no refresh: that is done for the messages once they
// are delivered, so they must be published after it. Whoever has published them then
// knows that no reader is given as fresh what was fetched before.
func (g *Ingester) Fence(ctx context.Context, messages []events.Message) error {
	ctx, cancel := context.WithTimeout(ctx, fenceTimeout)
	defer cancel()
	deliveries := make([]events.Delivery, len(messages))
	for i, m := range messages {
		deliveries[i].Message = m
	}
	// One user's trouble keeps none of the others from being fenced.
	var group errgroup.Group
	group.SetLimit(fencesAtOnce)
	for _, c := range changesOf(deliveries) {
		group.Go(func() error {
			err := g.fence(ctx, c)
			if freshness.IsDataError(err) {
				err = dropAll(ctx, g.store, c.user)
			}
			return err
		})
	}
	return group.Wait()
}

func (g *Ingester) fence(ctx context.Context, c *change) error {
	name, err := g.store.Zone(ctx, c.user)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(name)
	if name == "" || err != nil {
		zone = g.likely // nothing is kept of the user, or in no zone
	}
	in := c.invalidation(zone, false, g.now(), 0, nil)
	if in.All || err != nil {
		return dropAll(ctx, g.store, c.user)
	}
	days := make([]summarizer.Date, len(in.Days))
	for i, d := range in.Days {
		days[i] = d.Date
	}
	if err := g.store.Drop(ctx, c.user, days); err != nil {
		return fmt.Errorf("fence: %w", err)
	}
	return nil
}
