package events_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/events"

	"github.com/redis/go-redis/v9"
)

// mute keeps a client's acknowledgements from reaching Redis, as if the process
// had died just before each.
type mute struct{ tried chan struct{} }

func (mute) DialHook(next redis.DialHook) redis.DialHook { return next }

func (m mute) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !strings.EqualFold(cmd.Name(), "xack") {
			return next(ctx, cmd)
		}
		select {
		case m.tried <- struct{}{}:
		default:
		}
		err := errors.New("the process is dead")
		cmd.SetErr(err)
		return err
	}
}

func (mute) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// dieBeforeAck runs a consumer until it would have acknowledged something.
func dieBeforeAck(t *testing.T, server *redistest.Redis, h events.HandlerFunc) {
	t.Helper()
	client := server.Client(t)
	hook := mute{make(chan struct{}, 1)}
	client.AddHook(hook)
	stop := consume(t, client, quick(), h)
	select {
	case <-hook.tried:
	case <-time.After(patience):
		t.Fatal("nothing was acknowledged")
	}
	stop()
}

func TestAMessageHandledButNotAcknowledgedComesAgainElsewhere(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	publish(t, client, "u")
	got := make(chan events.Delivery, 10)

	dieBeforeAck(t, server, into(got))
	if d := receive(t, got, 1)[0]; d.Redelivered {
		t.Errorf("at first came %+v", d)
	}
	consume(t, client, quick(), into(got))
	if d := receive(t, got, 1)[0]; d.User != "u" || !d.Redelivered {
		t.Errorf("elsewhere came %+v", d)
	}
	eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
}

func TestACrashWhileSettingAsideLeavesACopyRatherThanNothing(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	bad := addRaw(t, client, "type", "?")

	dieBeforeAck(t, server, into(nil))
	consume(t, client, quick(), into(nil))
	eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	letters, err := events.NewDeadLetters(client, "", "").List(t.Context(), "", 10)
	if err != nil || len(letters) != 2 || letters[0].MessageID != bad || letters[1].MessageID != bad {
		t.Errorf("want two copies of %s, got %+v, %v", bad, letters, err)
	}
}
