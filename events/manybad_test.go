package events_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

// Redis does nothing else while a command runs, so none may be long, whatever is sent:
// 400,000 short names and values take it some 15 ms.
func TestManyBadMessagesMakeNoLongCommand(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	values := []string{"type", "?"}
	for i := range 63 {
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
	watched, lengths := server.Client(t), &longest{of: map[string]int{}}
	watched.AddHook(lengths)
	cfg := quick()
	cfg.Batch = 16_000 // as the program has it
	cfg.ClaimIdle = time.Minute
	consume(t, watched, cfg, into(nil))
	eventually(t, "an empty stream", func() bool {
		groups := client.XInfoGroups(t.Context(), events.DefaultStream).Val()
		return len(groups) == 1 && groups[0].Pending == 0 && groups[0].Lag == 0
	})
	lengths.Lock()
	defer lengths.Unlock()
	for command, most := range map[string]int{"evalsha": 5_000, "xack": 1_100, "xreadgroup": 400_000} {
		if n := lengths.of[command]; n == 0 || n > most {
			t.Errorf("%s has %d arguments or answers at once, want some and at most %d", command, n, most)
		}
	}
}

// longest notes how many arguments the longest commands of a client have, and how many
// names and values an answer.
type longest struct {
	sync.Mutex
	of map[string]int
}

func (*longest) DialHook(next redis.DialHook) redis.DialHook { return next }

func (l *longest) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		n := len(cmd.Args())
		if read, ok := cmd.(*redis.XStreamSliceCmd); ok {
			for _, s := range read.Val() {
				for _, message := range s.Messages {
					n += 2 * len(message.Values)
				}
			}
		}
		l.Lock()
		defer l.Unlock()
		l.of[cmd.Name()] = max(l.of[cmd.Name()], n)
		return err
	}
}

func (*longest) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
