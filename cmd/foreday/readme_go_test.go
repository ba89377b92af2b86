package main

import (
	"context"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

// The Go of the README, as it stands there.
func TestTheGoOfTheREADMEWorks(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	ctx, start := t.Context(), time.Now()
	end := start.Add(time.Hour)

	publisher := events.NewPublisher(client, events.PublisherConfig{})
	id, err := publisher.Publish(ctx, events.Message{
		Type: events.EventCreated, User: "u1", Event: "4kq2v7", Span: events.Between(start, end),
	})

	if err != nil || id == "" {
		t.Errorf("publishing gave %q: %v", id, err)
	}
	store := cache.NewStore(client, cache.Config{})
	told := false
	publishCalendarChanged := func(context.Context) error { told = true; return nil }
	func() {
		err := store.SetPreferences(ctx, "u1", summarizer.Preferences{
			Selection: summarizer.Selection{Exclude: []string{"primary"}},
		}, publishCalendarChanged)

		if err != nil || !told {
			t.Errorf("setting preferences: %v; told of: %v", err, told)
		}
	}()
}
