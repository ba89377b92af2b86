package main

import (
	"encoding/json"
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

func TestPublishPutsOneMessageOnTheStreamAndPrintsItsID(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	e := env{"REDIS_URL=" + server.URL(), "FOREDAY_STREAM=other:events"}
	id := strings.TrimSpace(mustDo(t, e, "publish", "--type", "event.updated", "--user", "u1", "--event", "e1",
		"--start", "2026-11-23T15:00:00+01:00", "--end", "2026-11-23T16:00:00+01:00",
		"--was-start", "2026-11-22", "--was-end", "2026-11-23").stdout)
	messages := server.Client(t).XRange(t.Context(), "other:events", "-", "+").Val()
	if len(messages) != 1 || messages[0].ID != id {
		t.Fatalf("it printed %q, the stream holds %v", id, messages)
	}
	for field, want := range map[string]string{
		"type": "event.updated", "user": "u1", "event": "e1", "start": "2026-11-23T15:00:00+01:00", "was_start": "2026-11-22",
	} {
		if got := messages[0].Values[field]; got != want {
			t.Errorf("%s is %v, want %s", field, got, want)
		}
	}
}

func TestTimesWithoutOffsetArePublishedInTheZone(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	e := env{"REDIS_URL=" + server.URL(), "FOREDAY_TIMEZONE=Asia/Kolkata"}
	mustDo(t, e, "publish", "--type", "event.created", "--user", "u1", "--event", "e1",
		"--start", "2026-11-23 15:00", "--end", "2026-11-24T01:30")
	mustDo(t, e, "publish", "--type", "calendar.changed", "--user", "u1", "--start", "today 15:00", "--end", "tomorrow 15:00")
	messages := server.Client(t).XRange(t.Context(), "foreday:events", "-", "+").Val()
	if len(messages) != 2 {
		t.Fatalf("the stream holds %v", messages)
	}
	if s := messages[0].Values; s["start"] != "2026-11-23T15:00:00+05:30" || s["end"] != "2026-11-24T01:30:00+05:30" {
		t.Errorf("published: %v", s)
	}
	if s := messages[1].Values["start"].(string); !strings.HasSuffix(s, "T15:00:00+05:30") {
		t.Errorf("today at three is published as %s", s)
	}
	foreday(t, e, "publish", "--type", "event.created", "--user", "u1", "--event", "e1", "--start", "today 25:00", "--end", "tomorrow").
		wantOneLine(t, exitUsage, "--start", "today 25:00")
}

func TestGetSaysHowFreshItsAnswerIs(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with("REDIS_URL=" + server.URL())
	worker := start(t, e, "worker")
	worker.says(t, "worker started")

	made := mustDo(t, e, "get", "u1").stdout
	if !strings.Contains(made, "made just now; planned by") {
		t.Errorf("the first reader is told:\n%s", made)
	}
	wantNarrow(t, made)
	if fresh := mustDo(t, e, "get", "u1").stdout; !strings.Contains(fresh, "fresh for ") {
		t.Errorf("the second reader is told:\n%s", fresh)
	}
	r := mustDo(t, e, "get", "u1", "--json")
	var s summarizer.Summary
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil || s.User != "u1" || s.Generation == 0 || r.stderr != "" {
		t.Errorf("%v: %s%s", err, r.stdout, r.stderr)
	}
	worker.stop(t)

	publishToday(t, server, "u1")
	waiting := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_TOKEN_URL=http://"+nowhere), "worker")
	waiting.says(t, `"outcome":"failed"`) // the message was applied, and nothing fresh can be made
	if stale := mustDo(t, e, "get", "u1").stdout; !strings.Contains(stale, "stale: ") {
		t.Errorf("after a change the reader is told:\n%s", stale)
	} else {
		wantNarrow(t, stale)
	}
	if r := mustDo(t, e, "get", "u1", "--json"); !strings.HasPrefix(r.stderr, "foreday: stale: ") ||
		!strings.Contains(r.stdout, `"generation"`) {
		t.Errorf("with --json:\n%s%s", r.stdout, r.stderr)
	}

	server.Stop(t)
	if made := mustDo(t, e, "get", "u2").stdout; !strings.Contains(made, "made just now without Redis, which is away; planned by") {
		t.Errorf("without Redis the reader is told:\n%s", made)
	}
}
