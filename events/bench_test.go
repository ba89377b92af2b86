package events_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/events"

	"github.com/redis/go-redis/v9"
)

// What a consumer takes from a real Redis in a second, beside what reading and
// acknowledging alone takes.
func BenchmarkDrain(b *testing.B) {
	b.Run("consumer", func(b *testing.B) { benchmarkDrain(b, drainByConsumer) })
	b.Run("raw", func(b *testing.B) { benchmarkDrain(b, drainRaw) })
}

func benchmarkDrain(b *testing.B, drain func(*testing.B, redis.UniversalClient, int)) {
	client := redistest.Start(b).Client(b)
	messages := make([]events.Message, max(b.N, 10_000))
	for i := range messages {
		messages[i] = created(fmt.Sprint("u", i%100))
	}
	if _, err := events.NewPublisher(client, events.PublisherConfig{}).PublishAll(b.Context(), messages); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	began := time.Now()
	drain(b, client, len(messages))
	b.ReportMetric(float64(len(messages))/time.Since(began).Seconds(), "messages/s")
}

func drainByConsumer(b *testing.B, client redis.UniversalClient, n int) {
	consumer, err := events.NewConsumer(client, events.ConsumerConfig{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	err = consumer.Run(ctx, events.HandlerFunc(func(_ context.Context, batch []events.Delivery) error {
		if n -= len(batch); n == 0 {
			stop()
		}
		return nil
	}))
	if err != nil {
		b.Fatal(err)
	}
}

func drainRaw(b *testing.B, client redis.UniversalClient, n int) {
	ctx := b.Context()
	if err := client.XGroupCreate(ctx, events.DefaultStream, events.DefaultGroup, "0").Err(); err != nil {
		b.Fatal(err)
	}
	for n > 0 {
		streams, err := client.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: events.DefaultGroup, Consumer: "raw", Streams: []string{events.DefaultStream, ">"}, Count: 500,
		}).Result()
		if err != nil {
			b.Fatal(err)
		}
		ids := make([]string, len(streams[0].Messages))
		for i, m := range streams[0].Messages {
			ids[i] = m.ID
		}
		if err := client.XAck(ctx, events.DefaultStream, events.DefaultGroup, ids...).Err(); err != nil {
			b.Fatal(err)
		}
		n -= len(ids)
	}
}
