package cache_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"foreday/cache"
	"foreday/cache/embedded"
	"foreday/cache/freshness"
	"foreday/summarizer"
)

// An app reads with one GET. While workers are at work there is a summary for every
// day that was ever read; here, where there are none, it is put there by hand.
func ExampleReader() {
	ctx := context.Background()
	server, err := embedded.Start(ctx) // or any Redis
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client, err := cache.Connect(server.URL())
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	client.Set(ctx, "foreday:{u1842}:summary:2026-11-23", `{"user":"u1842","date":"2026-11-23","headline":"Dentist at 15:00."}`, time.Hour)

	reader := cache.NewReader(freshness.NewStore(client, freshness.Config{}), cache.ReaderConfig{Wait: 100 * time.Millisecond})
	date := summarizer.Date{Year: 2026, Month: 11, Day: 23}
	answer, err := reader.Get(ctx, "u1842", date)
	fmt.Println(answer.Status, answer.Summary.Headline, err)

	_, err = reader.Get(ctx, "u1842", date.AddDays(1))
	fmt.Println("the day after:", errors.Is(err, cache.ErrNotReady))
	// Output:
	// hit Dentist at 15:00. <nil>
	// the day after: true
}
