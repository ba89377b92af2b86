package events

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/redis/go-redis/v9"
)

const (
	// maxWaiting bounds the messages that are held for retries, and maxWaitingUsers
	// those whose they are. What goes beyond stays pending, and is claimed later.
	maxWaiting      = 20_000
	maxWaitingUsers = 2_000
	// maxTries is how often messages are rejected before they are dead letters.
	maxTries = 4
	// retryBatch bounds the messages that are retried together.
	retryBatch = 1000
	// retriesAtOnce is for how many users at once messages are retried; those of an
	// outage have as many places of their own, for they may each wait for long.
	retriesAtOnce = 8
)

// retries holds the messages of users for whom the handler did not finish, and sees
// to them apart from the rest: each user has a goroutine while anything waits. All
// of it is pending in Redis, so that nothing is lost with the process.
//
//	Handle: Unfinished -> waiting -> Retry: nil -> acknowledged
//	                         ^         |  \
//	                         |  outage |   rejected a few times -> GiveUp -> dead letter
//	                         +---------+
type retries struct {
	run                *run
	places, unanswered chan struct{}
	goroutines         sync.WaitGroup

	mu    sync.Mutex
	users map[string]*waitingUser
	count int
}

// waitingUser is a user's messages that wait.
type waitingUser struct {
	messages []Delivery
	ids      map[string]struct{}
}

func newRetries(r *run) *retries {
	return &retries{
		run: r, users: make(map[string]*waitingUser),
		places: make(chan struct{}, retriesAtOnce), unanswered: make(chan struct{}, retriesAtOnce),
	}
}

// take keeps the messages of users who wait already, and returns the others.
func (q *retries) take(messages []Delivery) []Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.users) == 0 {
		return messages
	}
	return slices.DeleteFunc(messages, func(d Delivery) bool {
		u := q.users[d.User]
		if u == nil {
			return false
		}
		q.add(u, d)
		return true
	})
}

// leave takes over the messages of the users named, and returns the others.
func (q *retries) leave(messages []Delivery, users map[string]error) []Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	// The handler may have kept the slice.
	return slices.DeleteFunc(slices.Clone(messages), func(d Delivery) bool {
		cause, named := users[d.User]
		if !named {
			return false
		}
		u := q.users[d.User]
		if u == nil && len(q.users) < maxWaitingUsers && q.count < maxWaiting {
			u = &waitingUser{ids: make(map[string]struct{})}
			q.users[d.User] = u
			q.goroutines.Go(func() { q.see(d.User, u, cause) })
		}
		if u != nil {
			d.Redelivered = d.Redelivered || !errors.Is(cause, ErrLong)
			q.add(u, d)
		}
		return true
	})
}

func (q *retries) add(u *waitingUser, d Delivery) {
	if _, there := u.ids[d.ID]; there || q.count >= maxWaiting {
		return
	}
	u.ids[d.ID] = struct{}{}
	u.messages = append(u.messages, d)
	q.count++
	q.run.cfg.Metrics.waiting.Set(float64(q.count))
}

// done strikes off the first n messages of a user, and reports whether any are left.
func (q *retries) done(user string, u *waitingUser, n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range u.messages[:n] {
		delete(u.ids, d.ID)
	}
	u.messages = slices.Clone(u.messages[n:])
	q.count -= n
	q.run.cfg.Metrics.waiting.Set(float64(q.count))
	if len(u.messages) == 0 {
		delete(q.users, user)
	}
	return len(u.messages) > 0
}

// next returns a copy of the messages that are to be tried.
func (q *retries) next(u *waitingUser) []Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(u.messages[:min(len(u.messages), retryBatch)])
}

// see sees to one user until nothing of theirs waits, or the consumer is to stop.
func (q *retries) see(user string, u *waitingUser, cause error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = firstPause, maxPause
	var rejection error // the last one
	rejections := 0
	failed := func(err error) bool {
		if rejected(err) {
			rejection = err
			rejections++
		}
		cause = err
		return sleep(q.run.ctx, pause.NextBackOff())
	}
	if !errors.Is(cause, ErrLong) && !failed(cause) {
		return
	}
	again := false
	for q.run.ctx.Err() == nil {
		messages := q.next(u)
		for i := range messages {
			messages[i].Redelivered = messages[i].Redelivered || again
		}
		var hopeless error
		if rejections >= maxTries {
			hopeless = rejection
		}
		if err := q.try(messages, cause, hopeless); err != nil {
			again = true
			if !failed(err) {
				return
			}
			continue
		}
		if !q.done(user, u, len(messages)) {
			return
		}
		again, rejections, cause = false, 0, nil
		pause.Reset()
	}
}

// try retries messages of one user, or puts them aside for the reason why they are
// hopeless. cause is what kept them from being applied the last time.
func (q *retries) try(messages []Delivery, cause, hopeless error) error {
	r, places := q.run, q.places
	if cause != nil && !rejected(cause) && !errors.Is(cause, ErrLong) {
		places = q.unanswered
	}
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
	if hopeless != nil {
		return r.deadLetter(messages, hopeless)
	}
	if err := r.handler.Retry(r.work, messages); err != nil {
		return err
	}
	if err := r.ack(r.work, idsOf(messages)); err != nil {
		return err
	}
	r.cfg.Metrics.applied(len(messages))
	return nil
}

// deadLetter puts aside messages that made sense and cannot be applied.
func (r *run) deadLetter(messages []Delivery, cause error) error {
	err := r.handler.GiveUp(r.work, messages)
	if err != nil && !rejected(err) {
		return err
	}
	dead := make([]DeadLetter, len(messages))
	for i, d := range messages {
		dead[i] = DeadLetter{MessageID: d.ID, Reason: "could not be applied: " + cause.Error(), At: r.cfg.Now(), Fields: d.fields()}
	}
	if _, err := r.writeDead(r.work, dead); err != nil {
		return err
	}
	if err := r.ack(r.work, idsOf(messages)); err != nil {
		return err
	}
	r.cfg.Metrics.dead(len(messages))
	r.cfg.Metrics.unapplied.Add(float64(len(messages)))
	r.log.Error().Err(cause).Int("messages", len(messages)).Str("first", messages[0].ID).
		Msg("messages of one user could not be applied and went to the dead letters")
	return nil
}

// keep tells the group that what waits is in hand, or other consumers would claim it.
func (q *retries) keep(ctx context.Context) error {
	q.mu.Lock()
	ids := make([]string, 0, q.count)
	for _, u := range q.users {
		ids = append(ids, idsOf(u.messages)...)
	}
	q.mu.Unlock()
	for some := range slices.Chunk(ids, retryBatch) {
		err := q.run.client.XClaimJustID(ctx, &redis.XClaimArgs{
			Stream: q.run.cfg.Stream, Group: q.run.cfg.Group, Consumer: q.run.cfg.Name, Messages: some,
		}).Err()
		if err != nil {
			return err
		}
	}
	return nil
}

// wait returns when no retry is under way any more.
func (q *retries) wait() { q.goroutines.Wait() }

func rejected(err error) bool { return errors.As(err, new(*Rejected)) }

// sleep reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
