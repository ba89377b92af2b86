package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
)

// JobState is where a job stands in its queue.
type JobState string

// The states.
const (
	JobPending   JobState = "pending"   // any worker may take it
	JobActive    JobState = "active"    // a worker has it
	JobScheduled JobState = "scheduled" // it was put off when it was enqueued
	JobRetry     JobState = "retry"     // it failed, or had to wait, and comes again
	JobArchived  JobState = "archived"  // it has failed too often, and does not come again
)

// Job is a token's job in one of the queues, for whoever looks into it.
type Job struct {
	Token freshness.Token
	Queue string
	State JobState
	// Before is how many jobs are taken before a pending one, -1 if there are more than
	// were looked at.
	Before   int64
	Next     time.Time // when a scheduled or retried one is due
	Failures int
	// LastError is the text of why it failed the last time, as the log has it.
	LastError string
	Paused    bool // its queue is
}

// lineLook bounds how many jobs of a queue are gone through to find one's place.
const lineLook = 10_000

// Jobs finds the jobs of tokens, and changes nothing.
func (q *Queue) Jobs(ctx context.Context, tokens ...freshness.Token) (jobs []Job, err error) {
	for _, queue := range q.Names() {
		for _, token := range tokens {
			info, err := q.inspector.GetTaskInfo(queue, token.String())
			switch {
			case errors.Is(err, asynq.ErrTaskNotFound), errors.Is(err, asynq.ErrQueueNotFound):
				continue
			case err != nil:
				return nil, fmt.Errorf("look for job %s: %w", token, err)
			}
			job := Job{
				Token: token, Queue: queue, State: JobState(info.State.String()), Failures: info.Retried, LastError: info.LastErr,
				Next: info.NextProcessAt,
			}
			if job.Before, err = q.before(ctx, job); err != nil {
				return nil, err
			}
			if job.Paused, err = q.Paused(ctx, queue); err != nil {
				return nil, err
			}
			jobs = append(jobs, job)
		}
	}
	return jobs, nil
}

// before is how many jobs are taken before a pending one.
func (q *Queue) before(ctx context.Context, job Job) (int64, error) {
	if job.State != JobPending {
		return 0, nil
	}
	key := queueKey(job.Queue, "pending")
	at, err := q.redis.LPos(ctx, key, job.Token.String(), redis.LPosArgs{Rank: -1, MaxLen: lineLook}).Result()
	if errors.Is(err, redis.Nil) {
		return -1, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for the place of job %s: %w", job.Token, err)
	}
	all, err := q.redis.LLen(ctx, key).Result()
	if err != nil {
		return 0, fmt.Errorf("look for the place of job %s: %w", job.Token, err)
	}
	return max(0, all-1-at), nil
}

// Names are those of the queues: of what a reader waits for, and of the rest.
func (q *Queue) Names() []string { return []string{q.read, q.refresh} }

// Paused reports whether somebody has paused a queue.
func (q *Queue) Paused(ctx context.Context, queue string) (bool, error) {
	n, err := q.redis.Exists(ctx, queueKey(queue, "paused")).Result()
	if err != nil {
		return false, fmt.Errorf("look whether queue %s is paused: %w", queue, err)
	}
	return n > 0, nil
}
