package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
)

// traffic is what apps do: they change calendars and tell the stream.
type traffic struct {
	calendar  *googletest.Server
	publisher *events.Publisher
	client    redis.UniversalClient
	truth     *truth
	people    []*person
	planted   atomic.Int64 // malformed messages
	moved     atomic.Int64 // events, from one day to another
	counts    map[events.Type]*atomic.Int64
}

// newTraffic makes up the users, each with two days that are due: today and
// tomorrow. Nobody lives where a new day is about to begin.
func newTraffic(client redis.UniversalClient, cal *googletest.Server, t *truth, seed uint64) *traffic {
	tr := &traffic{
		calendar: cal, client: client, truth: t,
		publisher: events.NewPublisher(client, events.PublisherConfig{}),
		counts:    map[events.Type]*atomic.Int64{},
	}
	for _, typ := range []events.Type{events.EventCreated, events.EventUpdated, events.EventDeleted, events.CalendarChanged} {
		tr.counts[typ] = &atomic.Int64{}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for n := range users {
		zone := aZone(random, time.Now())
		p := &person{user: fmt.Sprintf("u%d", n+1), zone: zone, today: summarizer.DateOf(time.Now().In(zone))}
		cal.AddUser(p.user, zone)
		t.add(p.user, p.today)
		t.add(p.user, p.today.AddDays(1))
		tr.people = append(tr.people, p)
	}
	return tr
}

const (
	// meanPause is between two changes, or bursts of changes, of one app.
	meanPause = 400 * time.Millisecond
	// favour is how much likelier some users are than others: 1 is not at all.
	favour = 1.3
)

// change changes the calendars of one app's users until during ends: some of
// them often, some seldom, at times several changes in a row. ctx is for what
// was begun.
func (tr *traffic) change(ctx, during context.Context, app int, random *rand.Rand) error {
	var mine []*person
	for i := app; i < len(tr.people); i += apps {
		mine = append(mine, tr.people[i])
	}
	for pause(during, time.Duration(random.ExpFloat64()*float64(meanPause))) {
		p := mine[int(math.Pow(random.Float64(), favour)*float64(len(mine)))]
		burst := 1
		if random.IntN(8) == 0 {
			burst += random.IntN(6)
		}
		for range burst {
			if err := tr.changeOnce(ctx, p, random); err != nil {
				return err
			}
		}
		if random.IntN(40) == 0 {
			if err := tr.plant(ctx, p, random); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeOnce makes one change: first in the calendar, then on the stream.
func (tr *traffic) changeOnce(ctx context.Context, p *person, random *rand.Rand) error {
	switch n := random.IntN(20); {
	case len(p.events) < 3 || n < 7 && len(p.events) < 8:
		return tr.create(ctx, p, random, events.EventCreated)
	case n < 14:
		return tr.update(ctx, p, random)
	case n < 19 || len(p.events) >= 8:
		return tr.remove(ctx, p, random)
	default:
		return tr.create(ctx, p, random, events.CalendarChanged)
	}
}

func (tr *traffic) create(ctx context.Context, p *person, random *rand.Rand, typ events.Type) error {
	p.made++
	e := p.imagine(fmt.Sprintf("chaos%s%05d", p.user, p.made), random)
	p.events = append(p.events, e)
	m := events.Message{Type: typ, User: p.user}
	touched := e.touches
	if typ == events.CalendarChanged {
		touched = everyDay
	} else {
		m.Event, m.Span = e.id, e.span
	}
	return tr.tell(ctx, p, m, random, touched, func() error {
		_, err := tr.calendar.Insert(p.user, events.PrimaryCalendar, e.google())
		return err
	})
}

// update moves an event, mostly to another time or day, and two in three times renames
// it. One in ten messages does not say where the event was.
func (tr *traffic) update(ctx context.Context, p *person, random *rand.Rand) error {
	i := random.IntN(len(p.events))
	before := p.events[i]
	after := p.imagine(before.id, random)
	if random.IntN(3) == 0 {
		after.title = before.title
	}
	if before.first != after.first || before.last != after.last {
		tr.moved.Add(1)
	}
	p.events[i] = after
	m := events.Message{Type: events.EventUpdated, User: p.user, Event: after.id, Span: after.span, Was: before.span}
	touched := func(d summarizer.Date) bool { return before.touches(d) || after.touches(d) }
	if random.IntN(10) == 0 {
		m.Was, touched = events.Span{}, everyDay
	}
	return tr.tell(ctx, p, m, random, touched, func() error {
		patch := after.google()
		patch.Id = ""
		// An event that becomes one of whole days must lose its times, and the other way round.
		if after.span.AllDay {
			patch.Start.NullFields, patch.End.NullFields = []string{"DateTime", "TimeZone"}, []string{"DateTime", "TimeZone"}
		} else {
			patch.Start.NullFields, patch.End.NullFields = []string{"Date"}, []string{"Date"}
		}
		_, err := tr.calendar.Patch(p.user, events.PrimaryCalendar, after.id, patch)
		return err
	})
}

func (tr *traffic) remove(ctx context.Context, p *person, random *rand.Rand) error {
	i := random.IntN(len(p.events))
	e := p.events[i]
	p.events = append(p.events[:i:i], p.events[i+1:]...)
	m := events.Message{Type: events.EventDeleted, User: p.user, Event: e.id, Span: e.span}
	return tr.tell(ctx, p, m, random, e.touches, func() error {
		return tr.calendar.Delete(p.user, events.PrimaryCalendar, e.id)
	})
}

// tell writes a change to the calendar and publishes the message about it, as
// often as it takes.
func (tr *traffic) tell(ctx context.Context, p *person, m events.Message, random *rand.Rand,
	touched func(summarizer.Date) bool, write func() error) error {
	n := tr.truth.writing(p.user, func(d summarizer.Date) []string {
		if !touched(d) {
			return nil
		}
		return p.titles(d)
	})
	if err := write(); err != nil {
		return fmt.Errorf("change the calendar: %w", err)
	}
	tr.truth.wrote(n)
	for {
		sent := time.Now()
		// Apps in Go fence what they publish; of the others, many leave that to the workers.
		fenced := random.IntN(2) == 0
		id, err := tr.publish(ctx, m, fenced)
		if err == nil {
			tr.truth.publishedAs(n, id, sent, fenced)
			tr.counts[m.Type].Add(1)
			return nil
		}
		if !pause(ctx, 50*time.Millisecond) {
			return err
		}
	}
}

func (tr *traffic) publish(ctx context.Context, m events.Message, fenced bool) (id string, err error) {
	if fenced {
		return tr.publisher.Publish(ctx, m)
	}
	return tr.client.XAdd(ctx, &redis.XAddArgs{Stream: events.DefaultStream, Values: m.Values()}).Result()
}

// plantField tells planted messages apart in the dead letters.
const plantField = "planted"

// plant publishes a message that makes no sense.
func (tr *traffic) plant(ctx context.Context, p *person, random *rand.Rand) error {
	bad := [][]string{
		{"type", "event.created", "event", "e", "start", "2026-01-01", "end", "2026-01-02"},
		{"type", "event.created", "user", p.user, "event", "e", "start", "2026-01-02T10:00:00Z", "end", "2026-01-02T09:00:00Z"},
		{"type", "event.created", "user", p.user, "event", "e", "start", "2026-01-02T10:00:00+25:00", "end", "2026-01-02T11:00:00+25:00"},
		{"type", "event.exploded", "user", p.user},
		{"type", "event.deleted", "user", p.user, "start", "2026-02-30", "end", "2026-03-01"},
	}
	values := append(bad[random.IntN(len(bad))], plantField, fmt.Sprint(tr.planted.Add(1)))
	for {
		err := tr.client.XAdd(ctx, &redis.XAddArgs{Stream: events.DefaultStream, Values: values}).Err()
		if err == nil {
			return nil
		}
		if !pause(ctx, 50*time.Millisecond) {
			return err
		}
	}
}
