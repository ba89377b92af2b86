package freshness

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// world is the Redis that an exploration plays in. It puts Redis into any state
// seen before, takes one step with the real scripts, and looks what came of it.
// A step taken twice in the same state is answered from memory: the scripts know
// nothing but their arguments, the content of Redis and its clock, all of which
// are part of the question.
//
// The clock is a key, which the scripts read in place of TIME: it stands still
// until the exploration lets time pass. Times to live are no part of a state; a
// script cannot see them, and the exploration drops keys itself where their
// expiry matters.
type world struct {
	t       testing.TB
	client  redis.UniversalClient
	store   *Store
	names   names
	content []*content // by snap
	snaps   map[string]snap
	answers map[question]remembered
	loaded  snap // what Redis holds now
	calls   int  // steps really taken in Redis
}

// snap names one content of Redis.
type snap int32

// question is a step about to be taken, and remembered what came of it.
type question struct {
	at     snap
	step   string
	a, b   name
	n      int64
	tokens [2 + maxRestarts]name
}

type remembered struct {
	after  snap
	answer any
}

const (
	theUser = "ada"
	// theClock is the key that the scripts read instead of TIME.
	theClock = "clock"
)

var (
	theDate  = summarizer.Date{Year: 2026, Month: 3, Day: 2}
	theDay   = summarizer.Day{Date: theDate, Zone: time.UTC}
	theState = stateKey(theUser, theDate)
	theStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// edit replaces one passage of a script.
type edit struct{ script, old, new string }

// newWorld returns a world whose scripts are the real ones but for the clock and
// the edits.
func newWorld(t testing.TB, client redis.UniversalClient, cfg Config, edits ...edit) *world {
	t.Helper()
	w := &world{
		t: t, client: client, store: NewStore(client, cfg), names: newNames(),
		snaps: make(map[string]snap), answers: make(map[question]remembered), loaded: -1,
	}
	w.store.scripts = editedScripts(t, edits)
	w.keep(content{state: map[string]string{}, clock: theStart})
	return w
}

// editedScripts are the package's scripts, looking at theClock and edited.
func editedScripts(t testing.TB, edits []edit) scripts {
	t.Helper()
	return loadScripts(func(name, source string) string {
		text := strings.ReplaceAll(source, "redis.call('TIME')", "redis.call('HMGET', '"+theClock+"', 's', 'us')")
		for _, e := range edits {
			if e.script != name {
				continue
			}
			if n := strings.Count(text, e.old); n != 1 {
				t.Fatalf("%s.lua holds %q %d times, want once: the mutant needs to be adapted", name, e.old, n)
			}
			text = strings.Replace(text, e.old, e.new, 1)
		}
		if strings.Contains(text, "'TIME'") {
			t.Fatalf("%s.lua looks at the real clock", name)
		}
		return text
	})
}

// take answers the question, by taking the step in Redis if it is a new one.
func take[A any](w *world, q question, step func(context.Context) (A, error)) (snap, A) {
	if r, ok := w.answers[q]; ok {
		return r.after, r.answer.(A)
	}
	w.load(q.at)
	answer, err := step(w.t.Context())
	if err != nil {
		w.t.Fatalf("%s: %v", q.step, err)
	}
	w.calls++
	after := w.save()
	w.answers[q] = remembered{after, answer}
	return after, answer
}

// content is what Redis holds of the one day that is played with.
type content struct {
	state              map[string]string
	fresh, stale, zone string
	days, ledger       []redis.Z
	ledgerClock        map[string]string
	clock              time.Time

	// What the exploration looks at, taken from the above.
	freshCopy, staleCopy copied
	promised             []promised
	token, owner, nonce  name
}

// copied is a copy of a summary: which version of the calendar it tells, and
// the run that made it. Its zero value is no copy.
type copied struct {
	there   bool
	version uint8
	run     int64
}

func (c copied) replacesLater(before copied) bool {
	return c.there && before.there && c.run < before.run
}

// promised is an entry of the ledger.
type promised struct {
	token name
	due   time.Time
}

// overdue says whether a sweep has something to do: to look at promises, or to notice
// that the clock has stepped back.
func (c *content) overdue() bool {
	seen, now := c.ledgerTime()
	return slices.ContainsFunc(c.promised, func(p promised) bool { return now.Before(seen) || !p.due.After(now) })
}

// ledgerTime is the time of the ledger's own clock: as it was kept last, and as it
// would be now, unless that is less.
func (c *content) ledgerTime() (seen, now time.Time) {
	kept, _ := strconv.ParseInt(c.ledgerClock["seen"], 10, 64)
	ahead, _ := strconv.ParseInt(c.ledgerClock["ahead"], 10, 64)
	return time.UnixMilli(kept), time.UnixMilli(c.clock.UnixMilli() + ahead)
}

// load makes Redis hold what it held then.
func (w *world) load(s snap) {
	if w.loaded == s {
		return
	}
	c, ctx := w.content[s], w.t.Context()
	_, err := w.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, theState, freshKey(theUser, theDate), staleKey(theUser, theDate), zoneKey(theUser), daysKey(theUser), ledgerKey,
			clockKey(ledgerKey))
		for key, fields := range map[string]map[string]string{theState: c.state, clockKey(ledgerKey): c.ledgerClock} {
			if len(fields) > 0 {
				p.HSet(ctx, key, fields)
			}
		}
		for key, value := range map[string]string{
			freshKey(theUser, theDate): c.fresh, staleKey(theUser, theDate): c.stale, zoneKey(theUser): c.zone,
		} {
			if value != "" {
				p.Set(ctx, key, value, 0)
			}
		}
		for key, entries := range map[string][]redis.Z{daysKey(theUser): c.days, ledgerKey: c.ledger} {
			if len(entries) > 0 {
				p.ZAdd(ctx, key, entries...)
			}
		}
		p.HSet(ctx, theClock, "s", c.clock.Unix(), "us", c.clock.Nanosecond()/1000)
		return nil
	})
	if err != nil {
		w.t.Fatalf("put Redis into a state: %v", err)
	}
	w.loaded = s
}

// save takes down what Redis holds.
func (w *world) save() snap {
	ctx := w.t.Context()
	var state, clock, ledgerClock *redis.MapStringStringCmd
	var copies *redis.SliceCmd
	var days, ledger *redis.ZSliceCmd
	_, err := w.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		state, clock, ledgerClock = p.HGetAll(ctx, theState), p.HGetAll(ctx, theClock), p.HGetAll(ctx, clockKey(ledgerKey))
		copies = p.MGet(ctx, freshKey(theUser, theDate), staleKey(theUser, theDate), zoneKey(theUser))
		days, ledger = p.ZRangeWithScores(ctx, daysKey(theUser), 0, -1), p.ZRangeWithScores(ctx, ledgerKey, 0, -1)
		return nil
	})
	if err != nil {
		w.t.Fatalf("take down the state of Redis: %v", err)
	}
	c := content{state: state.Val(), days: days.Val(), ledger: ledger.Val(), ledgerClock: ledgerClock.Val()}
	for i, field := range []*string{&c.fresh, &c.stale, &c.zone} {
		*field, _ = copies.Val()[i].(string)
	}
	s, _ := strconv.ParseInt(clock.Val()["s"], 10, 64)
	us, _ := strconv.ParseInt(clock.Val()["us"], 10, 64)
	c.clock = time.UnixMicro(s*1e6 + us)
	w.loaded = w.keep(c)
	return w.loaded
}

// keep returns the name of a content.
func (w *world) keep(c content) snap {
	fields := make([]string, 0, len(c.state))
	for _, f := range slices.Sorted(maps.Keys(c.state)) {
		fields = append(fields, f+"="+c.state[f])
	}
	text := fmt.Sprint(fields, c.fresh, c.stale, c.zone, c.days, c.ledger, c.ledgerClock, c.clock.UnixMicro())
	if s, ok := w.snaps[text]; ok {
		return s
	}
	c.freshCopy, c.staleCopy = w.copied(c.fresh), w.copied(c.stale)
	c.token, c.owner, c.nonce = w.names.of(c.state["token"]), w.names.of(c.state["owner"]), w.names.of(c.state["by"])
	for _, z := range c.ledger {
		token, err := ParseToken(z.Member.(string))
		if err != nil {
			w.t.Fatal(err)
		}
		c.promised = append(c.promised, promised{w.names.of(token.ID), time.UnixMilli(int64(z.Score))})
	}
	s := snap(len(w.content))
	w.content, w.snaps[text] = append(w.content, &c), s
	return s
}

func (w *world) copied(value string) copied {
	if value == "" {
		return copied{}
	}
	sum, _, err := w.store.cfg.Seal.decode(theUser, theDate, freshKey(theUser, theDate), value)
	if err != nil {
		w.t.Fatal(err)
	}
	run, err := strconv.ParseInt(sum.Headline, 10, 64)
	if err != nil {
		w.t.Fatal(err)
	}
	return copied{there: true, version: uint8(sum.TotalEvents), run: run}
}

// name is a string in two bytes: a token, a run, a generation, an owner.
type name uint16

// names gives each string its name; "" is 0.
type names struct {
	texts []string
	known map[string]name
}

func newNames() names { return names{[]string{""}, map[string]name{"": 0}} }

func (n *names) of(text string) name {
	if known, ok := n.known[text]; ok {
		return known
	}
	fresh := name(len(n.texts))
	if int(fresh) != len(n.texts) {
		panic("more names than a name can tell apart")
	}
	n.texts, n.known[text] = append(n.texts, text), fresh
	return fresh
}

func (n *names) text(id name) string { return n.texts[id] }

// unused returns the first of prefix1, prefix2, … that is not among those taken:
// as good as one never used before, for whom only equality matters, and it makes
// states alike that differ in history alone.
func (n *names) unused(prefix string, taken ...name) name {
	for i := 1; ; i++ {
		if id := n.of(prefix + strconv.Itoa(i)); !slices.Contains(taken, id) {
			return id
		}
	}
}
