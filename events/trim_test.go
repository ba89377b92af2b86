package events

import (
	"context"
	"slices"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// Whatever groups read and acknowledge, in whatever order, trimming drops what
// all of them acknowledged up to the first gap, and nothing else.
func TestTrimmingKeepsExactlyWhatSomeGroupStillNeeds(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		checkTrimming(t, redistest.Mini(t).Client(t))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		// Small nodes, so that inexact trimming has something to drop as well.
		checkTrimming(t, redistest.New(t, redistest.WithConfig("stream-node-max-entries 3")).Client(t))
	})
}

func checkTrimming(t *testing.T, client redis.UniversalClient) {
	rapid.Check(t, func(t *rapid.T) {
		redistest.Clear(t, client)
		s := &streamModel{client: client, ctx: t.Context(), pending: map[string][]string{}, read: map[string]int{}}
		t.Repeat(map[string]func(*rapid.T){
			"add":    s.add,
			"group":  s.group,
			"read":   s.readSome,
			"ack":    s.ackSome,
			"trim":   s.trim,
			"":       func(*rapid.T) {},
			"forget": s.forget,
		})
		s.trim(t)
	})
}

// streamModel is what a stream and its groups should be.
type streamModel struct {
	client  redis.UniversalClient
	ctx     context.Context
	ids     []string            // of all entries ever added
	pending map[string][]string // by group, in order
	read    map[string]int      // by group, how many of ids were delivered
	dropped int                 // how many of ids may be gone
}

const modelStream = DefaultStream

func (s *streamModel) add(t *rapid.T) {
	for range rapid.IntRange(1, 8).Draw(t, "entries") {
		id, err := s.client.XAdd(s.ctx, &redis.XAddArgs{Stream: modelStream, Values: []string{"k", "v"}}).Result()
		if err != nil {
			t.Fatal(err)
		}
		s.ids = append(s.ids, id)
	}
}

func (s *streamModel) group(t *rapid.T) {
	name := rapid.SampledFrom([]string{"g1", "g2"}).Draw(t, "group")
	if _, exists := s.read[name]; exists {
		return
	}
	if err := s.client.XGroupCreateMkStream(s.ctx, modelStream, name, "0").Err(); err != nil {
		t.Fatal(err)
	}
	s.read[name] = s.dropped
}

func (s *streamModel) anyGroup(t *rapid.T) (string, bool) {
	if len(s.read) == 0 {
		return "", false
	}
	names := make([]string, 0, len(s.read))
	for name := range s.read {
		names = append(names, name)
	}
	slices.Sort(names)
	return rapid.SampledFrom(names).Draw(t, "group"), true
}

func (s *streamModel) readSome(t *rapid.T) {
	group, ok := s.anyGroup(t)
	if !ok {
		return
	}
	streams, err := s.client.XReadGroup(s.ctx, &redis.XReadGroupArgs{
		Group: group, Consumer: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "consumer"),
		Streams: []string{modelStream, ">"}, Count: rapid.Int64Range(1, 10).Draw(t, "count"), Block: -1,
	}).Result()
	if err == redis.Nil {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range streams[0].Messages {
		if want := s.ids[s.read[group]]; m.ID != want {
			t.Fatalf("group %s got %s, not %s", group, m.ID, want)
		}
		s.read[group]++
		s.pending[group] = append(s.pending[group], m.ID)
	}
}

func (s *streamModel) ackSome(t *rapid.T) {
	group, ok := s.anyGroup(t)
	if !ok || len(s.pending[group]) == 0 {
		return
	}
	for range rapid.IntRange(1, len(s.pending[group])).Draw(t, "acks") {
		i := rapid.IntRange(0, len(s.pending[group])-1).Draw(t, "which")
		if err := s.client.XAck(s.ctx, modelStream, group, s.pending[group][i]).Err(); err != nil {
			t.Fatal(err)
		}
		s.pending[group] = slices.Delete(s.pending[group], i, i+1)
	}
}

// forget must not lose anything either; what it loses, trim finds missing.
func (s *streamModel) forget(t *rapid.T) {
	group, ok := s.anyGroup(t)
	if !ok {
		return
	}
	if err := dropConsumersScript.Run(s.ctx, s.client, []string{modelStream}, group, 0, "a").Err(); err != nil {
		t.Fatal(err)
	}
}

// needed returns the index of the first entry that some group still needs.
func (s *streamModel) needed() int {
	first := len(s.ids)
	for group, read := range s.read {
		first = min(first, read)
		if pending := s.pending[group]; len(pending) > 0 {
			first = min(first, slices.Index(s.ids, pending[0]))
		}
	}
	if len(s.read) == 0 {
		first = s.dropped
	}
	return first
}

func (s *streamModel) trim(t *rapid.T) {
	exact := rapid.SampledFrom([]int{0, 1000}).Draw(t, "exact up to")
	dropped, err := trimScript.Run(s.ctx, s.client, []string{modelStream}, exact).Int()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.client.XRange(s.ctx, modelStream, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	gone, needed := len(s.ids)-len(entries), s.needed()
	if gone-s.dropped != dropped {
		t.Errorf("said to have dropped %d entries, dropped %d", dropped, gone-s.dropped)
	}
	if gone > needed {
		t.Errorf("dropped %d entries of which only %d were acknowledged by all", gone, needed)
	}
	if gone < needed && (len(entries) == 0 || exact > 0) {
		t.Errorf("dropped %d entries of the %d that all have acknowledged", gone, needed)
	}
	s.dropped = gone
	s.checkPending(t)
}

func (s *streamModel) checkPending(t *rapid.T) {
	for group, want := range s.pending {
		got, err := s.client.XPending(s.ctx, modelStream, group).Result()
		if err != nil {
			t.Fatal(err)
		}
		if int(got.Count) != len(want) {
			t.Errorf("group %s has %d entries pending, want %d", group, got.Count, len(want))
		}
	}
}

func TestConsumersThatHoldNothingAreForgottenAndOthersAreNot(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		ctx := t.Context()
		if err := client.XGroupCreateMkStream(ctx, DefaultStream, DefaultGroup, "0").Err(); err != nil {
			t.Fatal(err)
		}
		id := client.XAdd(ctx, &redis.XAddArgs{Stream: DefaultStream, Values: []string{"k", "v"}}).Val()
		for _, name := range []string{"holds", "idle", "me"} {
			client.XReadGroup(ctx, &redis.XReadGroupArgs{
				Group: DefaultGroup, Consumer: name, Streams: []string{DefaultStream, ">"}, Block: -1,
			})
			// Not every server adds a consumer that got nothing.
			redistest.Admin(t, client).XGroupCreateConsumer(ctx, DefaultStream, DefaultGroup, name)
		}
		c, err := NewConsumer(client, ConsumerConfig{Name: "me"})
		if err != nil {
			t.Fatal(err)
		}
		names := func() []string {
			var names []string
			for _, info := range client.XInfoConsumers(ctx, DefaultStream, DefaultGroup).Val() {
				names = append(names, info.Name)
			}
			return names
		}

		if err := c.forget(ctx, forgetIdle, ""); err != nil {
			t.Fatal(err)
		}
		if got := names(); len(got) != 3 {
			t.Errorf("of consumers heard from just now, only %v are left", got)
		}
		c.leave()
		if got := names(); !slices.Equal(got, []string{"holds", "idle"}) {
			t.Errorf("after leaving: %v", got)
		}
		if err := c.forget(ctx, -time.Second, ""); err != nil {
			t.Fatal(err)
		}
		if got := names(); !slices.Equal(got, []string{"holds"}) {
			t.Errorf("after forgetting the silent: %v", got)
		}
		if pending := client.XPending(ctx, DefaultStream, DefaultGroup).Val(); pending.Lower != id {
			t.Errorf("pending: %+v, want %s", pending, id)
		}
	})
}
