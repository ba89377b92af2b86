package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/redis/go-redis/v9"

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
		if status := run(ctx, append(args, "--redis-url", server.URL()), console{stdout: &stdout, stderr: &stderr}); status != exitDone {
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

// Whoever may publish may write to the terminal of the operator who looks.
func TestDeadListShowsControlAndBidirectionalCharactersForWhatTheyAre(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, ctx := server.Client(t), t.Context()
	const nasty = "\x1b[2J\x1b]0;owned\x07 a\u202eb\u2066c\u009b31m\u200fd\x7f\r\ne\U000e0041\xff"
	if err := client.Do(ctx, "XADD", events.DefaultDeadStream, "*", nasty, nasty, "dead_id", "1-1", "dead_reason",
		"field x "+nasty+" is wrong", "dead_at", "2026-11-23T10:00:00Z").Err(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"dead", "list"}, {"dead", "list", "--json"}} {
		var stdout, stderr strings.Builder
		if status := run(ctx, append(args, "--redis-url", server.URL()), console{stdout: &stdout, stderr: &stderr}); status != exitDone {
			t.Fatalf("foreday %v: status %d, %s", args, status, stderr.String())
		}
		if i := strings.IndexFunc(stdout.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("foreday %v prints what cannot be seen at byte %d: %q", args, i, stdout.String())
		}
		if !strings.Contains(stdout.String(), `\u202e`) {
			t.Errorf("foreday %v leaves out what was there: %q", args, stdout.String())
		}
		if args := len(args); args == 3 && !json.Valid([]byte(stdout.String())) {
			t.Errorf("it is no JSON: %s", stdout.String())
		}
	}
}

func xadd(stream string, values ...string) *redis.XAddArgs {
	return &redis.XAddArgs{Stream: stream, Values: values}
}
