package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/summarizer/sandbox"
	"foreday/worker/processtest"
)

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
	*processtest.Process
	key  string          // with which it calls the model
	url  string          // of its API
	said strings.Builder // to be read when it has ended
}

// newFleet returns a fleet without workers, for the Redis and the stand-ins.
func newFleet(ctx context.Context, redisURL string, stand *sandbox.Server, days int, settings ...string) *fleet {
	return &fleet{ctx: ctx, days: days, env: processtest.Environment(stand.URL, append([]string{
		"REDIS_URL=" + redisURL, "LOG_LEVEL=error", "FOREDAY_COOLDOWN=0s",
	}, settings...)...)}
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
	port, err := redistest.FreePort()
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f.started++
	w := &benchWorker{key: fmt.Sprintf("worker-%d", f.started), url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	cmd := exec.CommandContext(f.ctx, program, "bench-worker", "--days", strconv.Itoa(f.days))
	cmd.Env = append(f.env[:len(f.env):len(f.env)], fmt.Sprintf("PORT=%d", port), "OPENAI_API_KEY="+w.key)
	if _, err := cmd.StdinPipe(); err != nil { // it is closed when this process ends
		return nil, err
	}
	w.Process, err = processtest.Start(cmd, func(line string) { w.said.WriteString(line + "\n") })
	return w, err
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
		case <-w.Ended():
			return w.failure()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s does not serve after %v", w.key, patience)
}

func (w *benchWorker) failure() error {
	return fmt.Errorf("%s ended by itself: %s", w.key, terminal.OneLine(strings.TrimSpace(w.said.String())))
}

// kill ends all workers with SIGKILL.
func (f *fleet) kill() {
	for _, w := range f.workers {
		w.Kill()
	}
	f.workers = nil
}

// stop ends all workers in the ordinary way. It returns an error if any had
// ended before.
func (f *fleet) stop() (err error) {
	var done sync.WaitGroup
	for _, w := range f.workers {
		if w.State() != nil {
			err = w.failure()
			continue
		}
		done.Go(func() { w.Stop(20 * time.Second) })
	}
	done.Wait()
	f.workers = nil
	return err
}

// counters adds up what all workers count, by the metric's name without its labels.
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
		megabytes, err := w.PeakMemory()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", w.key, err)
		}
		worst = max(worst, megabytes)
	}
	return worst, nil
}
