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
	server := redistest.New(t)
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
	server := redistest.New(t)
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

func TestDeadLettersGoByTheIDsThatTheAppKnows(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client, e := server.Client(t), env{"REDIS_URL=" + server.URL()}
	add := func(id, reason string) (letter string) {
		return client.XAdd(t.Context(), xadd(events.DefaultDeadStream, "type", "event.created", "user", "u1", "dead_id", id,
			"dead_reason", reason, "dead_at", "2026-11-23T10:00:00Z")).Val()
	}
	first := add("1-1", "field user is missing")
	add("2-1", "field start: no offset")
	add("2-1", "field start: no offset") // a crash has made a copy
	add("3-1", "field end: no offset")

	lines := strings.Split(strings.TrimSpace(mustDo(t, e, "dead", "list", "--json").stdout), "\n")
	want := `{"message_id":"1-1","id":"` + first + `","at":"2026-11-23T10:00:00Z","reason":"field user is missing","fields":{"type":` +
		`"event.created","user":"u1"}}`
	if len(lines) != 4 || lines[0] != want {
		t.Errorf("listed as\n%s\nwant %d lines, the first of them\n%s", strings.Join(lines, "\n"), 4, want)
	}
	for args, n := range map[string]int{"--reason OFFSET": 3, "--count 2": 2, "--count 2 --all": 4, "--count 1 --reason offset": 1} {
		if out := mustDo(t, e, append([]string{"dead", "list", "--json"}, strings.Fields(args)...)...).stdout; strings.Count(out, "\n") != n {
			t.Errorf("dead list %s prints\n%s", args, out)
		}
	}
	if text := mustDo(t, e, "dead", "list").stdout; !strings.HasPrefix(text, "1-1  2026-11-23T10:00:00Z  field user is missing\n") {
		t.Errorf("dead list prints\n%s", text)
	}

	mustDo(t, e, "dead", "replay", "2-1")
	if n := client.XLen(t.Context(), events.DefaultStream).Val(); n != 1 {
		t.Errorf("%d messages were put back, want one of both copies", n)
	}
	foreday(t, e, "dead", "replay", "2-1").wantOneLine(t, exitFail, `"2-1"`, "dead list")
	if n := client.XLen(t.Context(), events.DefaultStream).Val(); n != 1 {
		t.Errorf("%d messages are there after it was replayed again", n)
	}
	r := foreday(t, e, "dead", "drop", first, "3-1", "9-9", "--json")
	if r.status != exitFail || strings.Join(strings.Fields(r.stdout), "") != `{"done":2,"unknown":["9-9"]}` {
		t.Errorf("status %d: %s", r.status, r.stdout)
	}
	if n := client.XLen(t.Context(), events.DefaultDeadStream).Val(); n != 0 {
		t.Errorf("%d dead letters are left", n)
	}
}
