package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"golang.org/x/oauth2"

	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/summarizer/google"
)

// crowd is a Google in which each user has a calendar of their own.
type crowd struct {
	events map[string]int // of those with many; the others have one
	length int            // of their titles

	mu    sync.Mutex
	asked map[string]int // pages, by user
	// inside are those of whom more than a page was asked for and may be in memory.
	inside map[string]bool
	most   int
}

// Token makes the user's name their token.
func (*crowd) Token(_ context.Context, user string) (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: user}, nil
}

func (c *crowd) serve(w http.ResponseWriter, r *http.Request) {
	var user string
	fmt.Sscanf(r.Header.Get("Authorization"), "Bearer %s", &user)
	of := &large{events: 1}
	if n, many := c.events[user]; many {
		of = &large{events: n, long: n, length: c.length}
	}
	if r.URL.Query().Has("maxResults") && r.URL.Query().Has("timeMin") {
		c.mu.Lock()
		c.asked[user]++
		if c.asked[user] > 1 && c.events[user] > 0 {
			c.inside[user] = true
			c.most = max(c.most, len(c.inside))
		}
		c.mu.Unlock()
	}
	of.serve(w, r)
}

func (c *crowd) forgotten(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.inside, user)
}

// gathered is a crowd of five users, each with so many events with titles so long.
func gathered(t *testing.T, each, length int) (*crowd, *google.Source) {
	t.Helper()
	c := &crowd{events: map[string]int{}, length: length, asked: map[string]int{}, inside: map[string]bool{}}
	for n := range 5 {
		c.events[fmt.Sprint("huge", n)] = each
	}
	source, err := google.New(google.Config{Endpoint: serve(t, c.serve).URL, Access: c, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return c, source
}

// Five have more than a page can hold, or pages that are larger than others'. Of one
// at a time more than the beginning is read before it is out of memory.
func TestOfManyLargeReadingsOneIsInMemoryAtATime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ events, length int }{"many events": {5500, 1}, "long titles": {30, 100_000}} {
		for what, read := range map[string]func(context.Context, *google.Source, string) error{
			"days": func(ctx context.Context, s *google.Source, user string) error {
				_, err := s.Day(ctx, user, today, all)
				return err
			},
			"histories": func(ctx context.Context, s *google.Source, user string) error {
				_, err := s.History(ctx, user, today.Start(), today.End(), all)
				return err
			},
		} {
			t.Run(what+" of "+name, func(t *testing.T) {
				t.Parallel()
				crowd, source := gathered(t, c.events, c.length)
				var readers sync.WaitGroup
				for user := range crowd.events {
					readers.Go(func() {
						ctx, leave := bulk.Within(t.Context())
						defer leave()
						defer crowd.forgotten(user)
						if err := read(ctx, source, user); err != nil {
							t.Errorf("%s, who waits for the answer, got %v", user, err)
						}
					})
				}
				readers.Wait()
				if crowd.most != 1 {
					t.Errorf("%d were in memory at the same time, want 1", crowd.most)
				}
			})
		}
	}
}

// While a large one is in memory, ordinary ones are read, and a job that comes upon
// another is put off; from then on before it has read anything.
func TestALargeReadingHoldsUpLargeOnesAlone(t *testing.T) {
	t.Parallel()
	crowd, source := gathered(t, 3000, 1)
	ctx, leave := bulk.Within(t.Context())
	if _, err := source.Day(ctx, "huge0", today, all); err != nil {
		t.Fatal(err)
	}
	job := summarizer.HoldingPlace(t.Context())
	if _, err := source.Day(job, "ada", today, all); err != nil {
		t.Errorf("an ordinary day: %v", err)
	}
	if _, err := source.History(job, "huge0", today.Start(), today.End(), all); err != nil {
		t.Errorf("the history of the same user: %v", err)
	}
	for range 3 {
		_, err := source.Day(job, "huge1", today, all)
		var later summarizer.Deferred
		if !errors.As(err, &later) || !errors.Is(err, summarizer.ErrTemporary) || kindOf(err) != google.Temporary {
			t.Errorf("another large day: %v, want it put off", err)
		}
	}
	if n := crowd.asked["huge1"]; n != 1 {
		t.Errorf("%d pages of it were read meanwhile, want 1", n)
	}
	leave()
	if listing, err := source.Day(job, "huge1", today, all); err != nil || listing.Unread != 1000 {
		t.Errorf("once there is room, %d unread, %v", listing.Unread, err)
	}
}
