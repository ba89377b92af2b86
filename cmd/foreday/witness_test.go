package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

func TestTheWitnessPrintsWhatItSaw(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	sandbox := startSandbox(t, "--users", "3")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_WITNESS_ONE_IN=1")
	w := start(t, e, "worker", "--witness")
	for n := range 3 {
		mustDo(t, e, "publish", "--type", "calendar.changed", "--user", fmt.Sprintf("u%d", n+1))
	}
	var due []redis.Z
	eventually(t, func() string {
		due = nil
		for _, sample := range client.ZRange(t.Context(), "foreday:witness", 0, -1).Val() {
			due = append(due, redis.Z{Member: sample}) // instead of at any time of the copy's life
		}
		if today := witnessed(t, client); len(due)+today < 6 {
			return fmt.Sprintf("%d copies are drawn, and %d compared", len(due), today)
		}
		return ""
	})
	compared := func(want int) {
		client.ZAdd(t.Context(), "foreday:witness", due...)
		eventually(t, func() string {
			if n := client.ZCard(t.Context(), "foreday:witness").Val(); n > 0 || witnessed(t, client) != want {
				return fmt.Sprintf("%d copies are compared, and %d are due", witnessed(t, client), n)
			}
			return ""
		})
	}
	compared(6)
	w.stop(t)
	witness := start(t, e, "witness")
	compared(6 + len(due))
	witness.stop(t)
	for _, want := range []string{fmt.Sprintf("%d fresh copies compared with their calendars, of which 0 differed", len(due)),
		fmt.Sprintf("10m %16d            0   1.000000", len(due))} {
		if !strings.Contains(witness.output(), want) {
			t.Errorf("at its end it does not say %q:\n%s", want, witness.output())
		}
	}
	if out := mustDo(t, e, "witness", "--for", "1s", "--json").stdout; !json.Valid([]byte(out)) || !strings.Contains(out, `"inconsistent": 0`) {
		t.Errorf("with --json it prints %s", out)
	}
}

// witnessed is how many comparisons found a copy to be right.
func witnessed(t *testing.T, client redis.UniversalClient) (n int) {
	t.Helper()
	for _, key := range redistest.Keys(t, client, "foreday:witnessed:*") {
		counted, _ := client.HGet(t.Context(), key, "1m consistent").Int()
		n += counted
	}
	return n
}
