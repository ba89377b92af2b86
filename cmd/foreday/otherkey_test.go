package main

import (
	"strings"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/redistest"
)

// Whoever seals with another key than the others would destroy their work.
func TestAProcessWithAnotherKeyThanTheOthersSaysSoAndRefusesToStart(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	old, next := cache.NewKey(), cache.NewKey()
	e := env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_TOKEN_URL=http://" + nowhere + "/broker"}
	withKey := func(key string) env { return e.with("FOREDAY_KEY=" + key) }
	wantNoted := func(key string) {
		t.Helper()
		seal, err := cache.NewSeal(key)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, func() string {
			if got := server.Client(t).Get(t.Context(), "foreday:sealed-with").Val(); got != seal.Fingerprint() {
				return "the key that is noted is " + got + ", not " + seal.Fingerprint()
			}
			return ""
		})
	}
	first := start(t, withKey(old), "api")
	wantNoted(old)
	for _, command := range []string{"worker", "api", "up", "get u1", "users set u1 --threshold 0.4"} {
		r := foreday(t, withKey(next), strings.Fields(command)...)
		r.wantOneLine(t, exitFail, "FOREDAY_KEY (hidden)", "another key", "NEW,OLD")
		if r.took > patience/2 || strings.Contains(r.stderr, next) || strings.Contains(r.stderr, old) {
			t.Errorf("%s took %v: %s", command, r.took, r.stderr)
		}
	}
	foreday(t, e, "worker").wantOneLine(t, exitFail, "is sealed", "FOREDAY_KEY is not set")

	// While the first goes on, the others are started with the next key.
	second := start(t, withKey(next+","+old), "api")
	wantNoted(next)
	second.stop(t)
	start(t, withKey(next), "api").says(t, `"serving"`)
	first.stop(t)
}

// Redis was emptied while a process went on: its key is noted again before one with another
// comes along. If that was faster, the first says so.
func TestTheKeyIsNotedAgainOnceRedisWasEmptied(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client, key := server.Client(t), cache.NewKey()
	p := start(t, env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_KEY=" + key}, "api")
	seal, err := cache.NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		eventually(t, func() string {
			if got := client.Get(t.Context(), "foreday:sealed-with").Val(); got != seal.Fingerprint() {
				return "the key that is noted is " + got
			}
			return ""
		})
		redistest.Clear(t, client)
	}
	client.Set(t.Context(), "foreday:sealed-with", "0123", 0)
	p.says(t, "another process has noted another key")
}

// It cannot be known before, so it is noticed then.
func TestAProcessWithAnotherKeyEndsOnceRedisIsThere(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, redistest.WithAppendOnly())
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	if err := cache.AgreeOnKey(t.Context(), server.Client(t), seal); err != nil {
		t.Fatal(err)
	}
	server.Stop(t)
	p := start(t, env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_KEY=" + cache.NewKey()}, "api")
	p.says(t, "redis cannot be used")
	server.Restart(t)
	select {
	case <-p.Ended():
	case <-time.After(patience):
		t.Fatal("it goes on with another key")
	}
	if p.State().ExitCode() != exitFail || !strings.Contains(p.output(), "NEW,OLD") {
		t.Errorf("it ended with %v:\n%s", p.State(), p.output())
	}
}

func TestEveryProcessSaysThatTheClockOfRedisIsFarAway(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithClock(-time.Minute))
	e := env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_TOKEN_URL=http://" + nowhere + "/broker"}
	for _, command := range stayUp {
		if line := start(t, e, command).says(t, "redis's clock is far"); !strings.Contains(line, "NTP") || !strings.Contains(line, `"ahead_ms":-`) {
			t.Errorf("%s says %s", command, line)
		}
	}
}
