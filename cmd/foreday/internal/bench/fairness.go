package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/events"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker/processtest"
)

// The workload of bench fairness: two deployments of fairWorkers worker processes
// at the same time, each under a limit of fairRPM calls of the model a minute. In
// both, fairQuiet quiet users have jobs, at random moments of a minute (PCG, by
// the seed); in one of them a loud user has fairLoad times as many as each of
// those besides. Each job is another day of its user's, on which something new
// comes up. The wait of a job is from the publication of its message until the
// model is asked for its text.
//
// In the part crowded, the quiet users alone have more to do than the limit
// allows at once; in the part roomy, two thirds of it.
const (
	fairWorkers = 4
	fairQuiet   = 50
	fairLoad    = 100
	fairRPM     = 250
	fairCrowded = 6 // jobs of each quiet user, in a minute
	fairRoomy   = 3
	// fairPatience is how long after its minute the quiet users' work may take.
	fairPatience = 2 * time.Minute
)

const loudUser = "loud"

func benchFairness(b *bench) error {
	if err := b.fairPart("crowded", fairCrowded); err != nil {
		return err
	}
	without, with := b.metrics["crowded_p95_wait_without_s"], b.metrics["crowded_p95_wait_with_s"]
	b.metrics["quiet_p95_ratio"] = with / without
	return b.fairPart("roomy", fairRoomy)
}

// fairPart measures one part, with and without the loud user.
func (b *bench) fairPart(part string, each int) error {
	var waits [2][]time.Duration
	var group errgroup.Group
	for i, loud := range []int{0, fairLoad * each} {
		group.Go(func() (err error) {
			waits[i], err = b.fairRun(part, each, loud)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	for i, name := range []string{"without", "with"} {
		b.metrics[part+"_p50_wait_"+name+"_s"] = processtest.Percentile(waits[i], .5).Seconds()
		b.metrics[part+"_p95_wait_"+name+"_s"] = processtest.Percentile(waits[i], .95).Seconds()
	}
	return nil
}

// fairJob is one job: an event that is to be published at a time.
type fairJob struct {
	at      time.Duration
	message events.Message
	title   string
}

// fairRun returns how long the quiet users' jobs waited, who have so many each,
// beside so many of the loud one.
func (b *bench) fairRun(part string, each, loud int) ([]time.Duration, error) {
	d, err := newDeployment(b, limits{googleRPM: quotaGoogleRPM, rpm: fairRPM}, max(each, loud)+1)
	if err != nil {
		return nil, err
	}
	defer d.close()
	jobs, err := d.fairJobs(each, loud)
	if err != nil {
		return nil, err
	}
	if err := d.fleet.start(fairWorkers); err != nil {
		return nil, err
	}
	published := map[string]time.Time{} // the quiet users', by title
	publisher, began := d.publisher(), time.Now()
	for _, j := range jobs {
		if err := b.pause(part, began, began.Add(j.at)); err != nil {
			return nil, err
		}
		at := time.Now()
		if _, err := publisher.Publish(b.ctx, j.message); err != nil {
			return nil, err
		}
		if j.message.User != loudUser {
			published[j.title] = at
		}
	}
	waits, err := d.fairWaits(published)
	b.metricsLock.Lock()
	b.metrics["violations"] += d.violations()
	b.metricsLock.Unlock()
	if err != nil {
		return nil, err
	}
	return waits, d.fleet.stop()
}

// fairJobs makes up the work, in order of time.
func (d *deployment) fairJobs(each, loud int) ([]fairJob, error) {
	random := rand.New(rand.NewPCG(d.bench.Seed, 2))
	var jobs []fairJob
	add := func(user string, n int) error {
		d.stand.Google.AddUser(user, time.UTC)
		for i := range n {
			e := appointment(random, d.first.AddDays(i), 9)
			m, err := d.appoint(user, e)
			if err != nil {
				return err
			}
			jobs = append(jobs, fairJob{time.Duration(random.Int64N(int64(limitWindow))), m, e.Summary})
		}
		return nil
	}
	for n := range fairQuiet {
		if err := add(fmt.Sprintf("quiet%d", n), each); err != nil {
			return nil, err
		}
	}
	if err := add(loudUser, loud); err != nil {
		return nil, err
	}
	slices.SortStableFunc(jobs, func(a, b fairJob) int { return int(a.at - b.at) })
	return jobs, nil
}

// fairWaits waits until the model was asked for all that was published, and
// returns how long each waited.
func (d *deployment) fairWaits(published map[string]time.Time) ([]time.Duration, error) {
	for began := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		asked := map[string]time.Time{}
		for _, s := range d.upstream.all() {
			for _, title := range titlesIn(s.Request) {
				if _, known := asked[title]; !known {
					asked[title] = s.At
				}
			}
		}
		var waits []time.Duration
		for title, at := range published {
			if first, ok := asked[title]; ok {
				waits = append(waits, first.Sub(at))
			}
		}
		switch {
		case len(waits) == len(published):
			return waits, nil
		case d.bench.ctx.Err() != nil:
			return nil, d.bench.ctx.Err()
		case time.Since(began) > fairPatience:
			return nil, fmt.Errorf("%d of %d jobs of quiet users still wait after %v", len(published)-len(waits), len(published), fairPatience)
		}
	}
}

// titlesIn returns the titles of the events that a text is asked for about.
func titlesIn(r openaitest.Request) []string {
	var titles []string
	for _, m := range r.Messages {
		var day struct {
			Events []struct {
				Title string `json:"title"`
			} `json:"events"`
		}
		if m.Role == "user" && json.Unmarshal([]byte(m.Content), &day) == nil {
			for _, e := range day.Events {
				titles = append(titles, e.Title)
			}
		}
	}
	return titles
}
