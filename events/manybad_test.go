package events_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

// Redis does nothing else while a command runs. Not parallel: it looks how long.
func TestManyBadMessagesDoNotBlockRedis(t *testing.T) {
	for name, fields := range map[string]int{"few fields": 1, "many fields": 63} {
		t.Run(name, func(t *testing.T) {
			server := redistest.Start(t, redistest.WithConfig("slowlog-log-slower-than 10000"))
			client := server.Client(t)
			values := []string{"type", "?"}
			for i := range fields {
				values = append(values, fmt.Sprint("field", i), "x")
			}
			for range 16 {
				_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
					for range 1000 {
						p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: values})
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			cfg := quick()
			cfg.Batch = 16_000 // as the program has it
			cfg.ClaimIdle = time.Minute
			consume(t, client, cfg, into(nil))
			eventually(t, "an empty stream", func() bool {
				groups := client.XInfoGroups(t.Context(), events.DefaultStream).Val()
				return len(groups) == 1 && groups[0].Pending == 0 && groups[0].Lag == 0
			})
			for _, slow := range client.SlowLogGet(t.Context(), 100).Val() {
				t.Logf("%s took %v (%d arguments)", slow.Args[0], slow.Duration, len(slow.Args))
				if slow.Duration > 50*time.Millisecond && slow.Args[0] != "XADD" {
					t.Errorf("%s blocked Redis for %v", slow.Args[0], slow.Duration)
				}
			}
		})
	}
}
