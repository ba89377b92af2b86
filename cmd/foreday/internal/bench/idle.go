package bench

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer/openai/openaitest"
	"foreday/worker/processtest"
)

// The workload of bench idle: none. Two workers, each a process with everything that `up`
// has, stand there for idleFor; what Redis counts meanwhile, and what one worker alone
// makes it count, less what it counts without any, is theirs. Redis counts the commands
// of a script, and the call of the script as well. Then each edit is timed as in the idle
// part of bench freshness: by then, both wait for it.
const (
	idleUsers  = 50
	idleSettle = 5 * time.Second
	idleFor    = 20 * time.Second
)

func benchIdle(b *bench) error {
	s, err := newSystem(b, idleUsers, openaitest.Config{})
	if err != nil {
		return err
	}
	defer s.close()
	f := newFleet(b.ctx, b.RedisURL, s.stand, 2)
	defer f.kill()
	var perSecond [3]float64
	for n := range perSecond {
		if n > 0 {
			if err := f.start(1); err != nil {
				return err
			}
		}
		var cpu float64
		if perSecond[n], cpu, err = s.rest(f); err != nil {
			return err
		}
		b.metrics["cpu_percent"] = cpu
	}
	b.metrics["commands_per_s"] = (perSecond[2] - perSecond[0]) / 2
	b.metrics["commands_per_s_alone"] = perSecond[1] - perSecond[0]
	if err := s.warm(); err != nil {
		return err
	}
	took, err := s.idle(idleEdits, idlePause)
	if err != nil {
		return err
	}
	b.metrics["pick_up_p50_ms"] = milliseconds(processtest.Percentile(took, .5))
	b.metrics["pick_up_p99_ms"] = milliseconds(processtest.Percentile(took, .99))
	return f.stop()
}

// rest does nothing for a while, and returns how many commands Redis ran in a second of
// it, and which percentage of a core each worker took.
func (s *system) rest(f *fleet) (perSecond, cpu float64, err error) {
	b, part, length := s.bench, fmt.Sprintf("%d workers", len(f.workers)), idleFor
	if b.For > 0 {
		length = b.For
	}
	began := time.Now()
	if err := b.pause(part, began, began.Add(idleSettle)); err != nil {
		return 0, 0, err
	}
	before, cpuBefore, err := s.spent(f)
	if err != nil {
		return 0, 0, err
	}
	began = time.Now()
	if err := b.pause(part, began, began.Add(length)); err != nil {
		return 0, 0, err
	}
	after, cpuAfter, err := s.spent(f)
	took := time.Since(began).Seconds()
	return (after - before) / took, 100 * (cpuAfter - cpuBefore).Seconds() / took / float64(max(1, len(f.workers))), err
}

// spent returns how many commands Redis has run so far, and how long all workers have had
// a CPU.
func (s *system) spent(f *fleet) (commands float64, cpu time.Duration, err error) {
	for _, w := range f.workers {
		had, err := w.CPUTime()
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", w.key, err)
		}
		cpu += had
	}
	info, err := s.Client.Info(s.bench.ctx, "commandstats").Result()
	for line := range strings.Lines(info) {
		_, calls, _ := strings.Cut(line, "calls=")
		calls, _, _ = strings.Cut(calls, ",")
		n, _ := strconv.ParseFloat(calls, 64) // the headline has none
		commands += n
	}
	return commands, cpu, err
}
