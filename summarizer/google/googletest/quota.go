package googletest

import (
	"net/http"
	"sync"
	"time"
)

// QuotaWindow is the length of the windows that quotas are counted over.
const QuotaWindow = time.Minute

// quota refuses requests beyond so many in any window, wherever it starts.
type quota struct {
	mu      sync.Mutex
	project window
	perUser int
	users   map[string]*window
	refused int
	code    int
}

// window holds the times of the requests admitted within the last QuotaWindow.
type window struct {
	limit int // 0 is none
	times []time.Time
}

// Quota limits the requests admitted in any 60 s: of all users together, and of
// each. Zero lifts a limit. Beyond it requests are refused with 403 and
// rateLimitExceeded or userRateLimitExceeded, as Google's calendar does it; see
// QuotaStatus. Refused requests do not count against the limits.
func (s *Server) Quota(perMinute, perUserPerMinute int) {
	s.quota.mu.Lock()
	defer s.quota.mu.Unlock()
	s.quota.project.limit = perMinute
	s.quota.perUser = perUserPerMinute
}

// QuotaStatus sets the status with which requests over quota are refused: 403,
// which is the default, or 429, which Google uses as well.
func (s *Server) QuotaStatus(code int) {
	s.quota.mu.Lock()
	defer s.quota.mu.Unlock()
	s.quota.code = code
}

// take admits one request, or says why not.
func (q *quota) take(user string, now time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.users == nil {
		q.users = map[string]*window{}
	}
	own := q.users[user]
	if own == nil {
		own = &window{}
		q.users[user] = own
	}
	own.limit = q.perUser
	switch {
	case !q.project.free(now):
		return q.refuse("rateLimitExceeded")
	case !own.free(now):
		return q.refuse("userRateLimitExceeded")
	}
	q.project.add(now)
	own.add(now)
	return nil
}

func (q *quota) refuse(reason string) error {
	q.refused++
	code := q.code
	if code == 0 {
		code = http.StatusForbidden
	}
	return errLimit(code, reason)
}

func (q *quota) refusals() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.refused
}

func (w *window) free(now time.Time) bool {
	old := 0
	for old < len(w.times) && now.Sub(w.times[old]) >= QuotaWindow {
		old++
	}
	w.times = w.times[old:]
	return w.limit == 0 || len(w.times) < w.limit
}

func (w *window) add(now time.Time) {
	if w.limit > 0 {
		w.times = append(w.times, now)
	}
}
