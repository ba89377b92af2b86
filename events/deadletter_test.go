package events_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"foreday/cache/redistest"
	"foreday/events"

	"github.com/redis/go-redis/v9"
)

// deadLetter publishes messages of which nobody can make sense, lets a consumer see
// them and returns what became of them.
func deadLetter(t *testing.T, client redis.UniversalClient, cfg events.ConsumerConfig,
	messages ...[]string) (*events.DeadLetters, []events.DeadLetter) {
	t.Helper()
	for _, fields := range messages {
		addRaw(t, client, fields...)
	}
	dead := events.NewDeadLetters(client, "", "")
	stop := consume(t, client, cfg, into(nil))
	eventually(t, fmt.Sprintf("%d dead letters", len(messages)), func() bool {
		n, err := dead.Count(t.Context())
		return err == nil && n == int64(len(messages)) && pending(t, client) == 0
	})
	stop()
	letters, err := dead.List(t.Context(), "", 1000)
	if err != nil || len(letters) != len(messages) {
		t.Fatalf("%d dead letters listed, %v", len(letters), err)
	}
	return dead, letters
}

func TestDeadLettersAreListedInPages(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		dead, all := deadLetter(t, client, quick(), []string{"type", "a"}, []string{"type", "b"}, []string{"type", "c"})
		page, err := dead.List(t.Context(), all[0].ID, 1)
		if err != nil || len(page) != 1 || page[0].ID != all[1].ID || page[0].Fields["type"] != "b" {
			t.Errorf("the page after the first letter: %+v, %v", page, err)
		}
		page, err = dead.List(t.Context(), all[2].ID, 10)
		if err != nil || len(page) != 0 {
			t.Errorf("the page after the last letter: %+v, %v", page, err)
		}
	})
}

func TestADeadLetterReplayedIsTheMessageItWas(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		dead, letters := deadLetter(t, client, quick(), []string{"type", "x", "user", "u", "dead_id", "forged", "dead_at", "never"})
		if l := letters[0]; l.MessageID == "forged" || l.At.IsZero() || len(l.Fields) != 2 {
			t.Errorf("a message posing as a dead letter became %+v", l)
		}
		n, err := dead.Replay(t.Context(), "1-1", letters[0].ID)
		if n != 1 || err != nil {
			t.Errorf("Replay of a letter that is there and one that is not = %d, %v", n, err)
		}
		if n, err := dead.Count(t.Context()); n != 0 || err != nil {
			t.Errorf("after the replay %d letters are left, %v", n, err)
		}
		back, err := client.XRevRangeN(t.Context(), events.DefaultStream, "+", "-", 1).Result()
		if err != nil || len(back) != 1 || fmt.Sprint(back[0].Values) != "map[type:x user:u]" {
			t.Errorf("back on the stream: %+v, %v", back, err)
		}
	})
}

func TestDeadLettersDroppedAreGone(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		dead, letters := deadLetter(t, client, quick(), []string{"type", "a"}, []string{"type", "b"})
		if n, err := dead.Drop(t.Context(), letters[0].ID, "1-1"); n != 1 || err != nil {
			t.Errorf("Drop = %d, %v", n, err)
		}
		left, err := dead.List(t.Context(), "", 10)
		if err != nil || len(left) != 1 || left[0].ID != letters[1].ID {
			t.Errorf("left: %+v, %v", left, err)
		}
		if n, err := dead.Drop(t.Context()); n != 0 || err != nil {
			t.Errorf("Drop of nothing = %d, %v", n, err)
		}
	})
}

func TestWhatIsKeptOfAHugeMessageIsNot(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		fields := []string{"type", strings.Repeat("x", 1<<20)}
		for i := range 500 {
			fields = append(fields, fmt.Sprint("a", i), "v")
		}
		_, letters := deadLetter(t, client, quick(), fields)
		size := len(letters[0].Reason)
		for name, value := range letters[0].Fields {
			size += len(name) + len(value)
		}
		if size > 8192 || letters[0].Reason == "" || len(letters[0].Fields) > 64 {
			t.Errorf("%d fields and %d bytes were kept", len(letters[0].Fields), size)
		}
	})
}

func TestOldDeadLettersMakeRoom(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, redistest.WithConfig("stream-node-max-entries 10"))
	client := server.Client(t)
	for range 300 {
		addRaw(t, client, "type", "?")
	}
	cfg := quick()
	cfg.MaxDead = 50
	consume(t, client, cfg, into(nil))
	eventually(t, "an empty stream", func() bool {
		groups := client.XInfoGroups(t.Context(), events.DefaultStream).Val()
		return len(groups) == 1 && groups[0].Pending == 0 && groups[0].Lag == 0
	})
	if n, err := events.NewDeadLetters(client, "", "").Count(t.Context()); n < 50 || n > 60 || err != nil {
		t.Errorf("%d dead letters kept, want 50 to 60: %v", n, err)
	}
}

// Small letters that come after large ones do not hide those.
func TestDeadLettersAreBoundedByBytes(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	const most = 64 << 20
	large := strings.Repeat("x", 4000)
	for range 50 {
		_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
			for i := range 500 {
				values := []string{"type", "?", "a", large}
				if i >= 400 {
					values = values[:2]
				}
				p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: values})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	consume(t, client, quick(), into(nil))
	eventually(t, "an empty stream", func() bool {
		groups := client.XInfoGroups(t.Context(), events.DefaultStream).Val()
		return len(groups) == 1 && groups[0].Pending == 0 && groups[0].Lag == 0
	})
	size, err := redistest.Admin(t, client).MemoryUsage(t.Context(), events.DefaultDeadStream, 0).Result()
	if err != nil || size < most/2 || size > most*6/5 {
		t.Errorf("the dead letters take %d bytes, %v, want about %d", size, err, most)
	}
}

func TestReplayingAtOnceAndAgainPutsALetterBackOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		dead, letters := deadLetter(t, client, quick(), []string{"type", "x", "user", "u"})
		before := client.XLen(t.Context(), events.DefaultStream).Val()
		var done atomic.Int64
		var operators sync.WaitGroup
		for range 4 {
			operators.Go(func() {
				n, err := dead.Replay(t.Context(), letters[0].ID)
				if err != nil {
					t.Error(err)
				}
				done.Add(int64(n))
			})
		}
		operators.Wait()
		n := client.XLen(t.Context(), events.DefaultStream).Val() - before
		if _, cluster := client.(*redis.ClusterClient); n < 1 || n > 1 && !cluster || done.Load() != 1 {
			t.Errorf("put back %d times, and said %d", n, done.Load())
		}
	})
}

func TestTheDeadLettersOfAUserAreFoundAmongOthers(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		dead, all := deadLetter(t, client, quick(), []string{"type", "a", "user", "ada"}, []string{"type", "b", "user", "bob"},
			[]string{"type", "c"}, []string{"type", "d", "user", "ada"})
		letters, err := dead.OfUser(t.Context(), "ada", 500)
		if err != nil || len(letters) != 2 || letters[0].ID != all[3].ID || letters[1].ID != all[0].ID {
			t.Errorf("found %+v, %v", letters, err)
		}
		if letters, err := dead.OfUser(t.Context(), "ada", 2); err != nil || len(letters) != 1 {
			t.Errorf("of the two newest: %+v, %v", letters, err)
		}
	})
}
