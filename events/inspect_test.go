package events_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

func TestGroupsOfAStreamAreInspected(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		ctx, stream := t.Context(), events.DefaultStream
		if n, groups, err := events.Inspect(ctx, client, stream); n != 0 || len(groups) != 0 || err != nil {
			t.Fatalf("of no stream: %d messages, %v, %v", n, groups, err)
		}
		for _, group := range []string{"foreday", "trial"} {
			if err := client.XGroupCreateMkStream(ctx, stream, group, "0").Err(); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			addRaw(t, client, "type", "?")
		}
		read := &redis.XReadGroupArgs{Group: "foreday", Consumer: "c", Streams: []string{stream, ">"}, Count: 2, Block: -1}
		if err := client.XReadGroup(ctx, read).Err(); err != nil {
			t.Fatal(err)
		}
		n, groups, err := events.Inspect(ctx, client, stream)
		if err != nil || n != 3 || len(groups) != 2 {
			t.Fatalf("%d messages, %d groups, %v", n, len(groups), err)
		}
		own, trial := groups[0], groups[1]
		if own.Name != "foreday" || own.Pending != 2 || len(own.Oldest) != 2 || own.Oldest[0].Deliveries != 1 || len(own.Consumers) != 1 {
			t.Errorf("the group that reads is %+v", own)
		}
		if own.Silent(time.Hour) || !trial.Silent(time.Hour) || trial.Lag == 0 {
			t.Errorf("%+v reads, and %+v does not", own, trial)
		}
	})
}
