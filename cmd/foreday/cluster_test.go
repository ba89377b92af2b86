package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

// shared are keys whose slots are all that workers need besides the users' own: the
// stream, the ledger, the queues and the limits.
var shared = []string{
	"foreday:events", "foreday:dead", "foreday:promised", "foreday:secret",
	"{foreday:read}", "{foreday:refresh}", "asynq:queues", "{quota:google}", "{quota:openai}",
}

// The host of the master that has all of it is gone for good, in one of two ways: its
// connections are refused, or nothing comes back from it.
// Not parallel with others: what is measured is how soon processes are at work again.
func TestAMastersEndIsItsOwnUsersTroubleAndSoonOver(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *redistest.Server){
		"refused": func(t *testing.T, s *redistest.Server) { s.Kill(t) },
		"silent":  func(t *testing.T, s *redistest.Server) { s.Freeze(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // both mostly wait
			survivesTheEndOfAMaster(t, end)
		})
	}
}

func survivesTheEndOfAMaster(t *testing.T, end func(*testing.T, *redistest.Server)) {
	cluster := redistest.ClusterWithReplicas(t, 3, shared)
	sandbox := startSandbox(t, "--users", "40")
	// What the address says must not stretch the outage.
	url := "redis+cluster://" + strings.Join(cluster.Addrs(), ",") + "/?dial_timeout=1m&read_timeout=1m&dialer_retries=50"
	e := sandbox.env.with("REDIS_URL="+url, "PORT=0", "FOREDAY_COOLDOWN=0s")
	workers := []*process{start(t, e, "worker"), start(t, e, "worker")}
	api := start(t, e, "api")
	base := addressIn(t, api.says(t, `"serving"`), "api")
	for _, w := range workers {
		w.says(t, "worker started")
	}
	client, err := cache.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	var quiet, healthy []string // users whose days nobody changes; of them, those on other masters
	for n := 1; n <= 20; n++ {
		user := fmt.Sprintf("u%d", n)
		quiet = append(quiet, user)
		master, err := cluster.Client(t).MasterForKey(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if master.Options().Addr != cluster.Node(0).Addr() {
			healthy = append(healthy, user)
		}
	}
	for _, user := range quiet {
		eventually(t, func() string { return wantHit(base, user) })
	}

	load := read(base, quiet)
	edits := edit(client)
	time.Sleep(time.Second) // under load, as it is
	end(t, cluster.Node(0))
	cluster.AwaitMaster(t, 3)
	elected := time.Now()
	// Five seconds are promised, and a busy machine takes longer; it was fifty.
	// By itself it takes less than five seconds; beside other packages' tests, under the
	// race detector, eleven were seen. Clients that learn new slots once a minute only
	// took fifty-seven.
	const soon = 30 * time.Second
	for i, w := range workers {
		before := strings.Count(w.output(), `"outcome":"written"`) + strings.Count(w.output(), `"outcome":"unchanged"`)
		eventually(t, func() string {
			if strings.Count(w.output(), `"outcome":"written"`)+strings.Count(w.output(), `"outcome":"unchanged"`) > before+2 {
				return ""
			}
			return fmt.Sprintf("worker %d does nothing", i+1)
		})
		took := time.Since(elected)
		t.Logf("worker %d was at work %v after the election", i+1, took.Round(time.Millisecond))
		if took > soon {
			t.Errorf("worker %d was at work only %v after the election", i+1, took)
		}
	}
	edits.stop()
	seen := load.stop()
	hits, reads, other := 0, 0, map[string]int{}
	for _, user := range healthy {
		hits, reads = hits+seen[user]["hit"], reads+seen[user]["all"]
		for status, n := range seen[user] {
			other[status] += n
		}
	}
	t.Logf("%d reads of %d users on other masters: %v", reads, len(healthy), other)
	if ratio := float64(hits) / float64(reads); ratio < 0.99 {
		t.Errorf("of the reads of users on other masters %.3f were hits, want 0.99", ratio)
	}
	for _, p := range append(workers, api) {
		p.stop(t)
	}
}

// wantHit says what is wrong if a read of today's summary is no hit.
func wantHit(base, user string) string {
	if status := readOnce(base, user); status != "hit" {
		return user + " is read as " + status
	}
	return ""
}

// readOnce reads today's summary and says how it was answered.
func readOnce(base, user string) string {
	res, err := http.Get(base + "/users/" + user + "/summaries/" + summarizer.DateOf(time.Now().UTC()).String())
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	status := strings.TrimPrefix(res.Header.Get("Cache-Status"), "foreday; ")
	switch {
	case res.StatusCode != http.StatusOK:
		return res.Status
	case strings.HasPrefix(status, "hit"):
		return "hit"
	}
	return status
}

// readers read users' summaries without end.
type readers struct {
	quit chan struct{}
	done sync.WaitGroup
	mu   sync.Mutex
	seen map[string]map[string]int // by user and how it was answered; "all" counts all
}

func read(base string, users []string) *readers {
	r := &readers{quit: make(chan struct{}), seen: map[string]map[string]int{}}
	for _, user := range users {
		r.seen[user] = map[string]int{}
	}
	for _, user := range users {
		r.done.Go(func() {
			for {
				select {
				case <-r.quit:
					return
				case <-time.After(200 * time.Millisecond):
				}
				status := readOnce(base, user)
				r.mu.Lock()
				r.seen[user][status]++
				r.seen[user]["all"]++
				r.mu.Unlock()
			}
		})
	}
	return r
}

func (r *readers) stop() map[string]map[string]int {
	close(r.quit)
	r.done.Wait()
	return r.seen
}

// editors publish changes of other users' days without end.
type editors struct {
	quit chan struct{}
	done sync.WaitGroup
}

func edit(client redis.UniversalClient) *editors {
	r := &editors{quit: make(chan struct{})}
	r.done.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-r.quit:
				return
			case <-time.After(150 * time.Millisecond):
			}
			// One that does not get through is not what is looked at here.
			client.XAdd(context.Background(), &redis.XAddArgs{Stream: "foreday:events", Values: []string{
				"type", "calendar.changed", "user", fmt.Sprintf("u%d", 21+n%20),
			}})
		}
	})
	return r
}

func (r *editors) stop() {
	close(r.quit)
	r.done.Wait()
}
