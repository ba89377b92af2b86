package events_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

func backlog(t *testing.T, client redis.UniversalClient, user string) events.Unacknowledged {
	t.Helper()
	b, err := events.LookAtUnacknowledged(t.Context(), client, "", "", user)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func waitingIDs(b events.Unacknowledged) (ids []string) {
	for _, m := range b.Messages {
		ids = append(ids, m.ID)
	}
	return ids
}

func TestTheMessagesOfAUserThatWaitAreFound(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		findsWhatWaits(t, client)
	})
}

func TestTheMessagesOfAUserThatWaitAreFoundOnACluster(t *testing.T) {
	t.Parallel()
	findsWhatWaits(t, redistest.Cluster(t, 3).Client(t))
}

func findsWhatWaits(t *testing.T, client redis.UniversalClient) {
	if b := backlog(t, client, "ada"); b.Joined {
		t.Errorf("without a group: %+v", b)
	}
	first := addRaw(t, client, "type", "calendar.changed", "user", "ada")
	addRaw(t, client, "type", "calendar.changed", "user", "bob")
	readAndDie(t, client, "gone")
	readAndDie(t, client, "gone")
	second := addRaw(t, client, "type", "calendar.changed", "user", "ada")
	addRaw(t, client, "type", "ada", "calendar", "ada")

	b := backlog(t, client, "ada")
	if !b.Joined || b.Delivered != 2 || b.Unread < 2 || b.Partial {
		t.Errorf("of all: %+v", b)
	}
	if got := waitingIDs(b); !slices.Equal(got, []string{first, second}) {
		t.Fatalf("found %q, want %q and %q", got, first, second)
	}
	if m := b.Messages[0]; m.Consumer != "gone" || m.Deliveries != 1 || m.Published.IsZero() {
		t.Errorf("the delivered one: %+v", m)
	}
	if m := b.Messages[1]; m.Consumer != "" {
		t.Errorf("the other one: %+v", m)
	}
}

// Whoever looks must not read a stream of any length, nor messages of any size.
func TestOnlySoMuchIsLookedAt(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client(t)
	if err := client.XGroupCreateMkStream(t.Context(), events.DefaultStream, events.DefaultGroup, "0").Err(); err != nil {
		t.Fatal(err)
	}
	add := func(n int, fields ...string) (last string) {
		_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
			for range n {
				p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: append([]string{"type", "x"}, fields...)})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return client.XRevRangeN(t.Context(), events.DefaultStream, "+", "-", 1).Val()[0].ID
	}
	oldest := add(1, "user", "ada")
	add(300)
	add(1, "user", "ada") // too far from either end
	add(300)
	newest := add(1, "user", "ada")
	if b := backlog(t, client, "ada"); !slices.Equal(waitingIDs(b), []string{oldest, newest}) || !b.Partial || b.Unread != 603 {
		t.Errorf("found %q of %d, partial %v", waitingIDs(b), b.Unread, b.Partial)
	}
	if err := client.XTrimMaxLen(t.Context(), events.DefaultStream, 0).Err(); err != nil {
		t.Fatal(err)
	}
	add(60, "large", strings.Repeat("x", 1<<20))
	add(1, "user", "ada")
	add(60, "large", strings.Repeat("x", 1<<20))
	if b := backlog(t, client, "ada"); len(b.Messages) != 0 || !b.Partial {
		t.Errorf("through 60 MB it found %q, partial %v", waitingIDs(b), b.Partial)
	}
}
