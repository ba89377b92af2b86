package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

// Somebody asks why, of a user whose messages nobody reads.
func TestWhySaysWhatASummaryWaitsForAndWhatToDo(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client, ctx := server.Client(t), t.Context()
	const nasty = "\x1b[2J\u202e gone"
	if err := client.XGroupCreateMkStream(ctx, events.DefaultStream, events.DefaultGroup, "0").Err(); err != nil {
		t.Fatal(err)
	}
	id := client.XAdd(ctx, xadd(events.DefaultStream, "type", "calendar.changed", "user", "u1")).Val()
	if err := client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: events.DefaultGroup, Consumer: nasty, Streams: []string{events.DefaultStream, ">"},
	}).Err(); err != nil {
		t.Fatal(err)
	}
	client.XAdd(ctx, xadd(events.DefaultDeadStream, "user", "u1", "dead_id", "5-1", "dead_reason", nasty))

	said := mustDo(t, nil, "why", "u1", "--redis-url", server.URL()).stdout
	wantNarrow(t, said)
	for _, want := range []string{"u1, 20", "no fresh summary", "1. No worker is alive", "foreday worker",
		"2. 1 message of this user could not", "foreday dead replay 5-1", id} {
		if !strings.Contains(strings.Join(strings.Fields(said), " "), want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if i := strings.IndexFunc(said, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("it prints what cannot be seen at byte %d: %q", i, said)
	}
	text := mustDo(t, nil, "why", "u1", "2026-11-23", "--json", "--redis-url", server.URL()).stdout
	var report struct {
		User, Date, Status string
		Causes             []struct{ Cause, Text, Do string }
		Messages           []struct{ ID, Consumer string }
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	if report.User != "u1" || report.Date != "2026-11-23" || report.Status != "none" || len(report.Causes) == 0 ||
		report.Causes[0].Cause != "no_worker" || fmt.Sprint(report.Messages) != fmt.Sprint([]struct{ ID, Consumer string }{{id, nasty}}) {
		t.Errorf("as JSON: %s", text)
	}
	for _, key := range regexp.MustCompile(`(?m)^ *"([^"]+)":`).FindAllStringSubmatch(text, -1) {
		if strings.ToLower(key[1]) != key[1] {
			t.Errorf("%q is not in snake_case", key[1])
		}
	}
	if strings.ContainsRune(text, '\u202e') {
		t.Errorf("JSON hides characters: %s", text)
	}
}
