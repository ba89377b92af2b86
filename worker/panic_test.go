package worker_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/worker"
)

// panicking is a transport that does so, with what it carries.
type panicking struct {
	http.RoundTripper
	left atomic.Int64 // so many times
}

func (p *panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.left.Add(-1) >= 0 {
		panic("Dentist with ada@example.com")
	}
	return p.RoundTripper.RoundTrip(r)
}

// A panic is a failure like others: it is tried again, its run ends, and what it was about
// is in neither the log nor the queue.
func TestAPanicEndsARunAsAnyFailureDoes(t *testing.T) {
	t.Parallel()
	var log lines
	model := &panicking{RoundTripper: http.DefaultTransport}
	model.left.Store(1)
	b := setup(t, redistest.Mini(t).Client(t), func(s *settings) {
		s.modelTransport, s.log = model, zerolog.New(&log).Level(zerolog.DebugLevel)
	})
	b.google.AddUser("ada", berlin)
	p := b.work()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	var job worker.Job
	b.eventually("put off", func() bool {
		if p.refreshes("failed") == 0 {
			return false
		}
		state, err := b.store.State(t.Context(), "ada", today)
		if err != nil || state.Pending == (freshness.Token{}) {
			return false
		}
		jobs, err := b.queue.Jobs(t.Context(), state.Pending)
		if err == nil && len(jobs) == 1 {
			job = jobs[0]
		}
		return job.LastError != ""
	})
	if strings.Contains(job.LastError, "Dentist") || !strings.Contains(job.LastError, "panic: of type string in ") {
		t.Errorf("the job's last error is %q", job.LastError)
	}
	b.awaitFresh("ada", today, holding("Dentist"))
	if said := log.String(); strings.Contains(said, "ada@") || !strings.Contains(said, "worker/panic_test.go:") {
		t.Errorf("the log says\n%s", said)
	}
}
