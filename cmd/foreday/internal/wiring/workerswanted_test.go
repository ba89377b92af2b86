package wiring

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/worker/quota"
)

func TestWorkersAreAddedWhileJobsWaitAndNoLimitBinds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alive   int
		waiting int64
		oldest  time.Duration
		binds   bool
		want    int
	}{
		"nothing to do":                          {4, 0, 0, false, 1},
		"none alive":                             {0, 0, 0, false, 1},
		"none alive, and much to do":             {0, 1000, time.Hour, false, 10},
		"many jobs":                              {4, 1001, time.Second, false, 11},
		"few jobs, but late":                     {4, 50, time.Minute, false, 6},
		"few jobs, and in time":                  {4, 50, 20 * time.Second, false, 1},
		"one refresh is late, but nothing waits": {4, 3, time.Hour, false, 1},
		"many jobs while a limit binds":          {4, 1001, time.Hour, true, 4},
		"few jobs while a limit binds":           {4, 50, time.Second, true, 1},
		"a limit binds, and none is alive":       {0, 1001, time.Hour, true, 1},
	} {
		if got := workersWanted(c.alive, c.waiting, c.oldest, c.binds); got != c.want {
			t.Errorf("%s: %d workers are wanted, not %d", name, got, c.want)
		}
	}
}

func TestALimitBindsOnceItIsUsedUp(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		gate, err := quota.New(quota.Config{Client: client, Limits: quota.Limits{GoogleRPM: 2}})
		if err != nil {
			t.Fatal(err)
		}
		defer gate.Close()
		calendar := httptest.NewServer(http.NotFoundHandler())
		defer calendar.Close()
		httpClient := &http.Client{Transport: gate.Google(http.DefaultTransport)}
		for n, want := range []bool{false, false, true} {
			if binds, err := limitBinds(t.Context(), client); err != nil || binds != want {
				t.Errorf("after %d of 2 calls: %v, %v", n, binds, err)
			}
			if n == 2 {
				break
			}
			res, err := httpClient.Get(calendar.URL)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
		}
	})
}
