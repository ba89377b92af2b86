package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// pour puts the messages on the stream with redis-cli, as a program in any
// language may. Each is the fields and values of one XADD.
func pour(t *testing.T, server *redistest.Server, messages []string) {
	t.Helper()
	var commands bytes.Buffer
	for _, m := range messages {
		fmt.Fprintf(&commands, "XADD foreday:events * %s\n", m)
	}
	host, port, _ := strings.Cut(server.Addr(), ":")
	cmd := exec.CommandContext(t.Context(), "redis-cli", "-h", host, "-p", port)
	cmd.Stdin = &commands
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERR") {
		t.Fatalf("redis-cli: %v\n%.500s", err, out)
	}
}

// created is an event.created of an hour on the date.
func created(user string, event int, date summarizer.Date) string {
	return fmt.Sprintf("type event.created user %s event e%d start %[3]sT15:00:00Z end %[3]sT16:00:00Z", user, event, date)
}

// wantDrained waits until the group has read and acknowledged everything.
func wantDrained(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	eventually(t, func() string {
		groups, err := client.XInfoGroups(t.Context(), "foreday:events").Result()
		if err != nil || len(groups) != 1 {
			return fmt.Sprintf("groups %v, %v", groups, err)
		}
		if g := groups[0]; g.Lag != 0 || g.Pending != 0 {
			return fmt.Sprintf("%d unread, %d unacknowledged", g.Lag, g.Pending)
		}
		return ""
	})
}

func TestTwoWorkersKeepAllUsersFresh(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	const users = 24
	sandbox := startSandbox(t, "--users", fmt.Sprint(users))
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_COOLDOWN=0s")
	workers := []*process{start(t, e, "worker"), start(t, e, "worker")}
	for _, w := range workers {
		w.says(t, "worker started")
	}
	today := summarizer.DateOf(time.Now().UTC())
	var messages []string
	for n := range 4 * users {
		// A quarter is for next month, which nobody has read and nobody is due.
		messages = append(messages, created(fmt.Sprintf("u%d", n%users+1), n, today.AddDays([]int{0, 1, 0, 30}[n/users])))
	}
	pour(t, server, messages)
	wantDrained(t, client)
	for n := 1; n <= users; n++ {
		for ahead := range 2 {
			name := fmt.Sprintf("foreday:{u%d}:summary:%s", n, today.AddDays(ahead))
			eventually(t, func() string {
				if ttl := client.TTL(t.Context(), name).Val(); ttl < 50*time.Minute || ttl > time.Hour {
					return fmt.Sprintf("the TTL of %s is %v", name, ttl)
				}
				return ""
			})
		}
		if name := fmt.Sprintf("foreday:{u%d}:summary:%s", n, today.AddDays(30)); client.Exists(t.Context(), name).Val() != 0 {
			t.Errorf("%s was made, and nobody asked for it", name)
		}
	}
	for i, w := range workers {
		if !strings.Contains(w.output(), `"outcome":"written"`) {
			t.Errorf("worker %d took no part", i+1)
		}
		w.stop(t)
	}
}

func TestBadMessagesGoToTheDeadOnesAndHoldNothingUp(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	sandbox := startSandbox(t, "--users", "50")
	worker := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "PORT="+freePort(t)), "worker")
	metrics := addressIn(t, worker.says(t, `"metrics":`), "metrics")
	today := summarizer.DateOf(time.Now().UTC())
	messages := []string{
		"type event.created event e1 start 2026-11-23T15:00:00+01:00 end 2026-11-23T16:00:00+01:00",
		"type event.created user u1 event e1 start 2026-11-23T15:00:00+01:00 end 2026-11-23T14:00:00+01:00",
		"type event.created user u1 event e1 start 2026-11-23T15:00:00+99:00 end 2026-11-23T16:00:00+01:00",
	}
	for n := range 1000 {
		messages = append(messages, created(fmt.Sprintf("u%d", n%50+1), n, today))
	}
	pour(t, server, messages)
	wantDrained(t, client)
	dead := client.XRange(t.Context(), "foreday:dead", "-", "+").Val()
	if len(dead) != 3 {
		t.Fatalf("%d dead letters: %v", len(dead), dead)
	}
	for i, want := range []string{"user", "end", "start"} {
		letter := dead[i].Values
		if reason := fmt.Sprint(letter["dead_reason"]); !strings.Contains(reason, want) || letter["dead_id"] == nil ||
			letter["dead_at"] == nil || letter["event"] != "e1" {
			t.Errorf("dead letter %d should be about %s: %v", i+1, want, letter)
		}
	}
	for _, want := range []string{`foreday_events_total{outcome="applied"} 1000`, `foreday_events_total{outcome="dead"} 3`,
		"foreday_dead_letters 3"} {
		eventually(t, func() string {
			if strings.Contains(get(t, metrics).body, want+"\n") {
				return ""
			}
			return "/metrics lacks " + want
		})
	}
	worker.stop(t)
}

func TestWhatABusyWorkerHoldsIsFinishedByAnother(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	// A refresh asks Google four times, one after the other: longer than a worker that
	// was told to stop lets it go on.
	sandbox := startSandbox(t, "--users", "3", "--google-delay", "2500ms")
	e := sandbox.env.with("REDIS_URL=" + server.URL())
	first := start(t, e, "worker")
	first.says(t, "worker started")
	var messages []string
	for _, user := range []string{"u1", "u2", "u3"} {
		messages = append(messages, "type calendar.changed user "+user)
	}
	date := summarizer.DateOf(time.Now().UTC())
	pour(t, server, messages)
	eventually(t, func() string {
		if n := client.LLen(t.Context(), "asynq:{foreday:refresh}:active").Val(); n < 3 {
			return fmt.Sprintf("%d jobs are under way", n)
		}
		return ""
	})
	first.stop(t)
	if !strings.Contains(first.output(), `"outcome":"deferred"`) {
		t.Errorf("the first worker finished all by itself:\n%s", first.output())
	}
	// It reads the same calendars where they are listed at once.
	second := start(t, startSandbox(t, "--users", "3").env.with("REDIS_URL="+server.URL()), "worker")
	for _, user := range []string{"u1", "u2", "u3"} {
		for ahead := range 2 {
			name := fmt.Sprintf("foreday:{%s}:summary:%s", user, date.AddDays(ahead))
			eventually(t, func() string {
				if client.Exists(t.Context(), name).Val() == 0 {
					return name + " is missing"
				}
				return ""
			})
		}
	}
	wantDrained(t, client)
	second.stop(t)
}
