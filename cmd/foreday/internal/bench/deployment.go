package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// deployment is a foreday under limits: worker processes, a redis-server of its own, and
// stand-ins for Google and the model that enforce the limits.
type deployment struct {
	bench    *bench
	redis    *ownRedis
	client   redis.UniversalClient // of redis
	stand    *sandbox.Server
	upstream *upstreamLog
	fleet    *fleet
	first    summarizer.Date // that is refreshed ahead
}

// limits are what the stand-ins enforce and the workers are told; 0 is none.
type limits struct {
	googleRPM, googleUserRPM int
	rpm, tpm                 int
}

// modelDelay is how long the stand-in for the model takes.
const modelDelay = 300 * time.Millisecond

// newDeployment starts everything but the workers, which refresh so many days ahead.
func newDeployment(b *bench, l limits, days int) (*deployment, error) {
	d := &deployment{bench: b, upstream: &upstreamLog{rpm: l.rpm, tpm: l.tpm}, first: summarizer.DateOf(time.Now().UTC())}
	var err error
	if d.redis, err = startOwnRedis(redistest.WithConfig("appendonly yes")); err != nil {
		return nil, err
	}
	if d.client, err = cache.Connect(d.redis.URL()); err != nil {
		d.close()
		return nil, err
	}
	d.stand, err = sandbox.Start(0, googletest.Config{Seed: b.Seed},
		openaitest.Config{RPM: l.rpm, TPM: l.tpm, Delay: modelDelay, Seen: d.upstream.note})
	if err != nil {
		d.close()
		return nil, err
	}
	d.stand.Google.Quota(l.googleRPM, l.googleUserRPM)
	d.fleet = newFleet(b.ctx, d.redis.URL(), d.stand, days,
		fmt.Sprintf("FOREDAY_OPENAI_RPM=%d", l.rpm), fmt.Sprintf("FOREDAY_OPENAI_TPM=%d", l.tpm),
		fmt.Sprintf("FOREDAY_GOOGLE_RPM=%d", l.googleRPM), fmt.Sprintf("FOREDAY_GOOGLE_USER_RPM=%d", l.googleUserRPM))
	return d, nil
}

func (d *deployment) close() {
	if d.fleet != nil {
		d.fleet.kill()
	}
	if d.stand != nil {
		d.stand.Close()
	}
	if d.client != nil {
		d.client.Close()
	}
	d.redis.close()
}

// violations counts what the stand-ins refused for want of quota.
func (d *deployment) violations() float64 {
	return float64(d.upstream.refused() + d.stand.Google.Requests().Refused)
}

// ownRedis is a redis-server that a bench starts for itself, and may kill.
type ownRedis struct {
	*redistest.Server
	dir string
}

// startOwnRedis starts a redis-server in a directory of its own.
func startOwnRedis(opts ...redistest.Option) (*ownRedis, error) {
	dir, err := os.MkdirTemp("", "foreday-bench")
	if err != nil {
		return nil, err
	}
	server, err := redistest.Launch(dir, opts...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &ownRedis{server, dir}, nil
}

func (r *ownRedis) close() {
	r.Crash()
	os.RemoveAll(r.dir)
}

// appoint puts an event into a user's calendar and returns the message that
// tells of it.
func (d *deployment) appoint(user string, e *calendar.Event) (events.Message, error) {
	put, err := d.stand.Google.Insert(user, "primary", e)
	if err != nil {
		return events.Message{}, err
	}
	return events.Message{Type: events.EventCreated, User: user, Event: put.Id, Span: span(put)}, nil
}

func (d *deployment) publisher() *events.Publisher {
	return events.NewPublisher(d.client, events.PublisherConfig{})
}

// appointment makes up an event whose title is like no other.
func appointment(random *rand.Rand, day summarizer.Date, hour int) *calendar.Event {
	word := func() string {
		w := make([]byte, 4+random.IntN(9))
		for i := range w {
			w[i] = byte('a' + random.IntN(26))
		}
		return string(w)
	}
	start := summarizer.Day{Date: day, Zone: time.UTC}.Start().Add(time.Duration(hour) * time.Hour)
	return &calendar.Event{
		Summary: "Meet " + word() + " about " + word(),
		Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
		End:     &calendar.EventDateTime{DateTime: start.Add(time.Hour).Format(time.RFC3339)},
	}
}

// pause waits until a time and shows the progress.
func (b *bench) pause(part string, from, until time.Time) error {
	for now := time.Now(); now.Before(until); now = time.Now() {
		b.progress.At(part, now.Sub(from).Seconds()/until.Sub(from).Seconds())
		select {
		case <-b.ctx.Done():
			return b.ctx.Err()
		case <-time.After(min(200*time.Millisecond, until.Sub(now))):
		}
	}
	return nil
}
