package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/worker"
)

// readAsApp reads summaries at random through the Go package, as an app does,
// until ctx ends.
func (d *deployment) readAsApp(ctx context.Context) error {
	store := freshness.NewStore(d.client, freshness.Config{})
	reader := cache.NewReader(store, cache.ReaderConfig{
		Requester: worker.NewQueue(d.client, worker.DefaultQueue), Wait: time.Second, Log: zerolog.Nop(),
	})
	for pause(ctx, rand.N(100*time.Millisecond)) {
		p := d.truth.pages[rand.IntN(len(d.truth.pages))]
		settled := d.truth.settled(p)
		answer, err := reader.Get(ctx, p.user, p.date)
		if err == nil && answer.Status == cache.Hit {
			d.truth.given(p, answer, settled)
		}
	}
	return nil
}

// settled is the version that no fresh copy may be older than.
func (t *truth) settled(p *page) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return max(p.acknowledged, p.fenced)
}

// given judges what an app was given, who asked when the message of the version
// given as settled was.
func (t *truth) given(p *page, a cache.Answer, settled int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.judge(p, copyOf(a.Summary), settled, time.Now())
}
