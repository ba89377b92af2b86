package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/singleflight"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/summarizer/loggable"
	"foreday/summarizer/memo"
)

// Requester hands a refresh that a reader waits for to the workers.
type Requester interface {
	// Request enqueues the task ahead of those that nobody waits for. A task
	// that is in the queue already is success.
	Request(ctx context.Context, task freshness.Task) error
}

// Generator makes summaries without any cache, for when Redis is away.
type Generator interface {
	// Today returns the day it is for the user.
	Today(ctx context.Context, user string) (summarizer.Day, error)
	// Generate makes the summary of one day, as the user prefers.
	Generate(ctx context.Context, user string, date summarizer.Date, prefer summarizer.Preferences) (summarizer.Summary, error)
}

// Status says where an answer came from.
type Status string

// The statuses; foreday_cache_reads_total counts by them.
const (
	Hit    Status = "hit"    // the fresh copy
	Stale  Status = "stale"  // an older summary; a new one is on its way unless Fault says otherwise
	Miss   Status = "miss"   // nothing was there, and the reader waited for it
	Bypass Status = "bypass" // Redis is away, or holds what cannot be read: made for this reader alone
)

// Answer is a summary with where it came from.
type Answer struct {
	Summary summarizer.Summary
	// JSON is the Summary as Redis has it, to be passed on without encoding it again. It
	// is "" if the Summary was made for this reader.
	JSON   string
	Status Status
	TTL    time.Duration // how long it stays fresh; only for Hit
	// Fault is why there is no fresh copy, and none is about to be; freshness.NoFault if
	// nothing is known. Once access was denied, it stays that until the calendar was read.
	Fault freshness.Fault
	// Detail is the code of the [RedisError] for which this is a Bypass, or for
	// which no newer summary than the Stale one could be asked for; "" without one.
	Detail string
}

// Errors that a reader can tell apart. summarizer.ErrAccess is another.
var (
	// ErrNotReady says that no summary could be had in time. Try again later.
	ErrNotReady = errors.New("no summary yet")
	// ErrNotCached says that nothing is in the cache, for one who wants nothing else.
	ErrNotCached = errors.New("no summary is in the cache")
	// ErrUnavailable says that Redis is away and no Generator stands in.
	ErrUnavailable = errors.New("redis is unavailable")
)

// ReaderConfig sets up a Reader. Requester and Generator may each be nil; with
// neither, a Reader serves what is there.
type ReaderConfig struct {
	Requester Requester
	Generator Generator
	// Wait is how long a reader with nothing at all waits for the workers before
	// the Generator, if there is one, is asked instead; up to a quarter less where many wait.
	// Default 10s.
	Wait time.Duration
	// RedisTimeout bounds each look into Redis, so that a Redis that hangs is
	// given up soon, and sooner where there is a copy in this process. Default 500ms.
	RedisTimeout time.Duration
	// LocalHits lets hits come from this process, without asking Redis, while [Reader.KeepLocal]
	// runs. A copy that is dropped in Redis may be given as fresh here until word of it
	// arrives: some milliseconds, and for less than a second at worst.
	LocalHits bool
	Metrics   *Metrics
	Log       zerolog.Logger
}

// Reader answers apps. A fresh copy costs one round trip. Without one, the
// summary is requested: whoever has an older copy gets that at once, flagged
// stale; whoever has nothing waits. With Redis away, the Generator answers, once
// for all who ask at the same time. It waits for nobody who is known not to come:
// what is remembered of a run that failed is told at once, and a cache sealed with
// another key is passed by. It is safe for concurrent use.
type Reader struct {
	store   *freshness.Store
	cfg     ReaderConfig
	redis   *breakers
	outages zerolog.Logger // of the many lines that an outage would make, a few
	flights singleflight.Group
	waiting atomic.Int64  // how many wait for the workers
	behind  chan struct{} // places for what they ask of Redis meanwhile
	marked  marks
	sealed  sealed
	failed  *memo.Cache[string, error] // what the Generator could not do for a user just now
	faults  *memo.Cache[string, error] // why there is no summary of a day at all, and none soon, as Redis told just now
	// prefer is what users were last known to want, for when Redis is away.
	prefer *memo.Cache[string, summarizer.Preferences]
	zones  *memo.Cache[string, zoneOf]
	local  *local
}

// zoneOf is the zone that a user's summaries were last made in, as Redis told when it was
// asked.
type zoneOf struct {
	zone  *time.Location
	asked time.Time
}

// failedFor is for how long the Generator is not asked again for a user for whom it
// failed: there is no queue to keep those who ask again and again from calling.
const failedFor = 2 * time.Second

// faultFor is for how long, at most, what Redis told of a fault is told to those who ask again,
// without asking Redis more than whether there is a fresh copy after all.
const faultFor = 3 * time.Second

// faultTTL is until the workers try again, if that is sooner.
func faultTTL(err error) time.Duration {
	if deferred := (*Deferred)(nil); errors.As(err, &deferred) {
		return min(faultFor, max(time.Until(deferred.Until), time.Nanosecond))
	}
	return faultFor
}

// NewReader returns a Reader of the store's summaries.
func NewReader(store *freshness.Store, cfg ReaderConfig) *Reader {
	if cfg.Wait == 0 {
		cfg.Wait = 10 * time.Second
	}
	if cfg.RedisTimeout == 0 {
		cfg.RedisTimeout = 500 * time.Millisecond
	}
	return &Reader{
		store: store, cfg: cfg, marked: newMarks(store.StaleTTL()/4, store.SummaryTTL()), sealed: newSealed(cfg.Log),
		failed:  memo.New[string](memo.Config[error]{Entries: 10_000, TTL: memo.For[error](failedFor)}),
		faults:  memo.New[string](memo.Config[error]{Entries: 10_000, TTL: faultTTL}),
		zones:   memo.New[string](memo.Config[zoneOf]{Entries: 100_000}),
		prefer:  memo.New[string](memo.Config[summarizer.Preferences]{Entries: 100_000}),
		redis:   newBreakers(store.Client(), cfg.RedisTimeout),
		outages: cfg.Log.Sample(&zerolog.BurstSampler{Burst: 1, Period: 30 * time.Second}),
		behind:  make(chan struct{}, behindAtOnce),
		local:   newLocal(cfg.LocalHits),
	}
}

// behindAtOnce is how many of those who are not served from the cache ask something of
// Redis at the same time: fewer than a client has connections, so that the others find
// one however many wait.
const behindAtOnce = 8

// inTurn has something asked of Redis for a reader who is not served from the cache.
func (r *Reader) inTurn(ctx context.Context, ask func() error) error {
	ctx, cancel := context.WithTimeout(ctx, r.cfg.Wait)
	defer cancel()
	select {
	case r.behind <- struct{}{}:
		defer func() { <-r.behind }()
		return ask()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Get returns the user's summary of the date. It may block for as long as a
// summary takes to make.
func (r *Reader) Get(ctx context.Context, user string, date summarizer.Date, options ...Option) (Answer, error) {
	key, want := freshness.FreshKey(user, date), wishOf(options)
	if answer := r.localHit(key, want); answer.Status != "" {
		return answer, nil
	}
	look, err := r.look(ctx, user, key, func(ctx context.Context, known *freshness.Copy) (freshness.Lookup, error) {
		return r.store.Lookup(ctx, user, date, known)
	})
	answer, err := r.answer(ctx, user, date, want, look, err)
	return r.counted(ctx, answer, err)
}

// counted counts an answer, and notes that its day is being read.
func (r *Reader) counted(ctx context.Context, answer Answer, err error) (Answer, error) {
	if err == nil {
		r.cfg.Metrics.read(answer.Status)
		if answer.Status != Bypass {
			r.markRead(ctx, &answer.Summary)
		}
	}
	return answer, err
}

// GetAhead is Get of the day that it is for the user at the instant now, or of the one so
// many days ahead. Of users whose zone was asked for before, it costs one round trip,
// too.
func (r *Reader) GetAhead(ctx context.Context, user string, days int, now time.Time, options ...Option) (Answer, error) {
	if lives, known := r.zones.Get(user); known {
		date, want := summarizer.DayAt(now, lives.zone).Date.AddDays(days), wishOf(options)
		if time.Since(lives.asked) <= localFor {
			if answer := r.localHit(freshness.FreshKey(user, date), want); answer.Status != "" {
				return answer, nil
			}
		}
		began, name := time.Now(), ""
		ask := func(ctx context.Context, known *freshness.Copy) (look freshness.Lookup, err error) {
			look, name, err = r.store.LookupWithZone(ctx, user, date, known)
			return look, err
		}
		look, err := r.look(ctx, user, freshness.FreshKey(user, date), ask)
		if err == nil && name == lives.zone.String() && r.cfg.LocalHits {
			r.zones.Set(user, zoneOf{lives.zone, began})
		}
		if err != nil || name == lives.zone.String() {
			answer, err := r.answer(ctx, user, date, want, look, err)
			return r.counted(ctx, answer, err)
		}
	}
	today, err := r.Today(ctx, user, now)
	if err != nil {
		return Answer{}, err
	}
	return r.Get(ctx, user, today.Date.AddDays(days), options...)
}

// GetDays is Get of so many days from the first on, in their order. All that is in the
// cache costs one round trip; the rest is waited for together. If there is no summary of some
// days, their Answers have no Status, and the error is a [DaysError].
func (r *Reader) GetDays(ctx context.Context, user string, first summarizer.Date, days int, options ...Option) ([]Answer, error) {
	var looks []freshness.Lookup
	before, known := make([]reading, days), make([]*freshness.Copy, days)
	for i := range days {
		before[i] = r.local.before(freshness.FreshKey(user, first.AddDays(i)))
		known[i] = before[i].known
	}
	failed := r.redis.ofUserWithin(ctx, r.patience(before...), user, func(ctx context.Context) (err error) {
		looks, err = r.store.LookupDays(ctx, user, first, known)
		return err
	})
	if failed != nil {
		looks = make([]freshness.Lookup, days)
	}
	answers, errs := make([]Answer, days), make(DaysError, days)
	var group sync.WaitGroup
	for i, look := range looks {
		date, err := first.AddDays(i), cmp.Or(failed, look.Err)
		if err == nil {
			r.local.keep(freshness.FreshKey(user, date), look, before[i])
		}
		group.Go(func() { answers[i], errs[i] = r.answer(ctx, user, date, wishOf(options), look, err) })
	}
	group.Wait()
	var read []*summarizer.Summary
	for i, answer := range answers {
		if answer.Status != "" {
			r.cfg.Metrics.read(answer.Status)
		}
		if answer.Status != "" && answer.Status != Bypass {
			read = append(read, &answers[i].Summary)
		}
	}
	r.markRead(ctx, read...)
	if len(errs.Unwrap()) > 0 {
		return answers, errs
	}
	return answers, nil
}

// DaysError says of several days why there is no summary, each at its place: nil where there
// is one.
type DaysError []error

// Error says why of the first of them, and of how many there is none.
func (e DaysError) Error() string {
	failed := e.Unwrap()
	if len(failed) == 1 {
		return failed[0].Error()
	}
	return fmt.Sprintf("no summaries of %d days: %v", len(failed), failed[0])
}

// Unwrap returns those that are not nil.
func (e DaysError) Unwrap() []error {
	return slices.DeleteFunc(slices.Clone([]error(e)), func(err error) bool { return err == nil })
}

// Today returns the day it is for the user: in the zone their summaries were
// last made in, else in the one their calendar names.
func (r *Reader) Today(ctx context.Context, user string, now time.Time) (summarizer.Day, error) {
	var name string
	began := time.Now()
	err := r.redis.ofUser(ctx, user, func(ctx context.Context) (err error) {
		name, err = r.store.Zone(ctx, user)
		return err
	})
	if err == nil && name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			r.zones.Set(user, zoneOf{zone, began})
			return summarizer.DayAt(now, zone), nil
		}
	}
	if r.cfg.Generator == nil {
		return summarizer.Day{Date: summarizer.DateOf(now.UTC()), Zone: time.UTC}, nil
	}
	ctx, leave, err := admit(ctx)
	if err != nil {
		return summarizer.Day{}, err
	}
	defer leave()
	if err, ok := r.failed.Get(user); ok {
		return summarizer.Day{}, err
	}
	day, err := r.cfg.Generator.Today(ctx, user)
	if err != nil && ctx.Err() == nil {
		r.failed.Set(user, err)
	}
	return day, err
}

// look looks into Redis for a fresh copy, which is kept.
func (r *Reader) look(ctx context.Context, user, key string,
	ask func(context.Context, *freshness.Copy) (freshness.Lookup, error)) (look freshness.Lookup, err error) {
	before := r.local.before(key)
	err = r.redis.ofUserWithin(ctx, r.patience(before), user, func(ctx context.Context) (err error) {
		look, err = ask(ctx, before.known)
		return err
	})
	if err == nil {
		r.local.keep(key, look, before)
	}
	return look, err
}

// patience is how long Redis may take: less where there is a copy to be given instead.
func (r *Reader) patience(before ...reading) time.Duration {
	for _, b := range before {
		if !b.some {
			return r.cfg.RedisTimeout
		}
	}
	return r.cfg.RedisTimeout * 4 / 5
}

// localHit is a hit in this process, and counted; without a Status, there is none. That the
// day is being read is noted when Redis is asked for the copy, once in a second.
func (r *Reader) localHit(key string, want wish) Answer {
	found, ttl := r.local.fresh(key)
	if found == nil || !want.takes(found.Summary) {
		return Answer{}
	}
	r.cfg.Metrics.read(Hit)
	return given(found, Hit, ttl)
}

// given is a copy as an answer, with events that are the caller's own.
func given(c *freshness.Copy, status Status, ttl time.Duration) Answer {
	answer := Answer{Summary: *c.Summary, JSON: c.JSON, Status: status, TTL: ttl}
	answer.Summary.Events = slices.Clone(answer.Summary.Events)
	return answer
}

// answer gives the reader what a look has found, or what can be had otherwise.
func (r *Reader) answer(ctx context.Context, user string, date summarizer.Date, want wish, look freshness.Lookup,
	err error) (Answer, error) {
	if err == nil && look.Unreadable != "" && !r.sealed.otherwise() {
		err = r.discard(ctx, user, date, look.Unreadable)
	}
	if err == nil && look.Fresh != nil && want.takes(look.Fresh.Summary) {
		r.sealed.known()
		return given(look.Fresh, Hit, look.TTL), nil
	}
	var enough int64 // the generation from which on a copy is
	if err == nil && !r.sealed.otherwise() {
		anew := want.limited && !want.cached
		if fault, known := r.faults.Get(freshness.FreshKey(user, date)); known && !anew {
			return Answer{}, fault
		}
		var answer Answer
		answer, enough, err = r.request(ctx, user, date, want, anew)
		if answer.Status != "" || err != nil && !errors.Is(err, errRedis) {
			return answer, err
		}
	}
	if want.cached {
		if last := r.lastCopy(user, date, want); err != nil && last != nil {
			return r.withoutRedis(last, err), nil
		}
		return Answer{}, fmt.Errorf("%w: user %s, %s", ErrNotCached, user, date)
	}
	ctx, leave, full := admit(ctx)
	if full != nil {
		return Answer{}, full
	}
	defer leave()
	switch {
	case err != nil:
		answer, none := r.bypass(ctx, user, date, want, err)
		if none != nil && freshness.IsDataError(err) && ctx.Err() == nil {
			if stale := r.peekStale(ctx, user, date); want.takesStale(stale) {
				return r.staleAnswer(stale, freshness.NoFault, err), nil
			}
		}
		return answer, none
	case r.sealed.otherwise():
		return r.passBy(ctx, user, date)
	}
	answer, err := r.await(ctx, user, date, want, enough)
	if err == nil || !want.limited || ctx.Err() != nil {
		return answer, err
	}
	if look.Fresh != nil {
		return given(look.Fresh, Hit, look.TTL), nil
	}
	if stale := r.peekStale(ctx, user, date); stale != nil && !want.choosy {
		return r.staleAnswer(stale, freshness.NoFault, nil), nil
	}
	return answer, err
}

// discard removes a fresh copy that cannot be read, unless it is this process that has
// another key than all others.
func (r *Reader) discard(ctx context.Context, user string, date summarizer.Date, unreadable string) error {
	return r.redis.ofUser(ctx, user, func(ctx context.Context) error {
		err := r.store.Discard(ctx, user, date, unreadable)
		if other := (*freshness.OtherKeyError)(nil); errors.As(err, &other) {
			r.sealed.mismatch()
			return nil // which is no failure of Redis
		}
		return err
	})
}

// errRedis is wrapped by errors of Redis, as opposed to what it had to tell.
var errRedis = errors.New("redis failed")

// request asks the workers for a summary, anew for one that is fetched from now on. It
// returns the stale copy, if there is one that will do, or why there will be no summary soon.
// Without a Status or an error, it is worth waiting for one of the generation enough.
func (r *Reader) request(ctx context.Context, user string, date summarizer.Date, want wish, anew bool) (_ Answer, enough int64, _ error) {
	ask, ways := freshness.Requested{}, r.store.Request
	if anew {
		ways = r.store.RequestAnew
	}
	err := r.inTurn(ctx, func() error {
		return r.redis.ofUser(ctx, user, func(ctx context.Context) (err error) {
			ask, err = ways(ctx, user, date)
			return err
		})
	})
	if err != nil {
		if stale := r.peekStale(ctx, user, date); want.takesStale(stale) {
			return r.staleAnswer(stale, freshness.NoFault, err), 0, nil
		}
		return Answer{}, 0, fmt.Errorf("%w: %w", errRedis, err)
	}
	r.prefer.Set(user, ask.Preferences)
	if ask.Task.Action != freshness.ActNothing && r.cfg.Requester != nil {
		err = r.inTurn(ctx, func() error {
			return r.redis.ofQueue(ctx, func(ctx context.Context) error { return r.cfg.Requester.Request(ctx, ask.Task) })
		})
	}
	switch {
	case want.takesStale(ask.Stale), ask.Stale != nil && !want.choosy && (err != nil || r.hopeless(ask)):
		// The copy in hand is worth more than the reason for a failure.
		return r.staleAnswer(ask.Stale, cmp.Or(ask.Fault, ask.Denied), err), 0, nil
	case err != nil:
		return Answer{}, 0, fmt.Errorf("%w: %w", errRedis, err)
	case r.hopeless(ask):
		err = &Deferred{user, date, ask.Fault, ask.Again}
		if ask.Fault == freshness.FaultAccess {
			err = fmt.Errorf("summary of user %s, %s: %w", user, date, summarizer.ErrAccess)
		}
		if ask.Stale == nil { // others may take it
			r.faults.Set(freshness.FreshKey(user, date), err)
		}
		return Answer{}, 0, err
	}
	return Answer{}, ask.Generation, nil
}

// hopeless reports whether it is known that there will be no summary soon.
func (r *Reader) hopeless(ask freshness.Requested) bool {
	return ask.Fault == freshness.FaultAccess || ask.Fault == freshness.FaultCalendar ||
		ask.Fault == freshness.FaultQuota && time.Until(ask.Again) > r.cfg.Wait
}

// peekStale returns the stale copy where nothing can be asked for, as asking writes:
// a Redis that takes no writes can still be read.
func (r *Reader) peekStale(ctx context.Context, user string, date summarizer.Date) *summarizer.Summary {
	var stale *summarizer.Summary
	err := r.redis.ofUser(ctx, user, func(ctx context.Context) (err error) {
		_, stale, err = r.store.Peek(ctx, user, date)
		return err
	})
	if err != nil {
		return nil // whoever asked for it knows the reason already
	}
	return stale
}

// staleAnswer is an older summary: fault is why no newer one is made, and err why none
// could be asked for.
func (r *Reader) staleAnswer(stale *summarizer.Summary, fault freshness.Fault, err error) Answer {
	answer := Answer{Summary: *stale, Status: Stale, Fault: fault}
	if err != nil {
		answer.Detail = r.note(err)
	}
	return answer
}

// note logs, now and then, for what Redis could not be used, and returns its code.
func (r *Reader) note(err error) string {
	r.outages.Warn().Err(err).Msg("redis cannot be used as it should be; readers get what can be had without it")
	return CodeOf(err)
}

// await waits until the workers have made the summary that was requested, of the
// generation enough or a later one.
func (r *Reader) await(ctx context.Context, user string, date summarizer.Date, want wish, enough int64) (Answer, error) {
	if r.cfg.Requester == nil {
		return r.generate(ctx, user, date, Miss, ErrNotReady)
	}
	// The more who wait, the less often each of them looks, and the more look together.
	waiting := time.Duration(r.waiting.Add(1)) * time.Millisecond
	defer r.waiting.Add(-1)
	wait, cancel := context.WithTimeout(ctx, r.giveUpAfter(waiting))
	defer cancel()
	pause, asked, fault := 4*time.Millisecond, time.Now(), ""
	for {
		select {
		case <-wait.Done():
			if ctx.Err() != nil {
				return Answer{}, ctx.Err()
			}
			late := fmt.Errorf("%w: user %s, %s: the workers took longer than %v", ErrNotReady, user, date, r.cfg.Wait)
			return r.generate(ctx, user, date, Miss, late)
		case <-time.After(pause):
			pause = min(pause*3/2, 100*time.Millisecond+waiting)
		}
		var look freshness.Lookup
		err := r.redis.ofUser(wait, user, func(ctx context.Context) (err error) {
			look, err = r.store.LookupAwaited(ctx, user, date, waiting/32)
			return err
		})
		switch {
		case err != nil && wait.Err() == nil:
			return r.bypass(ctx, user, date, want, err)
		case look.Fresh != nil && look.Fresh.Summary.Generation >= enough:
			r.sealed.known()
			return given(look.Fresh, Miss, look.TTL), nil
		case look.Unreadable != "":
			// What was there before is discarded: this has just been made.
			r.sealed.mismatch()
			return r.passBy(ctx, user, date)
		case look.Failed != fault, time.Since(asked) > time.Second+8*waiting:
			// Asking again finds faults, copies that were outrun before they
			// could be fresh, and puts back a job that was lost.
			answer, _, err := r.request(wait, user, date, want, false)
			if answer.Status != "" || err != nil && !errors.Is(err, errRedis) {
				return answer, err
			}
			asked, fault = time.Now(), look.Failed
		}
	}
}

// giveUpAfter is how long a reader waits for the workers. The more who wait, a millisecond for
// each, the further apart they give up: what they have made then is work for this process.
func (r *Reader) giveUpAfter(waiting time.Duration) time.Duration {
	return r.cfg.Wait - rand.N(1+min(8*waiting, r.cfg.Wait/4))
}

// bypass answers without Redis: with the copy of this process, whose FetchedAt says how
// old it is, if it would not have come to its end since, or with one that is made now.
func (r *Reader) bypass(ctx context.Context, user string, date summarizer.Date, want wish, cause error) (Answer, error) {
	if ctx.Err() != nil {
		return Answer{}, ctx.Err()
	}
	if last := r.lastCopy(user, date, want); last != nil {
		return r.withoutRedis(last, cause), nil
	}
	answer, err := r.generate(ctx, user, date, Bypass, fmt.Errorf("%w: %w", ErrUnavailable, cause))
	answer.Detail = r.note(cause)
	return answer, err
}

// withoutRedis is the last copy as an answer.
func (r *Reader) withoutRedis(last *freshness.Copy, cause error) Answer {
	answer := given(last, Bypass, 0)
	answer.Detail = r.note(cause)
	return answer
}

// lastCopy is the copy of this process that will do while Redis is away, nil if there is
// none: it would have come to its end otherwise.
func (r *Reader) lastCopy(user string, date summarizer.Date, want wish) *freshness.Copy {
	last := r.local.last(freshness.FreshKey(user, date))
	if last == nil || !want.takesStale(last.Summary) || time.Since(last.Summary.FetchedAt) >= r.store.SummaryTTL() {
		return nil
	}
	return last
}

// passBy answers without the cache, whose copies cannot be read.
func (r *Reader) passBy(ctx context.Context, user string, date summarizer.Date) (Answer, error) {
	answer, err := r.generate(ctx, user, date, Bypass, fmt.Errorf("summary of user %s, %s: %w", user, date, freshness.ErrUnreadable))
	answer.Fault = freshness.FaultKey
	return answer, err
}

// generate makes the summary here, once for all readers who want the same one at
// the same time; without a Generator, it returns otherwise.
func (r *Reader) generate(ctx context.Context, user string, date summarizer.Date, status Status, otherwise error) (Answer, error) {
	if r.cfg.Generator == nil {
		return Answer{}, otherwise
	}
	if err, ok := r.failed.Get(user); ok {
		return Answer{}, err
	}
	flight := r.flights.DoChan(user+" "+date.String(), func() (sum any, err error) {
		// The flight outlives the reader who started it: others may wait.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		defer loggable.Recovered(&err) // it runs in a goroutine of its own, where no server would catch it
		prefer, _ := r.prefer.Get(user)
		sum, err = r.cfg.Generator.Generate(ctx, user, date, prefer)
		if err != nil {
			r.failed.Set(user, err)
		} else {
			r.local.made(freshness.FreshKey(user, date), sum.(summarizer.Summary))
		}
		return sum, err
	})
	select {
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	case res := <-flight:
		if res.Err != nil {
			return Answer{}, res.Err
		}
		return Answer{Summary: res.Val.(summarizer.Summary), Status: status}, nil
	}
}
