package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"foreday/events"
)

// The workload of bench quota: quotaWorkers worker processes on a redis-server of
// the bench's own, and stand-ins for Google and the model that enforce their
// windows. Each user has quotaDays days with 1 to 4 new events each. All events
// are published at once in a random order (PCG, by the seed); each day of each
// user is one job, and there are quotaExcess times more of them than the model's
// limits allow in the windows that are measured. A job asks Google, then the
// model, which takes modelDelay for an answer and sends what is left of its
// limits along.
//
//	requests  the model's requests a minute bind
//	outage    its tokens a minute bind. Apps ask for summaries all the while;
//	          after quotaBefore, Redis is killed, and it comes back quotaOutage later
//	kills     a job comes every quotaEvery, under a limit that binds nobody;
//	          quotaKills workers are killed, each while it holds turns that are
//	          not settled, and replaced at once
//
// What is allowed, used and over it is counted by the stand-ins, from when calls
// arrive. Trips and jobs are those of the parts requests and outage until Redis is
// killed: of both services together, over the jobs that have asked for a turn.
const (
	quotaWorkers   = 4
	quotaDays      = 50
	quotaExcess    = 10
	quotaRPM       = 300
	quotaTPM       = 200_000
	quotaJobTokens = 1000 // what a job takes of them, roughly
	// quotaLength is two windows. Calls that fill one in a burst come in bursts
	// from then on: in so long, a window begins at every moment between two.
	quotaLength   = 120 * time.Second
	quotaShortest = 90 * time.Second

	// Google's own limits.
	quotaGoogleRPM     = 10_000
	quotaGoogleUserRPM = 600
)

type quotaPart struct {
	name    string
	measure func(*bench) error
}

// quotaParts are what bench quota measures one after the other.
var quotaParts = []quotaPart{
	{"requests", benchQuotaRequests},
	{"outage", benchQuotaOutage},
	{"kills", benchQuotaKills},
}

func benchQuota(b *bench) error {
	for _, p := range quotaParts {
		if !b.wants(p.name) {
			continue
		}
		if err := p.measure(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// quotaRun is a deployment with ten times too much to do.
type quotaRun struct {
	*deployment
	users int
	jobs  int
}

// newQuotaRun starts everything but the workers. A limit of the model's that is 0
// is none. jobs is rounded up to whole users.
func newQuotaRun(b *bench, rpm, tpm, jobs int) (*quotaRun, error) {
	d, err := newDeployment(b, limits{googleRPM: quotaGoogleRPM, googleUserRPM: quotaGoogleUserRPM, rpm: rpm, tpm: tpm}, quotaDays)
	users := (jobs + quotaDays - 1) / quotaDays
	return &quotaRun{d, users, users * quotaDays}, err
}

func quotaUser(n int) string { return fmt.Sprintf("user%d", n) }

// publish publishes all the work at once.
func (r *quotaRun) publish() error {
	messages, err := r.fill()
	if err != nil {
		return err
	}
	_, err = r.publisher().PublishAll(r.bench.ctx, messages)
	return err
}

// fill fills the calendars and returns what is to be published.
func (r *quotaRun) fill() ([]events.Message, error) {
	random := rand.New(rand.NewPCG(r.bench.Seed, 1))
	var messages []events.Message
	for n := range r.users {
		r.stand.Google.AddUser(quotaUser(n), time.UTC)
		for d := range quotaDays {
			for i := range 1 + random.IntN(4) {
				m, err := r.appoint(quotaUser(n), appointment(random, r.first.AddDays(d), 9+2*i))
				if err != nil {
					return nil, err
				}
				messages = append(messages, m)
			}
		}
	}
	random.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
	return messages, nil
}

// begin starts the workers, publishes all the work, and returns when the first
// call of the model arrived.
func (r *quotaRun) begin() (time.Time, error) {
	if err := r.fleet.start(quotaWorkers); err != nil {
		return time.Time{}, err
	}
	if err := r.publish(); err != nil {
		return time.Time{}, err
	}
	return r.await()
}

// await waits until the model was asked first, and returns when that was.
func (r *quotaRun) await() (time.Time, error) {
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		if all := r.upstream.all(); len(all) > 0 {
			return all[0].At, nil
		}
		if err := r.bench.ctx.Err(); err != nil {
			return time.Time{}, err
		}
	}
	return time.Time{}, fmt.Errorf("the model was not asked within 30s")
}

// quotaCost is what the jobs of several parts took.
type quotaCost struct{ jobs, done, trips, vain float64 }

// costs adds what the run's jobs have taken so far. Those that nobody has picked
// up yet do not count.
func (r *quotaRun) costs() (quotaCost, error) {
	c, err := r.fleet.counters()
	if err != nil {
		return quotaCost{}, err
	}
	untouched, err := r.client.LLen(r.bench.ctx, "asynq:{foreday:refresh}:pending").Result()
	if err != nil {
		return quotaCost{}, err
	}
	return quotaCost{
		jobs: float64(r.jobs) - float64(untouched), done: float64(len(r.upstream.all())),
		trips: c["foreday_quota_trips_total"], vain: c["foreday_quota_vain_wakeups_total"],
	}, nil
}

// report adds the cost of a part to what was reported of parts before.
func (c quotaCost) report(b *bench) {
	c.jobs += b.metrics["jobs"]
	c.done += b.metrics["jobs_done"]
	c.trips += b.metrics["limiter_trips"]
	c.vain += b.metrics["wakeups_in_vain"]
	b.metrics["jobs"], b.metrics["jobs_done"], b.metrics["limiter_trips"], b.metrics["wakeups_in_vain"] = c.jobs, c.done, c.trips, c.vain
	b.metrics["limiter_trips_per_job"] = c.trips / c.jobs
	b.metrics["wakeups_in_vain_per_job"] = c.vain / c.jobs
	b.metrics["limiter_trips_per_job_done"] = c.trips / c.done
	b.metrics["wakeups_in_vain_per_job_done"] = c.vain / c.done
}

// windowsIn is how many windows must be filled in so long a time.
func windowsIn(length time.Duration) int { return int((length + limitWindow - 1) / limitWindow) }

func benchQuotaRequests(b *bench) error {
	length := quotaLength
	if b.For > 0 {
		length = b.For
	}
	r, err := newQuotaRun(b, quotaRPM, 0, quotaRPM*windowsIn(length)*quotaExcess)
	if err != nil {
		return err
	}
	defer r.close()
	began, err := r.begin()
	if err != nil {
		return err
	}
	end := began.Add(length)
	if err := b.pause("requests", began, end); err != nil {
		return err
	}
	cost, err := r.costs()
	if err != nil {
		return err
	}
	cost.report(b)
	b.metrics["violations"] += r.violations()
	b.metrics["utilisation_requests"] = r.upstream.utilisation(began, end)
	b.metrics["utilisation"] = b.metrics["utilisation_requests"]
	return r.fleet.stop()
}
