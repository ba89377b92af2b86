package bench

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

// attacks are all that is tried, in this order.
var attacks = []attack{
	{name: "calm", run: func(*hostile, context.Context) error { return nil }},
	{name: "spans", run: (*hostile).attackSpans},
	{name: "poison", prepare: (*hostile).plantPoison, run: (*hostile).attackPoison},
	{name: "huge", prepare: (*hostile).fillHuge, run: (*hostile).attackHuge},
	{name: "broken", run: (*hostile).attackBroken},
	{name: "waiting", run: (*hostile).attackWaiting},
	{name: "failing", run: (*hostile).attackFailing},
}

// Valid messages that touch every day of three hundred years: 9 users, 1,772
// messages each, every one a span of 62 days, again and again.
const (
	spanUsers    = 9
	spanMessages = 1772
	spanDays     = 62
	spanFirst    = 1900
)

func (h *hostile) attackSpans(ctx context.Context) error {
	messages := make([]events.Message, 0, spanUsers*spanMessages)
	for i := range spanMessages {
		first := time.Date(spanFirst, 1, 1+i*spanDays, 0, 0, 0, 0, time.UTC)
		for n := range spanUsers {
			messages = append(messages, events.Message{
				Type: events.EventCreated, User: fmt.Sprintf("tiler%d", n), Event: fmt.Sprintf("e%d", i),
				Span: events.Days(first, first.AddDate(0, 0, spanDays)),
			})
		}
	}
	for ctx.Err() == nil {
		if _, err := h.publisher().PublishAll(ctx, messages); err != nil {
			return err
		}
		sleep(ctx, 2*time.Second)
	}
	return nil
}

// poisonDays is how many days a user has known, of whom every day is touched.
const poisonDays = 20_000

// plantPoison spoils the keys of some users, each in another way.
func (h *hostile) plantPoison() error {
	ctx, today := h.bench.ctx, h.first.String()
	for _, key := range []string{"day:" + today, "days", "zone", "summary:" + today, "stale:" + today, "settings", "routine"} {
		user := "foreday:{poison-" + strings.TrimSuffix(key, ":"+today) + "}:"
		if err := h.client.LPush(ctx, user+key, "no such thing").Err(); err != nil {
			return err
		}
	}
	pipe := h.client.Pipeline()
	for i := range poisonDays {
		day := summarizer.DateOf(time.Date(2000, 1, 1+i, 0, 0, 0, 0, time.UTC)).String()
		pipe.Do(ctx, "ZADD", "foreday:{poison-many}:days", time.Now().Add(48*time.Hour).Unix(), day)
		pipe.HSet(ctx, "foreday:{poison-many}:day:"+day, "gen", time.Now().UnixMicro())
	}
	_, err := pipe.Exec(ctx)
	return err
}

// attackPoison sends messages of those users, five times a second.
func (h *hostile) attackPoison(ctx context.Context) error {
	start := h.today().Start().Add(12 * time.Hour)
	for i := 0; ctx.Err() == nil; i++ {
		var messages []events.Message
		for _, name := range []string{"day", "days", "zone", "summary", "stale", "settings", "routine", "many"} {
			user := "poison-" + name
			h.stand.Google.AddUser(user, time.UTC)
			messages = append(messages,
				events.Message{Type: events.EventCreated, User: user, Event: fmt.Sprintf("e%d", i), Span: events.Between(start, start.Add(time.Hour))},
				events.Message{Type: events.CalendarChanged, User: user})
		}
		if _, err := h.publisher().PublishAll(ctx, messages); err != nil {
			return err
		}
		sleep(ctx, 200*time.Millisecond)
	}
	return nil
}

// Calendars of absurd size: one with many events on a day, one with long titles.
const (
	hugeEvents    = 50_000
	longTitles    = 200
	longTitleSize = 100_000
)

func (h *hostile) fillHuge() error {
	at := h.today().Start().Add(9 * time.Hour)
	for user, make := range map[string]func(int) string{
		"huge-many": func(i int) string { return fmt.Sprintf("Lot %d of the auction", i) },
		"huge-long": func(i int) string { return strings.Repeat(fmt.Sprintf("word%d ", i), longTitleSize/8) },
	} {
		n := hugeEvents
		if user == "huge-long" {
			n = longTitles
		}
		h.stand.Google.AddUser(user, time.UTC)
		cal := &ical.Calendar{}
		for i := range n {
			start := at.Add(time.Duration(i%600) * time.Minute)
			cal.Events = append(cal.Events, &calendar.Event{
				Id: fmt.Sprintf("lot%06d", i), ICalUID: fmt.Sprintf("lot%d", i), Summary: make(i), Status: "confirmed",
				Start: &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
				End:   &calendar.EventDateTime{DateTime: start.Add(5 * time.Minute).Format(time.RFC3339)},
			})
		}
		if err := h.stand.Google.Import(user, "primary", cal); err != nil {
			return err
		}
	}
	return nil
}

// attackHuge changes and reads those calendars.
func (h *hostile) attackHuge(ctx context.Context) error {
	for ctx.Err() == nil {
		for i, user := range []string{"huge-many", "huge-long"} {
			if _, err := h.publisher().Publish(ctx, events.Message{Type: events.CalendarChanged, User: user}); err != nil {
				return err
			}
			h.read(ctx, i%hostileWorkers, user) // whatever comes of it
		}
		sleep(ctx, 500*time.Millisecond)
	}
	var kept int64
	for _, user := range []string{"huge-many", "huge-long"} {
		keys, err := h.client.Keys(h.bench.ctx, "foreday:{"+user+"}:*").Result()
		if err != nil {
			return err
		}
		for _, key := range keys {
			n, err := h.client.MemoryUsage(h.bench.ctx, key).Result()
			if err != nil {
				return err
			}
			kept = max(kept, n)
		}
	}
	h.bench.metrics["huge_value_kb"] = float64(kept) / 1024
	return nil
}

// brokenUsers are users for whom the token broker fails, each read once a second.
const brokenUsers = 1_100

func brokenUser(n int) string { return fmt.Sprintf("broken%d", n) }

func (h *hostile) attackBroken(ctx context.Context) error {
	h.addUsers(brokenUsers, brokenUser)
	h.fault(ctx, googletest.Fault{
		Method: "broker", Status: http.StatusInternalServerError,
		Match: func(r *http.Request) bool { return strings.Contains(r.URL.Path, "/broken") },
	})
	before := h.stand.Google.Requests().ByMethod["broker"]
	h.readAll(ctx, brokenUsers, brokenUser, time.Second)
	h.bench.metrics["broken_tries_per_user"] = float64(h.stand.Google.Requests().ByMethod["broker"]-before) / brokenUsers
	return nil
}

// slowUsers are users whose calendars take slowFor to answer, all read at once.
const (
	slowUsers = 1_024
	slowFor   = 8 * time.Second
)

func slowUser(n int) string { return fmt.Sprintf("slow%d", n) }

func (h *hostile) attackWaiting(ctx context.Context) error {
	h.addUsers(slowUsers, slowUser)
	for n := range slowUsers {
		h.fault(ctx, googletest.Fault{User: slowUser(n), Delay: slowFor})
	}
	h.readAll(ctx, slowUsers, slowUser, 0)
	return nil
}

// failingUsers have calendars that always fail, each in another way.
var failingUsers = map[string]googletest.Fault{
	"failing-500":  {Status: http.StatusInternalServerError},
	"failing-503":  {Status: http.StatusServiceUnavailable},
	"failing-cut":  {Cut: true},
	"failing-slow": {Delay: time.Minute},
}

func (h *hostile) attackFailing(ctx context.Context) error {
	var users []string
	for user, f := range failingUsers {
		h.stand.Google.AddUser(user, time.UTC)
		f.User = user
		h.fault(ctx, f)
		users = append(users, user)
	}
	go h.readAll(ctx, len(users), func(n int) string { return users[n] }, 100*time.Millisecond)
	for ctx.Err() == nil {
		for _, user := range users {
			if _, err := h.publisher().Publish(ctx, events.Message{Type: events.CalendarChanged, User: user}); err != nil {
				return err
			}
		}
		sleep(ctx, 100*time.Millisecond)
	}
	return nil
}

// addUsers adds n users whose calendars are empty.
func (h *hostile) addUsers(n int, user func(int) string) {
	for i := range n {
		h.stand.Google.AddUser(user(i), time.UTC)
	}
}

// readAll has each of n users read again and again, with a pause between.
func (h *hostile) readAll(ctx context.Context, n int, user func(int) string, pause time.Duration) {
	var readers sync.WaitGroup
	for i := range n {
		readers.Go(func() {
			sleep(ctx, time.Duration(i)*pause/time.Duration(n))
			for ctx.Err() == nil {
				next := time.Now().Add(pause)
				h.read(ctx, i%hostileWorkers, user(i)) // whatever comes of it
				sleep(ctx, max(time.Until(next), 10*time.Millisecond))
			}
		})
	}
	readers.Wait()
}

// sleep pauses unless ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
