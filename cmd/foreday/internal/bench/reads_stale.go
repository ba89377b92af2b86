package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"foreday/worker/processtest"
)

// The workload of local_staleness_p99_ms: staleProcesses processes with LocalHits read
// staleUsers users in turn, staleReads times a second each; meanwhile staleRounds edits are
// published, of one user after the other. An edit's staleness is from when Publish has
// returned until the copy from before was last given as a hit by any process.
const (
	staleProcesses = 4
	staleUsers     = 4
	staleReads     = 2000
	staleRounds    = 300
)

// localReader is one of the processes.
type localReader struct {
	*exec.Cmd
	stdin io.Closer
	said  bytes.Buffer
}

func (s *system) startLocalReader() (*localReader, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"bench-local", "--redis-url", s.bench.RedisURL, "--date", s.day.Date.String(), fmt.Sprintf("--per-second=%d", staleReads)}
	for _, u := range s.users[:staleUsers] {
		args = append(args, u.id)
	}
	r := &localReader{Cmd: exec.Command(program, args...)}
	r.Stdout, r.Stderr = &r.said, os.Stderr
	if r.stdin, err = r.StdinPipe(); err != nil {
		return nil, err
	}
	return r, r.Start()
}

// stop ends the process and returns what it gave.
func (r *localReader) stop() (given LastGiven, err error) {
	r.stdin.Close()
	if err := r.Wait(); err != nil {
		return nil, fmt.Errorf("a reading process: %w", err)
	}
	return given, json.Unmarshal(r.said.Bytes(), &given)
}

func (s *system) localStaleness() error {
	var readers []*localReader
	defer func() {
		for _, r := range readers {
			r.stdin.Close()
		}
	}()
	for range staleProcesses {
		r, err := s.startLocalReader()
		if err != nil {
			return err
		}
		readers = append(readers, r)
	}
	time.Sleep(time.Second) // until they read
	ended, err := s.publishRounds()
	if err != nil {
		return err
	}
	last := LastGiven{}
	for len(readers) > 0 {
		given, err := readers[0].stop()
		readers = readers[1:]
		if err != nil {
			return err
		}
		for name, at := range given {
			last[name] = max(last[name], at)
		}
	}
	var stale []time.Duration
	for name, at := range ended {
		if last[name] == 0 {
			return fmt.Errorf("nobody was given the copy %s before it ended", name)
		}
		stale = append(stale, max(0, time.Unix(0, last[name]).Sub(at)))
	}
	s.bench.metrics["local_staleness_p99_ms"] = milliseconds(processtest.Percentile(stale, .99))
	s.bench.metrics["local_staleness_max_ms"] = milliseconds(processtest.Percentile(stale, 1))
	return nil
}

// publishRounds publishes edits, and returns when that of each copy had returned.
func (s *system) publishRounds() (ended map[string]time.Time, err error) {
	ended = map[string]time.Time{}
	for round := range staleRounds {
		s.bench.progress.At("staleness", float64(round)/staleRounds)
		n := round % staleUsers
		time.Sleep(20 * time.Millisecond) // until all have the copy
		fresh, _, err := s.Store.Peek(s.bench.ctx, s.users[n].id, s.day.Date)
		if err != nil {
			return nil, err
		}
		if fresh == nil {
			return nil, fmt.Errorf("user %s has no fresh copy", s.users[n].id)
		}
		published, err := s.edit(n)
		if err != nil {
			return nil, err
		}
		ended[copyName(s.users[n].id, fresh.Generation)] = time.Now()
		if err := s.awaitFetchedAfter(n, published, 20*time.Second); err != nil {
			return nil, err
		}
	}
	return ended, nil
}
