package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"foreday/worker/processtest"
)

// fleet is the workers: each ends when it is killed, and is replaced at once.
type fleet struct {
	binary  string
	env     []string // of all workers
	slots   []*slot
	journal *journal
	ctx     context.Context
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu    sync.Mutex
	tally tally
}

// slot is a worker's place: its successors have it after it.
type slot struct {
	name     string
	redisURL string

	mu      sync.Mutex
	process *processtest.Process // nil while there is none
	killed  bool
}

// tally is what workers have said and done.
type tally struct {
	kills     int
	freezes   int
	refreshes map[string]int // by outcome
	takeovers int            // refreshes that a sweep put back
	claimed   int            // messages that were left pending
	ended     []string       // other ends, with their last words
}

func newFleet(binary string, redisURLs []string, upstreams string, j *journal) *fleet {
	f := &fleet{binary: binary, journal: j, tally: tally{refreshes: map[string]int{}}}
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.env = processtest.Environment(upstreams, "LOG_LEVEL=info", "LOG_FORMAT=json", "FOREDAY_COOLDOWN=1s")
	for i, url := range redisURLs {
		f.slots = append(f.slots, &slot{name: fmt.Sprintf("worker-%d", i+1), redisURL: url})
	}
	return f
}

func (f *fleet) start() {
	for _, s := range f.slots {
		f.done.Go(func() { f.keep(s) })
	}
}

// stop kills all workers for good.
func (f *fleet) stop() {
	f.cancel()
	f.done.Wait()
}

// keep runs one worker after the other.
func (f *fleet) keep(s *slot) {
	for f.ctx.Err() == nil {
		end := f.run(s)
		if f.ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		killed := s.killed
		s.process, s.killed = nil, false
		s.mu.Unlock()
		if killed {
			continue
		}
		f.mu.Lock()
		f.tally.ended = append(f.tally.ended, s.name+" ended: "+end)
		f.mu.Unlock()
		pause(f.ctx, 100*time.Millisecond)
	}
}

// run runs one worker until it ends, and returns how it did, with its last words.
func (f *fleet) run(s *slot) (end string) {
	cmd := exec.CommandContext(f.ctx, f.binary, "worker")
	cmd.Env = append(f.env[:len(f.env):len(f.env)], "REDIS_URL="+s.redisURL)
	var said strings.Builder
	process, err := processtest.Start(cmd, func(line string) {
		if !f.hear(s.name, line) && said.Len() < maxSaid {
			said.WriteString(line + "\n")
		}
	})
	if err != nil {
		return err.Error()
	}
	s.mu.Lock()
	s.process = process
	s.mu.Unlock()
	<-process.Ended()
	return fmt.Sprintf("%v: %s", process.State(), said.String())
}

// kill kills a worker chosen at random, and reports false if none runs.
func (f *fleet) kill(random *rand.Rand) bool {
	for _, i := range random.Perm(len(f.slots)) {
		s := f.slots[i]
		s.mu.Lock()
		alive := s.process != nil && !s.killed
		if alive {
			s.killed = true
			s.process.Signal(syscall.SIGKILL)
			f.journal.note(s.name, "KILLED")
		}
		s.mu.Unlock()
		if alive {
			f.mu.Lock()
			f.tally.kills++
			f.mu.Unlock()
			return true
		}
	}
	return false
}

// freeze stops a worker chosen at random, and returns how to let it go on; nil if none
// runs.
func (f *fleet) freeze(random *rand.Rand) (thaw func()) {
	for _, i := range random.Perm(len(f.slots)) {
		s := f.slots[i]
		s.mu.Lock()
		process := s.process
		frozen := process != nil && !s.killed && process.Signal(syscall.SIGSTOP) == nil
		s.mu.Unlock()
		if !frozen {
			continue
		}
		f.journal.note(s.name, "FROZEN")
		f.mu.Lock()
		f.tally.freezes++
		f.mu.Unlock()
		return func() {
			// It may have been killed meanwhile.
			if process.Signal(syscall.SIGCONT) == nil {
				f.journal.note(s.name, "goes on")
			}
		}
	}
	return nil
}

func (f *fleet) tallied() tally {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.tally
	t.refreshes = maps.Clone(t.refreshes)
	return t
}

// maxSaid bounds how much of what is not a line of the log is kept.
const maxSaid = 4 << 10

// hear notes a line that a worker said, and reports whether it is one of its log.
func (f *fleet) hear(name, text string) bool {
	f.journal.note(name, "%s", text)
	var line struct {
		Message  string `json:"message"`
		Outcome  string `json:"outcome"`
		Messages int    `json:"messages"`
	}
	if json.Unmarshal([]byte(text), &line) != nil {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch line.Message {
	case "refresh":
		f.tally.refreshes[line.Outcome]++
	case "a lost refresh was put back":
		f.tally.takeovers++
	case "took over messages that were left pending":
		f.tally.claimed += line.Messages
	}
	return true
}
