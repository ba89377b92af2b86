package worker

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// QueueState is how one of the queues stands, for an operator.
type QueueState struct {
	Name      string
	PausedKey string // of Redis, which pauses the queue while it is there
	Paused    bool   // no worker takes anything from it
	Waiting   int64  // jobs that a worker could take
	Archived  int64  // jobs that failed too often, and are not tried again
}

// States returns how the queues stand. Asynq's own inspector would ask for more, which
// not every Redis tells.
func (q *Queue) States(ctx context.Context) ([]QueueState, error) {
	var states []QueueState
	for _, queue := range q.Names() {
		s := QueueState{Name: queue, PausedKey: queueKey(queue, "paused")}
		var paused, waiting, archived *redis.IntCmd
		_, err := q.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			paused = p.Exists(ctx, s.PausedKey)
			waiting = p.LLen(ctx, queueKey(queue, "pending"))
			archived = p.ZCard(ctx, queueKey(queue, "archived"))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look at queue %s: %w", queue, err)
		}
		s.Paused, s.Waiting, s.Archived = paused.Val() > 0, waiting.Val(), archived.Val()
		states = append(states, s)
	}
	return states, nil
}

// Waiting returns how many jobs of both queues a worker could take.
func (q *Queue) Waiting(ctx context.Context) (n int64, err error) {
	var waiting []*redis.IntCmd
	_, err = q.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, queue := range q.Names() {
			waiting = append(waiting, p.LLen(ctx, queueKey(queue, "pending")))
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count the jobs that wait: %w", err)
	}
	for _, of := range waiting {
		n += of.Val()
	}
	return n, nil
}

// SetPaused has workers take nothing from a queue any more, or go on with it. That it is so
// already is no error.
func (q *Queue) SetPaused(ctx context.Context, queue string, paused bool) error {
	change := q.inspector.UnpauseQueue
	if paused {
		change = q.inspector.PauseQueue
	}
	err := change(queue)
	if err == nil {
		return nil
	}
	if is, lookErr := q.Paused(ctx, queue); lookErr == nil && is == paused {
		return nil
	}
	return fmt.Errorf("pause queue %s, or end the pause: %w", queue, err)
}
