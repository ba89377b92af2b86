package worker_test

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/worker"
)

const wakeChannel = "asynq:{" + refreshQueue + "}:wake"

// ran returns how often Redis has run each command since that was reset, those of scripts
// included.
func ran(t *testing.T, client redis.UniversalClient) (commands map[string]int) {
	t.Helper()
	info, err := client.Info(t.Context(), "commandstats").Result()
	if err != nil {
		t.Fatal(err)
	}
	commands = map[string]int{}
	for line := range strings.Lines(info) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":calls=")
		calls, _, _ := strings.Cut(rest, ",")
		commands[name], _ = strconv.Atoi(calls)
	}
	return commands
}

// hears waits until the worker hears wake-ups.
func (b *bench) hears() {
	b.Helper()
	b.eventually("the worker hears wake-ups", func() bool {
		return b.client.PubSubNumSub(b.Context(), wakeChannel).Val()[wakeChannel] > 0
	})
}

// enqueue puts a job for which there is nothing to do into the queue, as another process
// would.
func (b *bench) enqueue(client redis.UniversalClient, id int, due time.Time) {
	b.Helper()
	task := freshness.Task{Action: freshness.ActEnqueue, NotBefore: due,
		Token: freshness.Token{User: "ada", Date: today, ID: strconv.Itoa(id)}}
	if err := worker.NewQueue(client, worker.DefaultQueue).Enqueue(b.Context(), task); err != nil {
		b.Fatal(err)
	}
}

// awaitTaken waits until so many jobs in all were taken, and returns how long that took.
func (p *process) awaitTaken(n int) time.Duration {
	p.Helper()
	began := time.Now()
	p.eventually("a job is taken", func() bool { return p.refreshes(allOutcomes...) >= n })
	return time.Since(began)
}

// quickly is less than a worker takes that only polls, on a slow machine.
const quickly = 400 * time.Millisecond

func TestAnIdleWorkerAsksRedisForNextToNothing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	b := setup(t, server.Client(t))
	p := b.work()
	b.hears()
	time.Sleep(300 * time.Millisecond) // for what it does at first
	if err := b.client.ConfigResetStat(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	const idle = 1500 * time.Millisecond
	time.Sleep(idle)
	commands, sum := ran(t, b.client), 0
	delete(commands, "xreadgroup") // which is quicker here than in earnest
	for _, n := range commands {
		sum += n
	}
	if commands["rpoplpush"] > 0 || sum > 45 {
		t.Errorf("in %v it asked %d times: %v", idle, sum, commands)
	}
	if took := p.stop(); took > 900*time.Millisecond { // a look is held back for a second
		t.Errorf("it stopped after %v: a look that was held back held it up", took)
	}
}

func TestAJobIsTakenAtOnceAndADeferredOneInTime(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		p := b.work()
		b.hears()
		quick, n := 0, 7
		for id := range n {
			b.enqueue(client, id, time.Time{})
			if p.awaitTaken(id+1) < quickly {
				quick++
			}
			time.Sleep(20 * time.Millisecond) // it is idle again
		}
		if quick < n-1 {
			t.Errorf("%d of %d jobs were taken within %v", quick, n, quickly)
		}
		due := time.Now().Add(2 * time.Second).Truncate(time.Second)
		b.enqueue(client, n, due)
		p.awaitTaken(n + 1)
		if late := time.Since(due); late < 0 || late > 900*time.Millisecond {
			t.Errorf("a job that was deferred to %v was taken %v after that", due, late)
		}
	})
}

// Whatever is sent while nobody listens is found by polling.
func TestAWorkerWhoseSubscriptionIsCutGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Start(t).Client(t))
	p := b.work()
	for id := range 3 {
		b.hears()
		if err := b.client.Do(t.Context(), "CLIENT", "KILL", "TYPE", "pubsub").Err(); err != nil {
			t.Fatal(err)
		}
		b.enqueue(b.client, id, time.Time{})
		if took := p.awaitTaken(id + 1); took > 2*time.Second {
			t.Errorf("after a cut, a job was taken after %v", took)
		}
	}
	b.hears()
}

func TestAWorkerThatMayNotListenPollsAndSaysSoOnce(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	b := setup(t, redistest.Start(t).Client(t), func(s *settings) { s.log = zerolog.New(&log) })
	if err := b.client.Do(t.Context(), "ACL", "SETUSER", "default", "resetchannels", "&asynq:cancel").Err(); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.eventually("it says so", func() bool { return strings.Contains(log.String(), "cannot hear of new jobs") })
	b.enqueue(b.client, 0, time.Time{})
	enqueued := time.Now()
	b.eventually("the job taken", func() bool { return b.waiting(refreshQueue) == 0 })
	// Who is heard and missed is found after a second. What the job then does without channels
	// may take longer.
	if took := time.Since(enqueued); took > 900*time.Millisecond {
		t.Errorf("a job was taken after %v", took)
	}
	time.Sleep(300 * time.Millisecond) // it tries again
	if n := strings.Count(log.String(), `"queue":"`+refreshQueue+`"`); n != 1 {
		t.Errorf("it said so %d times:\n%s", n, log.String())
	}
	if err := b.client.Do(t.Context(), "ACL", "SETUSER", "default", "allchannels").Err(); err != nil {
		t.Fatal(err)
	}
	b.hears()
}

// asynq's tools send no wake-up.
func TestAPausedQueueGoesOnSoonAfterThePause(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Start(t).Client(t))
	p := b.work()
	b.hears()
	b.enqueue(b.client, 0, time.Time{})
	p.awaitTaken(1)
	if err := b.inspector.PauseQueue(refreshQueue); err != nil {
		t.Fatal(err)
	}
	b.enqueue(b.client, 1, time.Time{})
	time.Sleep(200 * time.Millisecond)
	if n := p.refreshes(allOutcomes...); n != 1 {
		t.Errorf("%d jobs were taken, one of them from a paused queue", n-1)
	}
	if err := b.inspector.UnpauseQueue(refreshQueue); err != nil {
		t.Fatal(err)
	}
	if took := p.awaitTaken(2); took > 3*time.Second {
		t.Errorf("after the pause, a job was taken after %v", took)
	}
}

// safeBuffer is a buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
