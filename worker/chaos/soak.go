package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
)

// settings say what a soak does.
type settings struct {
	length   time.Duration // how long things are broken
	seed     uint64
	binary   string // the program
	dir      string // for its files
	progress *progress
	// maxRecovery is what 99 of 100 recoveries may take.
	maxRecovery time.Duration
}

const (
	users   = 30
	workers = 3
	apps    = 3 // that change calendars
	readers = 2 // that read through the Go package
	// calmDown bounds how long everything may take to come right in the end.
	calmDown = 40 * time.Second
)

// deployment is all that runs.
type deployment struct {
	settings
	journal   *journal
	redis     *redisServer
	upstreams *upstreams
	proxies   []*proxy
	fleet     *fleet
	client    redis.UniversalClient // of apps and watch: no proxy in between
	truth     *truth
	traffic   *traffic
}

// soak breaks things for the time set, lets them calm down, and reports.
func soak(ctx context.Context, s settings) (report, error) {
	d, err := deploy(ctx, s)
	if err != nil {
		return report{}, err
	}
	defer d.stop()
	watching, stopWatch := context.WithCancel(ctx)
	g, watching := errgroup.WithContext(watching)
	g.Go(func() error { return watch(watching, d.client, d.truth) })
	for range readers {
		g.Go(func() error { return d.readAsApp(watching) })
	}
	d.fleet.start()
	err = d.trouble(watching)
	if err == nil {
		err = d.settle(watching)
	}
	stopWatch()
	if watchErr := g.Wait(); err == nil && !errors.Is(watchErr, context.Canceled) {
		err = watchErr
	}
	if err != nil || ctx.Err() != nil {
		return report{}, errors.Join(err, ctx.Err())
	}
	d.fleet.stop()
	return d.report(ctx)
}

// deploy starts everything but the workers.
func deploy(ctx context.Context, s settings) (_ *deployment, err error) {
	d := &deployment{settings: s}
	defer func() {
		if err != nil {
			d.stop()
		}
	}()
	if d.journal, err = openJournal(s.dir); err != nil {
		return nil, err
	}
	if d.redis, err = startRedis(s.dir, d.journal); err != nil {
		return nil, err
	}
	if d.client, err = cache.Connect(d.redis.URL()); err != nil {
		return nil, err
	}
	if d.upstreams, err = startUpstreams(s.seed); err != nil {
		return nil, err
	}
	var addresses []string
	for i := range workers {
		p, err := startProxy(fmt.Sprintf("proxy-%d", i+1), d.redis.Addr(), d.journal)
		if err != nil {
			return nil, err
		}
		d.proxies = append(d.proxies, p)
		addresses = append(addresses, p.url())
	}
	d.fleet = newFleet(s.binary, addresses, d.upstreams.URL, d.journal)
	d.truth = newTruth(d.journal)
	d.traffic = newTraffic(d.client, d.upstreams.Google, d.truth, s.seed)
	return d, ctx.Err()
}

func (d *deployment) stop() {
	if d.fleet != nil {
		d.fleet.stop()
	}
	for _, p := range d.proxies {
		p.stop()
	}
	if d.upstreams != nil {
		d.upstreams.Close()
	}
	if d.client != nil {
		d.client.Close()
	}
	if d.redis != nil {
		d.redis.Crash()
	}
	if d.journal != nil {
		d.journal.close()
	}
}

// trouble lets apps change calendars, and breaks things, for the time set. Each
// kind of trouble has a schedule of its own, made from the seed.
func (d *deployment) trouble(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	during, over := context.WithTimeout(ctx, d.length)
	defer over()
	g, during := errgroup.WithContext(during)
	stream := uint64(0)
	start := func(part func(context.Context, *rand.Rand) error) {
		stream++
		random := rand.New(rand.NewPCG(d.seed, stream))
		g.Go(func() error { return part(during, random) })
	}
	start(d.killWorkers)
	start(d.freezeWorkers)
	start(d.redis.killAgainAndAgain)
	start(d.redis.stepAgainAndAgain)
	for _, p := range d.proxies {
		start(p.breakAgainAndAgain)
	}
	for i := range apps {
		start(func(during context.Context, random *rand.Rand) error { return d.traffic.change(ctx, during, i, random) })
	}
	g.Go(func() error {
		for began := time.Now(); pause(during, 200*time.Millisecond); {
			d.progress.at(time.Since(began), d.length, d.fleet.tallied().kills, d.truth.told())
		}
		return nil
	})
	return g.Wait()
}

// killWorkers kills one worker every 1 to 3 s.
func (d *deployment) killWorkers(ctx context.Context, random *rand.Rand) error {
	for pause(ctx, between(random, time.Second, 3*time.Second)) {
		// What is out of date is noted first, lest the kill be given too little to answer for.
		note := d.truth.killing(time.Now())
		if d.fleet.kill(random) {
			note()
		}
	}
	return nil
}

// freezeWorkers stops one worker after the other for longer than its leases last, and
// at times for longer than messages may be pending with it.
func (d *deployment) freezeWorkers(ctx context.Context, random *rand.Rand) error {
	for pause(ctx, between(random, time.Second, 4*time.Second)) {
		note := d.truth.killing(time.Now())
		thaw := d.fleet.freeze(random)
		if thaw == nil {
			continue
		}
		note()
		pause(ctx, between(random, 2*time.Second, 8*time.Second))
		thaw()
	}
	return nil
}

// settle waits until every day is right, or the time for it is over.
func (d *deployment) settle(ctx context.Context) error {
	deadline := time.Now().Add(calmDown)
	defer d.progress.done()
	for {
		wrong := len(d.truth.wrong())
		if wrong == 0 || time.Now().After(deadline) {
			return nil
		}
		d.progress.calming(time.Until(deadline), wrong)
		if !pause(ctx, 50*time.Millisecond) {
			return context.Cause(ctx)
		}
	}
}

// pause waits, and reports false if ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func between(random *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(random.Int64N(int64(most-least)))
}
