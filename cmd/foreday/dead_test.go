package main

import (
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/events"
)

// An operator sees what is wrong with a message, and sends it again or drops it.
func TestDeadLettersAreListedReplayedAndDropped(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, ctx := server.Client(t), t.Context()
	for _, reason := range []string{"field user is missing", "field start is missing"} {
		values := []string{"type", "event.created", "dead_id", "1-1", "dead_reason", reason, "dead_at", "2026-11-23T10:00:00Z"}
		if err := client.Do(ctx, append([]any{"XADD", events.DefaultDeadStream, "*"}, anys(values)...)...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	foreday := func(args ...string) string {
		t.Helper()
		var stdout, stderr strings.Builder
		if status := run(ctx, append(args, "--redis-url", server.URL()), console{&stdout, &stderr}); status != exitDone {
			t.Fatalf("foreday %v: status %d, %s", args, status, stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	listed := foreday("dead", "list")
	for _, want := range []string{"field user is missing", "field start is missing", "2 of 2 dead letters"} {
		if !strings.Contains(listed, want) {
			t.Errorf("dead list prints no %q:\n%s", want, listed)
		}
	}
	letters, err := events.NewDeadLetters(client, "", "").List(ctx, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	foreday("dead", "replay", letters[0].ID)
	foreday("dead", "drop", letters[1].ID)
	if n := client.XLen(ctx, events.DefaultStream).Val(); n != 1 {
		t.Errorf("%d messages are on the stream, want the replayed one", n)
	}
	if n := client.XLen(ctx, events.DefaultDeadStream).Val(); n != 0 {
		t.Errorf("%d dead letters are left, want none", n)
	}
}

func anys(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
