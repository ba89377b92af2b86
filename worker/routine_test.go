package worker_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// calls is a way to Google that counts what is asked for.
type calls struct {
	mu   sync.Mutex
	days map[int]int // lists of events, by the days they reach over
	rest int
}

func (c *calls) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	if c.days == nil {
		c.days = map[int]int{}
	}
	query := r.URL.Query()
	from, err := time.Parse(time.RFC3339, query.Get("timeMin"))
	to, err2 := time.Parse(time.RFC3339, query.Get("timeMax"))
	if errors.Join(err, err2) == nil {
		c.days[int(to.Sub(from).Hours()+12)/24]++
	} else {
		c.rest++
	}
	c.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// take returns what was counted, and starts again: lists of a day, longer ones,
// and other requests.
func (c *calls) take() (ofADay, longer, others int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for days, n := range c.days {
		if days <= 1 {
			ofADay += n
		} else {
			longer += n
		}
	}
	others = c.rest
	c.days, c.rest = nil, 0
	return ofADay, longer, others
}

func TestAnOrdinaryRefreshCostsOneRequestACalendar(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		google := &calls{}
		b := setup(t, client, func(s *settings) { s.googleTransport = google })
		b.google.AddUser("ada", berlin)
		for _, name := range []string{"Family", "Club"} {
			b.google.AddCalendar("ada", &calendar.CalendarListEntry{Summary: name, Selected: true})
		}
		b.work()
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding())
		b.settled()
		if ofADay, longer, others := google.take(); ofADay != 3 || longer != 3 || others != 2 {
			t.Errorf("the first refresh made %d requests for the day, %d for its history and %d others, want 3, 3 and 2: zone and list of calendars",
				ofADay, longer, others)
		}
		for _, title := range []string{"Dentist", "Piano tuner"} {
			before, _ := b.peek("ada", today)
			b.create("ada", title, "2026-11-23 15:00", "2026-11-23 16:00")
			b.awaitFresh("ada", today, later(*before))
			b.settled()
			if ofADay, longer, others := google.take(); ofADay != 3 || longer+others > 0 {
				t.Errorf("a refresh made %d requests for the day, %d for its history and %d others, want one for each of 3 calendars", ofADay, longer,
					others)
			}
		}
	})
}

func TestAWorkerThatStartsAnewReadsNoHistoryThatAnotherHasRead(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		google := &calls{}
		b := setup(t, client, func(s *settings) { s.googleTransport = google })
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding())
		b.settled()
		p.stop()
		if _, longer, _ := google.take(); longer != 1 {
			t.Errorf("the first worker read history %d times, want once", longer)
		}
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		if ofADay, longer, _ := google.take(); ofADay == 0 || longer > 0 {
			t.Errorf("the second read history %d times, want none; and the day %d times", longer, ofADay)
		}
	})
}

// learner returns one with a Source of its own, as each process has it.
func (b *bench) learner(store novelty.Store, failed func(string, error)) *novelty.Learner {
	return novelty.NewLearner(novelty.Config{Source: b.summarizer().Source, Store: store, Failed: failed})
}

func TestWhatIsLearntHoldsNoTitleAndIsSealed(t *testing.T) {
	t.Parallel()
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, seal := range map[string]*cache.Seal{"sealed": seal, "in clear": nil} {
		t.Run(name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client, func(s *settings) { s.cache.Seal = seal })
				b.google.AddUser("ada", berlin)
				b.insert("ada", "Dentist", "2026-11-16 15:00", "2026-11-16 16:00")
				day := summarizer.Day{Date: today, Zone: berlin}
				if _, err := b.learner(b.store.Routines(), nil).Routine(t.Context(), "ada", day, summarizer.Selection{}); err != nil {
					t.Fatal(err)
				}
				const key = "foreday:{ada}:routine"
				kept, err := client.Get(t.Context(), key).Result()
				if err != nil || strings.Contains(strings.ToLower(kept), "dentist") {
					t.Fatalf("kept is %q, %v", kept, err)
				}
				if strings.HasPrefix(kept, "foreday snapshot ") != (seal == nil) {
					t.Errorf("kept is %q", kept)
				}
				b.wantTTL(key, 14*24*time.Hour)
				if n := client.Exists(t.Context(), "foreday:secret").Val(); n == 1 == (seal != nil) {
					t.Errorf("a secret is kept in Redis: %v", n == 1)
				}
				if err := client.Set(t.Context(), "foreday:{bob}:routine", kept, 0).Err(); err != nil {
					t.Fatal(err)
				}
				b.google.AddUser("bob", berlin)
				failures := 0
				learner := b.learner(b.store.Routines(), func(string, error) { failures++ })
				if _, err := learner.Routine(t.Context(), "bob", day, summarizer.Selection{}); err != nil || failures == 0 {
					t.Errorf("another's routine was taken for one's own; error %v", err)
				}
			})
		})
	}
}

// A Redis that is away, or takes connections and never answers, costs a bounded
// time and no verdict.
func TestWithoutRedisRoutinesAreLearntAllTheSame(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { silent.Close() }) // the subtests run on
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for name, address := range map[string]net.Addr{"silent": silent.Addr(), "gone": gone.Addr()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := cache.Connect("redis://" + address.String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			google := &calls{}
			b := setup(t, redistest.Mini(t).Client(t), func(s *settings) { s.googleTransport = google })
			b.google.AddUser("ada", berlin)
			failures := 0
			learner := b.learner(freshness.NewStore(client, freshness.Config{}).Routines(), func(string, error) { failures++ })
			for range 3 {
				began := time.Now()
				if _, err := learner.Routine(t.Context(), "ada", summarizer.Day{Date: today, Zone: berlin}, summarizer.Selection{}); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took > 6*time.Second { // without a bound it is twice that
					t.Errorf("it took %v", took)
				}
			}
			if _, longer, _ := google.take(); longer != 1 || failures == 0 {
				t.Errorf("history was read %d times, want once; %d failures", longer, failures)
			}
		})
	}
}
