package events_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"testing"
	"time"

	"foreday/cache/embedded"
	"foreday/cache/redistest"
	"foreday/events"

	"github.com/redis/go-redis/v9"
)

func TestPublishAllKeepsTheOrder(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const n = 2500 // more than one round trip's worth
		messages := make([]events.Message, n)
		for i := range messages {
			messages[i] = created(fmt.Sprint("u", i))
		}
		ids, err := events.NewPublisher(client, events.PublisherConfig{}).PublishAll(t.Context(), messages)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := client.XRange(t.Context(), events.DefaultStream, "-", "+").Result()
		if err != nil || len(entries) != n {
			t.Fatalf("%d entries on the stream, %v", len(entries), err)
		}
		onStream := make([]string, n)
		for i, entry := range entries {
			onStream[i] = entry.ID
			if m, err := events.Parse(entry.Values); err != nil || m.User != messages[i].User {
				t.Fatalf("entry %d is %+v, %v", i, m, err)
			}
		}
		if !slices.Equal(onStream, ids) {
			t.Error("the IDs returned are not those on the stream, in order")
		}
	})
}

func TestNothingIsPublishedThatConsumersWouldNotUnderstand(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	publisher := events.NewPublisher(client, events.PublisherConfig{})
	bad := created("u 1")
	var fieldErr *events.FieldError
	if _, err := publisher.Publish(t.Context(), bad); !errors.As(err, &fieldErr) || fieldErr.Field != "user" {
		t.Errorf("Publish: %v", err)
	}
	if _, err := publisher.PublishAll(t.Context(), []events.Message{created("u1"), bad}); !errors.As(err, &fieldErr) {
		t.Errorf("PublishAll: %v", err)
	}
	if n := client.Exists(t.Context(), events.DefaultStream).Val(); n != 0 {
		t.Error("something was published")
	}
}

func TestPublishSaysWhatItCouldNotReach(t *testing.T) {
	t.Parallel()
	mini := redistest.Mini(t)
	client := redis.NewClient(&redis.Options{Addr: mini.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	publisher := events.NewPublisher(client, events.PublisherConfig{})
	mini.Close()
	if id, err := publisher.Publish(t.Context(), created("u1")); err == nil {
		t.Errorf("published %s to a Redis that is closed", id)
	}
	if ids, err := publisher.PublishAll(t.Context(), []events.Message{created("u1")}); err == nil || !slices.Equal(ids, []string{""}) {
		t.Errorf("published %q to a Redis that is closed: %v", ids, err)
	}
}

// An app that has put an event into somebody's calendar says so.
func ExamplePublisher() {
	ctx := context.Background()
	server, err := embedded.Start(ctx) // or any Redis
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer client.Close()

	publisher := events.NewPublisher(client, events.PublisherConfig{})
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.FixedZone("", 3600))
	_, err = publisher.Publish(ctx, events.Message{
		Type:  events.EventCreated,
		User:  "u1842",
		Event: "4kq2v7",
		Span:  events.Between(start, start.Add(time.Hour)),
	})
	fmt.Println("published:", err == nil)

	_, err = publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: "Anna Kim"})
	fmt.Println(err)
	// Output:
	// published: true
	// publish calendar.changed: field user "Anna Kim" holds whitespace, a control character or a brace; send an opaque ID without
}

// A consumer acts on what it hears; whatever it returns an error for comes again.
func ExampleConsumer() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := embedded.Start(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer client.Close()

	first := time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	_, err = events.NewPublisher(client, events.PublisherConfig{}).Publish(ctx, events.Message{
		Type: events.EventDeleted, User: "u1842", Event: "4kq2v7", Span: events.Days(first, first.AddDate(0, 0, 2)),
	})
	if err != nil {
		log.Fatal(err)
	}

	consumer, err := events.NewConsumer(client, events.ConsumerConfig{})
	if err != nil {
		log.Fatal(err)
	}
	err = consumer.Run(ctx, events.HandlerFunc(func(_ context.Context, batch []events.Delivery) error {
		for _, d := range batch {
			fmt.Println(d.Type, d.User, d.Span.Start.Format(time.DateOnly), d.Span.AllDay)
		}
		cancel()
		return nil
	}))
	fmt.Println("stopped:", err)
	// Output:
	// event.deleted u1842 2026-12-24 true
	// stopped: <nil>
}
