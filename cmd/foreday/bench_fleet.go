package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// benchWorkerCmd is `up` as benches run it: several processes, which must not
// outlive the bench. They end with their standard input, which is a pipe from it.
type benchWorkerCmd struct {
	Up   upCmd `embed:""` // exported, or the parser would pass over its hooks
	Days int   `help:"As --refresh-days, without its bound."`
}

// Run runs all parts until the bench ends.
func (c *benchWorkerCmd) Run(ctx context.Context, out console) error {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(exitFail)
	}()
	if c.Days > 0 {
		c.Up.RefreshDays = c.Days
	}
	return c.Up.Run(ctx, out)
}

// fleet is the worker processes of one bench. All its methods are for one
// goroutine.
type fleet struct {
	ctx     context.Context
	env     []string // of all of them
	days    int
	started int
	workers []*benchWorker
}

// benchWorker is one of them.
type benchWorker struct {
	key   string // with which it calls the model
	url   string // of its API
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{} // closed when it has
	said  bytes.Buffer  // to be read then
}

// newFleet returns a fleet without workers, for the Redis and the stand-ins.
func newFleet(ctx context.Context, redisURL string, stand *standIns, days int, settings ...string) *fleet {
	return &fleet{ctx: ctx, days: days, env: append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.Getenv("TMPDIR"),
		"REDIS_URL=" + redisURL, "LOG_LEVEL=error", "FOREDAY_COOLDOWN=0s",
		"GOOGLE_CALENDAR_ENDPOINT=" + stand.url, "FOREDAY_TOKEN_URL=" + stand.url + "/broker",
		"OPENAI_BASE_URL=" + stand.url + "/v1", "OPENAI_MODEL=" + standInModel,
	}, settings...)}
}

// start starts n workers and returns when they serve.
func (f *fleet) start(n int) error {
	for range n {
		w, err := f.launch()
		if err != nil {
			return err
		}
		f.workers = append(f.workers, w)
	}
	for _, w := range f.workers {
		if err := w.await(f.ctx); err != nil {
			return err
		}
	}
	return nil
}

func (f *fleet) launch() (*benchWorker, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f.started++
	w := &benchWorker{key: fmt.Sprintf("worker-%d", f.started), url: fmt.Sprintf("http://127.0.0.1:%d", port), ended: make(chan struct{})}
	w.cmd = exec.CommandContext(f.ctx, program, "bench-worker", "--days", strconv.Itoa(f.days))
	w.cmd.Env = append(f.env[:len(f.env):len(f.env)], fmt.Sprintf("PORT=%d", port), "OPENAI_API_KEY="+w.key)
	w.cmd.Stderr = &w.said
	if w.stdin, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	go func() {
		defer close(w.ended)
		w.cmd.Wait() // who asks looks at what it said
	}()
	return w, nil
}

// await waits until the worker serves.
func (w *benchWorker) await(ctx context.Context) error {
	const patience = 30 * time.Second
	for began := time.Now(); time.Since(began) < patience; {
		if res, err := http.Get(w.url + "/healthz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-w.ended:
			return w.failure()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not serve after %v", w.key, patience)
}

func (w *benchWorker) failure() error {
	return fmt.Errorf("%s ended by itself: %s", w.key, oneLine(errors.New(strings.TrimSpace(w.said.String()))))
}

// kill ends the worker with SIGKILL.
func (w *benchWorker) kill() {
	w.cmd.Process.Kill()
	<-w.ended
}

// kill ends all workers with SIGKILL.
func (f *fleet) kill() {
	for _, w := range f.workers {
		w.kill()
	}
	f.workers = nil
}

// stop ends all workers in the ordinary way. It returns an error if any had
// ended before.
func (f *fleet) stop() (err error) {
	var done sync.WaitGroup
	for _, w := range f.workers {
		select {
		case <-w.ended:
			err = w.failure()
			continue
		default:
		}
		w.cmd.Process.Signal(syscall.SIGTERM)
		done.Go(func() {
			select {
			case <-w.ended:
			case <-time.After(20 * time.Second):
				w.kill()
			}
		})
	}
	done.Wait()
	f.workers = nil
	return err
}

// counters adds up what all workers count, by the metric's name with its labels
// and without.
func (f *fleet) counters() (map[string]float64, error) {
	sums := map[string]float64{}
	for _, w := range f.workers {
		res, err := http.Get(w.url + "/metrics")
		if err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", w.key, err)
		}
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			series, value, _ := strings.Cut(lines.Text(), " ")
			name, _, _ := strings.Cut(series, "{")
			if n, err := strconv.ParseFloat(value, 64); err == nil && !strings.HasPrefix(name, "#") {
				sums[name] += n
				if series != name {
					sums[series] += n
				}
			}
		}
		res.Body.Close()
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read the metrics of %s: %w", w.key, err)
		}
	}
	return sums, nil
}

// peakMemory returns the most memory that any worker has held so far, in megabytes.
func (f *fleet) peakMemory() (float64, error) {
	var worst float64
	for _, w := range f.workers {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
		if err != nil {
			return 0, fmt.Errorf("read the memory of %s (needs Linux): %w", w.key, err)
		}
		var kilobytes float64
		_, peak, _ := strings.Cut(string(status), "VmHWM:")
		if _, err := fmt.Sscan(peak, &kilobytes); err != nil {
			return 0, fmt.Errorf("read the memory of %s: %w", w.key, err)
		}
		worst = max(worst, kilobytes/1024)
	}
	return worst, nil
}
