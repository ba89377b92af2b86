package quota_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/embedded"
	"foreday/worker/quota"
)

// Calls go through the gate's RoundTripper, and past the limit wait or are deferred.
func ExampleGate() {
	ctx := context.Background()
	server, err := embedded.Start(ctx) // the Redis that all workers share
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	client := redis.NewClient(&redis.Options{Addr: server.Addr()})
	defer client.Close()
	calendar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	defer calendar.Close()

	gate, err := quota.New(quota.Config{Client: client, Limits: quota.Limits{GoogleRPM: 2}, MaxWait: 10 * time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	defer gate.Close()
	google := http.Client{Transport: gate.Google(http.DefaultTransport)}
	for range 3 {
		req, err := http.NewRequestWithContext(quota.For(ctx, quota.Caller{User: "u1842"}), http.MethodGet, calendar.URL, http.NoBody)
		if err != nil {
			log.Fatal(err)
		}
		resp, err := google.Do(req)
		var later *quota.Deferred
		if errors.As(err, &later) {
			fmt.Println("deferred, for", time.Until(later.At).Round(time.Minute))
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		fmt.Println(resp.Status)
	}
	// Output:
	// 200 OK
	// 200 OK
	// deferred, for 1m0s
}
