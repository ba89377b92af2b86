package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
	"foreday/worker/processtest"
)

const (
	people    = 20
	latecomer = people + 1 // whose day nobody reads before Redis is killed

	summaryTTL, staleTTL = 20 * time.Minute, 6 * time.Hour

	// patience is how long anything may take on a busy machine.
	patience = 60 * time.Second
)

// deployment is foreday as it runs in production, on this machine: a redis-server, two
// workers and an API as processes, and stand-ins for Google and the model.
type deployment struct {
	accepted  *acceptance
	dir       string
	redis     *redistest.Server
	client    redis.UniversalClient
	stand     *sandbox.Server
	env       []string
	processes []*processtest.Process
	api       string // its address
	began     time.Time
	read      map[string]int // summaries, by what Cache-Status said
}

// deploy starts all of it.
func deploy(ctx context.Context, a *acceptance) (*deployment, error) {
	d := &deployment{accepted: a, began: time.Now(), read: map[string]int{}}
	err := d.start(ctx)
	if err != nil {
		d.close()
		return nil, fmt.Errorf("start a deployment: %w", err)
	}
	return d, nil
}

func (d *deployment) start(ctx context.Context) (err error) {
	if d.dir, err = os.MkdirTemp("", "foreday-acceptance"); err != nil {
		return err
	}
	if d.redis, err = redistest.Launch(d.dir, redistest.WithAppendOnly()); err != nil {
		return err
	}
	if d.client, err = cache.Connect(d.redis.URL()); err != nil {
		return err
	}
	today := summarizer.DateOf(time.Now().UTC())
	d.stand, err = sandbox.Start(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		return err
	}
	for n := 1; n <= latecomer; n++ {
		d.stand.Google.AddUser(sample.User(n), time.UTC)
		if err := d.stand.Google.Import(sample.User(n), "primary", sample.Eventful(uint64(n), today, time.UTC)); err != nil {
			return err
		}
	}
	d.env = processtest.Environment(d.stand.URL, "REDIS_URL="+d.redis.URL(), "PORT=0", "FOREDAY_COOLDOWN=0s",
		"FOREDAY_SUMMARY_TTL="+summaryTTL.String(), "FOREDAY_STALE_TTL="+staleTTL.String())
	for _, command := range []string{"worker", "worker", "api"} {
		if err := d.launch(ctx, command); err != nil {
			return err
		}
	}
	return nil
}

// launch starts a process and waits until it says that it is there.
func (d *deployment) launch(ctx context.Context, command string) error {
	there := make(chan string, 1)
	cmd := exec.Command(d.accepted.program, command)
	cmd.Env = d.env
	p, err := processtest.Start(cmd, func(line string) {
		var said struct{ Message, API string }
		if json.Unmarshal([]byte(line), &said) == nil && (said.Message == "serving" || said.Message == "worker started") {
			select {
			case there <- strings.TrimSuffix(said.API, "/v1"):
			default:
			}
		}
	})
	if err != nil {
		return err
	}
	d.processes = append(d.processes, p)
	select {
	case address := <-there:
		if command == "api" {
			d.api = address
		}
		return nil
	case <-p.Ended():
		return fmt.Errorf("%s ended with %v", command, p.State())
	case <-time.After(patience):
		return fmt.Errorf("%s did not start within %v", command, patience)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *deployment) close() {
	for _, p := range d.processes {
		p.Stop(15 * time.Second)
	}
	if d.client != nil {
		d.client.Close()
	}
	if d.stand != nil {
		d.stand.Close()
	}
	if d.redis != nil {
		d.redis.Crash()
	}
	os.RemoveAll(d.dir)
}

// answer is a summary as a reader got it.
type answer struct {
	cached  string // hit, stale, miss, bypass
	took    time.Duration
	summary summarizer.Summary
}

// get reads a user's day over HTTP and counts from where it came.
func (d *deployment) get(ctx context.Context, user string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.api+"/v1/users/"+user+"/summaries/today", nil)
	if err != nil {
		return answer{}, err
	}
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	got := answer{cached: cacheResult(res.Header.Get("Cache-Status")), took: time.Since(began)}
	d.read[got.cached]++
	if res.StatusCode != http.StatusOK {
		return got, fmt.Errorf("%s was answered with %s", user, res.Status)
	}
	return got, json.Unmarshal(body, &got.summary)
}

// cacheResult is the name that the metrics have for what Cache-Status says.
func cacheResult(status string) string {
	for _, result := range []string{"bypass", "stale", "miss", "hit"} {
		if strings.Contains(status, "; "+result) || strings.Contains(status, "fwd="+result) {
			return result
		}
	}
	return "none"
}

// create puts an event into a user's calendar and publishes that.
func (d *deployment) create(ctx context.Context, user string, e *calendar.Event, start time.Time) error {
	e.Start = &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)}
	e.End = &calendar.EventDateTime{DateTime: start.Add(time.Hour).Format(time.RFC3339)}
	put, err := d.stand.Google.Insert(user, "primary", e)
	if err != nil {
		return err
	}
	_, err = events.NewPublisher(d.client, events.PublisherConfig{}).Publish(ctx, events.Message{
		Type: events.EventCreated, User: user, Event: put.Id, Span: events.Between(start, start.Add(time.Hour)),
	})
	return err
}

var errLate = errors.New("it did not come in time")

// until reads a user's day until it is as wanted.
func (d *deployment) until(ctx context.Context, user string, wanted func(answer) (bool, error)) error {
	for began := time.Now(); time.Since(began) < patience; {
		got, err := d.get(ctx, user)
		if err != nil {
			return err
		}
		if there, err := wanted(got); there || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
	return errLate
}
