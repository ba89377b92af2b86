package events

import (
	"context"
	"time"
)

const (
	// forgetEvery is how often consumers that have died are looked for.
	forgetEvery = time.Minute
	// forgetIdle is how long a consumer that holds nothing must have been silent
	// to be taken off the group's list. Removing a living one does no harm.
	forgetIdle = time.Hour
	// exactTrim is the length up to which a stream is trimmed to the entry.
	// Beyond it only whole nodes of the stream go, which costs next to nothing.
	exactTrim = 10_000
)

func (c *Consumer) upkeepDue() bool {
	now := c.cfg.Now()
	return !now.Before(c.claimAt) || !now.Before(c.trimAt) || !now.Before(c.forgetAt)
}

// upkeep does what is due for the group as a whole. Each consumer does it, as
// any of them may be the last, and doing it twice is cheap.
func (r *run) upkeep() {
	now := r.cfg.Now()
	if !now.Before(r.claimAt) {
		r.claimAt = now.Add(r.cfg.ClaimEvery)
		r.note("keep what waits", r.retries.keep(r.ctx))
		r.claim()
	}
	if !now.Before(r.trimAt) {
		r.trimAt = now.Add(r.cfg.TrimEvery)
		r.note("trim the stream", r.trim(r.ctx))
	}
	if !now.Before(r.forgetAt) {
		r.forgetAt = now.Add(forgetEvery)
		r.note("forget dead consumers", r.forget(r.ctx, forgetIdle, ""))
	}
}

// note logs a failure that costs nothing but time: it is tried again when next
// due, and if Redis is away, reading finds that out.
func (r *run) note(op string, err error) {
	if err != nil && r.ctx.Err() == nil {
		r.log.Debug().Err(err).Str("op", op).Msg("event consumer skips its upkeep")
	}
}

// trim drops what all groups have acknowledged.
func (c *Consumer) trim(ctx context.Context) error {
	return trimScript.Run(ctx, c.client, []string{c.cfg.Stream}, exactTrim).Err()
}

// forget removes the consumers that hold nothing: those that have been silent
// for so long, or the only one named.
func (c *Consumer) forget(ctx context.Context, silent time.Duration, only string) error {
	return dropConsumersScript.Run(ctx, c.client, []string{c.cfg.Stream}, c.cfg.Group, silent.Milliseconds(), only).Err()
}
