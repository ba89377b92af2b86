package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
	"foreday/worker/replicas"
)

// The master that has stream, queue and ledger is killed under load, and comes back as a
// replica; later slots move from one master to another. Users each have one event, which is
// published once: what is lost for one, nothing later makes good. One user edits without a
// pause, more than the limits allow, which the stand-in for Google holds foreday to.
func TestAFailoverAndMovedSlotsLoseNoRefreshAndKeepTheLimits(t *testing.T) {
	t.Parallel()
	const userRPM = 20
	cluster := redistest.ClusterWithReplicas(t, 3, shared)
	stand, err := sandbox.Start(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stand.Close)
	stand.Google.Quota(6000, userRPM)
	url := "redis+cluster://" + strings.Join(cluster.Addrs(), ",")
	e := env(sandbox.Environment(stand.URL)).with("REDIS_URL="+url, "PORT=0", "FOREDAY_COOLDOWN=0s", "FOREDAY_WAIT_REPLICAS=1",
		"FOREDAY_GOOGLE_RPM=6000", fmt.Sprintf("FOREDAY_GOOGLE_USER_RPM=%d", userRPM))
	var workers []*process
	for range 4 {
		workers = append(workers, start(t, e, "worker"))
	}
	for _, w := range workers {
		w.says(t, "worker started")
	}
	app := newUnderLoad(t, stand, url)
	// By then all have heard that the hot user's limit is used up. What is called in the two seconds
	// before an outage they may not know.
	time.Sleep(5 * time.Second)

	cluster.Node(0).Kill(t)
	cluster.AwaitMaster(t, 3)
	elected := time.Now()
	cluster.Node(0).Restart(t)
	// Beside other tests, under the race detector, it takes longer than it does alone.
	for i, w := range workers {
		before := written(w)
		eventually(t, func() string {
			if written(w) > before {
				return ""
			}
			return fmt.Sprintf("worker %d does nothing after a failover", i+1)
		})
		t.Logf("worker %d was at work %v after the election", i+1, time.Since(elected).Round(10*time.Millisecond))
	}
	cluster.MoveSlots(t, 1, 2, 500)
	time.Sleep(time.Second)

	published := app.stop()
	for _, user := range published {
		eventually(t, func() string { return app.missing(user) })
	}
	if refused := stand.Google.Requests().Refused; refused > 0 {
		t.Errorf("Google refused %d calls as over the limits", refused)
	}
	t.Logf("%d users' changes were published, and none was lost", len(published))
	for _, w := range workers {
		w.stop(t)
	}
}

// written is how many summaries a worker has written.
func written(w *process) int { return strings.Count(w.output(), `"outcome":"written"`) }

// underLoad is an app whose users make an event each, and publish it.
type underLoad struct {
	quit      chan struct{}
	done      sync.WaitGroup
	published []string
	// missing says what the cache lacks of a user; it asks for nothing.
	missing func(user string) string
}

func newUnderLoad(t *testing.T, stand *sandbox.Server, url string) *underLoad {
	client, err := cache.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	// What the app itself writes is for the app to wait for.
	replicas.Install(client, replicas.Config{Replicas: 1, Timeout: 100 * time.Millisecond})
	publisher := events.NewPublisher(client, events.PublisherConfig{})
	today := summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
	start := today.Start().Add(12 * time.Hour)
	u := &underLoad{quit: make(chan struct{}), missing: func(user string) string {
		held, err := client.Get(context.Background(), freshness.FreshKey(user, today.Date)).Result()
		if strings.Contains(held, "Dentist of "+user) {
			return ""
		}
		return fmt.Sprintf("%s has no fresh summary with what was published: %q, %v", user, held, err)
	}}
	event := func(user string) {
		made, err := stand.Google.Insert(user, "primary", &calendar.Event{
			Summary: "Dentist of " + user,
			Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
			End:     &calendar.EventDateTime{DateTime: start.Add(time.Hour).Format(time.RFC3339)},
		})
		if err != nil {
			t.Error(err)
			return
		}
		message := events.Message{Type: events.EventCreated, User: user, Event: made.Id, Span: events.Between(start, start.Add(time.Hour))}
		for {
			ctx, cancel := context.WithTimeout(replicas.Require(context.Background()), 5*time.Second)
			_, err := publisher.Publish(ctx, message)
			cancel()
			if err == nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	stand.Google.AddUser("hot", time.UTC)
	u.done.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-u.quit:
				return
			case <-time.After(150 * time.Millisecond):
			}
			user := fmt.Sprintf("once%d", n)
			stand.Google.AddUser(user, time.UTC)
			event(user)
			u.published = append(u.published, user)
			event("hot")
		}
	})
	return u
}

// stop ends the load, and returns whose changes were published.
func (u *underLoad) stop() []string {
	close(u.quit)
	u.done.Wait()
	return u.published
}
