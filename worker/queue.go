package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/cache/freshness"
)

// DefaultQueue is the name of the queues unless told otherwise: jobs that a
// reader waits for are in NAME:read, the others in NAME:refresh, and neither waits
// for the other.
const DefaultQueue = "foreday"

// taskRefresh is the one type of job. Its payload is the token, and nothing else.
const taskRefresh = "refresh"

// maxRetry bounds how often a job may fail before it is archived for an operator
// to look at. With the longest pause between tries it takes about a day.
const maxRetry = 100

// jobTimeout bounds one try of a job.
const jobTimeout = 2 * time.Minute

// enqueuers is how many enqueue at once: asynq has no bulk operation, so the
// commands of many are gathered into pipelines on their way.
const enqueuers = 256

// Queue hands refreshes to the workers. It is safe for concurrent use and does
// not own its client.
type Queue struct {
	redis         redis.UniversalClient
	client        *asynq.Client
	inspector     *asynq.Inspector
	read, refresh string // the names of the two queues
}

// NewQueue returns the queues of that name on client.
func NewQueue(client redis.UniversalClient, name string) *Queue {
	return &Queue{
		redis: client, client: asynq.NewClientFromRedisClient(pipelining(client)), inspector: asynq.NewInspectorFromRedisClient(client),
		read: name + ":read", refresh: name + ":refresh",
	}
}

// pipelining returns a client that sends what many goroutines ask for at the
// same time together. It belongs to client, and ends with it.
func pipelining(client redis.UniversalClient) redis.UniversalClient {
	if c, ok := client.(interface {
		AutoPipeline() (*redis.AutoPipeliner, error)
	}); ok {
		if p, err := c.AutoPipeline(); err == nil {
			return p
		}
	}
	return client
}

var _ cache.Requester = (*Queue)(nil)

// announce makes sure that asynq's tools know of the queues. asynq says so once in
// a process's life; a Redis that has lost its data since would hide them, and
// every job in them, from the inspector and the dashboard.
func (q *Queue) announce(ctx context.Context) error {
	if err := q.redis.SAdd(ctx, "asynq:queues", q.read, q.refresh).Err(); err != nil {
		return fmt.Errorf("announce the queues: %w", err)
	}
	return nil
}

// Request enqueues a refresh that a reader waits for, beside those that nobody
// waits for.
func (q *Queue) Request(ctx context.Context, task freshness.Task) error {
	err := q.enqueue(ctx, q.read, task)
	wake(ctx, q.redis, q.read)
	if err != nil {
		return err
	}
	if task.Action == freshness.ActHurry && !task.NotBefore.After(time.Now()) {
		for _, queue := range q.Names() {
			// An error: there is none there, or it waits no more.
			if q.inspector.RunTask(queue, task.Token.String()) == nil {
				wake(ctx, q.redis, queue)
			}
		}
	}
	return nil
}

// Enqueue puts the tasks whose action asks for it into the queue. A task that is
// there already is success.
func (q *Queue) Enqueue(ctx context.Context, tasks ...freshness.Task) error {
	tasks = slices.DeleteFunc(slices.Clone(tasks), func(t freshness.Task) bool { return t.Action != freshness.ActEnqueue })
	if len(tasks) == 0 {
		return nil
	}
	defer wake(ctx, q.redis, q.refresh) // once for all, and also if some failed
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(enqueuers)
	for _, t := range tasks {
		g.Go(func() error { return q.enqueue(ctx, q.refresh, t) })
	}
	return g.Wait()
}

func (q *Queue) enqueue(ctx context.Context, queue string, t freshness.Task) error {
	options := []asynq.Option{
		asynq.TaskID(t.Token.String()), asynq.Queue(queue), asynq.MaxRetry(maxRetry), asynq.Timeout(jobTimeout),
	}
	// A time that has come is left out: rounding would put it off once more.
	if t.NotBefore.After(time.Now()) {
		options = append(options, asynq.ProcessAt(ceilSecond(t.NotBefore)))
	}
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(taskRefresh, []byte(t.Token.String())), options...)
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("enqueue refresh %s: %w", t.Token, err)
	}
	return nil
}

// ceilSecond rounds up, because asynq keeps times in whole seconds and rounds
// down: a deferred job would come too early, for nothing.
func ceilSecond(t time.Time) time.Time {
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second)
}

// Busy reports whether jobs wait in the queues for a worker.
func (q *Queue) Busy(ctx context.Context) (bool, error) {
	for _, queue := range q.Names() {
		n, err := q.redis.LLen(ctx, queueKey(queue, "pending")).Result()
		if err != nil {
			return false, fmt.Errorf("look how many jobs wait: %w", err)
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}

// standing is where a token's job is.
type standing struct {
	queue freshness.JobState // Unasked if it waits in a queue
	in    string             // the queue in which it waits
	next  time.Time          // when it will be processed, if that is in the future
	taken bool               // by a worker, who may be dead or about to begin
}

// look finds the token's job in the queues.
func (q *Queue) look(t freshness.Token) (standing, error) {
	var infos [2]*asynq.TaskInfo
	var g errgroup.Group
	queues := q.Names()
	for i, queue := range queues {
		g.Go(func() (err error) {
			infos[i], err = q.inspector.GetTaskInfo(queue, t.String())
			if errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound) {
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return standing{}, fmt.Errorf("look for job %s: %w", t, err)
	}
	found := standing{queue: freshness.JobLost}
	for i, info := range infos {
		if info == nil {
			continue
		}
		switch info.State {
		case asynq.TaskStatePending, asynq.TaskStateScheduled, asynq.TaskStateRetry:
			return standing{queue: freshness.JobUnknown, in: queues[i], next: info.NextProcessAt}, nil
		case asynq.TaskStateActive:
			found.taken = true
		case asynq.TaskStateArchived:
			found.queue = freshness.JobDead
		}
	}
	return found, nil
}

// letGo lets a job that was deferred be processed at once. That it is not deferred any
// more is success.
func (q *Queue) letGo(ctx context.Context, t freshness.Token, queue string) error {
	err := q.inspector.RunTask(queue, t.String())
	if err == nil {
		wake(ctx, q.redis, queue)
	}
	if err == nil || errors.Is(err, asynq.ErrTaskNotFound) {
		return nil
	}
	// asynq has no error of its own for a job that is pending or at work by now.
	info, lookErr := q.inspector.GetTaskInfo(queue, t.String())
	if lookErr == nil && (info.State == asynq.TaskStatePending || info.State == asynq.TaskStateActive) {
		return nil
	}
	return fmt.Errorf("let job %s go: %w", t, err)
}
