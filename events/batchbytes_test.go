package events_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

// After the first batch, whose size nobody knows before it is read, large messages
// come a few at a time, and small ones by the batch again.
func TestBatchesAreBoundedByBytes(t *testing.T) {
	t.Parallel()
	const most, large, size = 100, 240, 200_000
	client := redistest.New(t).Client(t)
	_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for range large {
			p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: []string{
				"type", "calendar.changed", "user", "large", "ignored", strings.Repeat("x", size)}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, client, numbered(10*most)...)
	got := make(chan []events.Delivery, large+10*most)
	cfg := quick()
	cfg.Batch = most
	consume(t, client, cfg, func(_ context.Context, batch []events.Delivery) error {
		got <- batch
		return nil
	})
	first, largest := true, 0
	for seen := 0; seen < large+10*most; {
		batch := receive(t, got, 1)[0]
		seen += len(batch)
		n := 0
		for _, d := range batch {
			if d.User == "large" {
				n++
			} else {
				largest = max(largest, len(batch))
			}
		}
		if bytes := n * size; !first && bytes > 9<<20 {
			t.Errorf("a batch of %d bytes", bytes)
		}
		first = false
	}
	if largest != most {
		t.Errorf("of small messages %d come together at most, want %d again", largest, most)
	}
}
