package events

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Unacknowledged is what a group has not acknowledged yet.
type Unacknowledged struct {
	// Joined says whether there is such a group: the first consumer makes it.
	Joined    bool
	Delivered int64 // and not acknowledged, of all users
	Unread    int64 // not delivered, of all users; -1 if Redis does not know
	// Messages are those of the user that was asked for, oldest first. Partial says that
	// there may be others.
	Messages []UnacknowledgedMessage
	Partial  bool
}

// UnacknowledgedMessage is a message that a group has not acknowledged yet.
type UnacknowledgedMessage struct {
	ID         string
	Published  time.Time     // by the clock of Redis
	Consumer   string        // that has it, "" if nobody has read it
	Idle       time.Duration // since it was delivered last
	Deliveries int64
}

// Limits on what is looked at to find the messages of one user.
const (
	waitingLook  = 500     // messages: of those delivered, and of those that are not
	waitingBytes = 8 << 20 // of both
)

// LookAtUnacknowledged looks for messages of a user that a group has not acknowledged, among the oldest
// 500 delivered ones, and the oldest and the newest 250 of the others. It changes nothing.
// "" stands for DefaultStream and DefaultGroup.
func LookAtUnacknowledged(ctx context.Context, client redis.UniversalClient, stream, group, user string) (Unacknowledged, error) {
	stream, group = cmp.Or(stream, DefaultStream), cmp.Or(group, DefaultGroup)
	reply, err := unacknowledgedScript.Run(ctx, client, []string{stream}, group, user, waitingLook, waitingBytes).StringSlice()
	if err != nil {
		return Unacknowledged{}, fmt.Errorf("look at what group %s of %s has not acknowledged: %w", group, stream, err)
	}
	if len(reply) < 3 {
		return Unacknowledged{}, nil
	}
	number := func(text string) int64 {
		n, _ := strconv.ParseInt(text, 10, 64) // the script gives no other
		return n
	}
	b := Unacknowledged{Joined: true, Delivered: number(reply[0]), Unread: number(reply[1]), Partial: reply[2] == "1"}
	for m := range slices.Chunk(reply[3:], 4) {
		b.Messages = append(b.Messages, UnacknowledgedMessage{
			ID: m[0], Published: parseStreamID(m[0]).time(), Consumer: m[1],
			Idle: time.Duration(number(m[2])) * time.Millisecond, Deliveries: number(m[3]),
		})
	}
	slices.SortFunc(b.Messages, func(a, b UnacknowledgedMessage) int {
		if parseStreamID(a.ID).before(parseStreamID(b.ID)) {
			return -1
		}
		return 1
	})
	return b, nil
}
