package freshness

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"foreday/summarizer"
)

// The steps that touch Redis, each through the package's own code. They take the
// content of Redis before and return the one after.

func (w *world) token(id name) Token { return Token{theUser, theDate, w.names.text(id)} }

// work is a Task, as Invalidate, Commit and ask return it.
type work struct {
	token  name
	action Action
	putOff bool // not before the cooldown is over
}

func (w *world) work(at snap, t Task) work {
	return work{w.names.of(t.Token.ID), t.Action, !t.NotBefore.IsZero()}
}

func invalidation(redelivered bool) Invalidation {
	return Invalidation{User: theUser, Days: []DueDay{{Date: theDate, Due: true}}, Redelivered: redelivered, Published: theStart}
}

// fence is what Store.Publish does on a cluster before it publishes.
func (w *world) fence(at snap) snap {
	to, _ := take(w, question{at: at, step: "fence"}, func(ctx context.Context) (struct{}, error) {
		f := Fence{User: theUser, Days: []summarizer.Date{theDate}, From: theDay.Start(), To: theDay.Start()}
		return struct{}{}, w.store.raise(ctx, f.calls())
	})
	return to
}

// command is one of the plain commands that do the same.
func (w *world) command(at snap, do string) snap {
	to, _ := take(w, question{at: at, step: do}, func(ctx context.Context) (struct{}, error) {
		if do == doRaise {
			return struct{}{}, w.client.HIncrBy(ctx, theState, "gen", 1).Err()
		}
		return struct{}{}, w.client.Del(ctx, freshKey(theUser, theDate)).Err()
	})
	return to
}

// foresee is the first half of Store.Invalidate, under the model's clock.
func (w *world) foresee(at snap, id name) snap {
	tokens := foreseen([]Invalidation{invalidation(true)}, w.names.text(id))
	return w.track(at, w.names.of(tokens[0].ID), foresight)
}

// invalidate is the second half. The nonce stands for the one that Invalidate draws
// for each call and go-redis sends again with a call whose answer was lost.
func (w *world) invalidate(at snap, nonce name, redelivered bool) (snap, work) {
	q := question{at: at, step: "invalidate", a: nonce}
	if redelivered {
		q.n = 1
	}
	return take(w, q, func(ctx context.Context) (work, error) {
		in := invalidation(redelivered)
		c := w.store.invalidateCall(in)
		c.args[9] = w.names.text(nonce)
		out, err := outcome(in, runAll(ctx, w.client, w.store.scripts.invalidate, []call{c})[0])
		if err != nil || len(out.Tasks) == 0 {
			return work{}, err
		}
		return w.work(at, out.Tasks[0]), nil
	})
}

type begun struct {
	how               Begun
	run, gen, cleared name
}

func (w *world) begin(at snap, owner name) (snap, begun) {
	return take(w, question{at: at, step: "begin", a: owner}, func(ctx context.Context) (begun, error) {
		run, how, err := w.store.Begin(ctx, w.names.text(owner), theUser, theDay, true)
		if how != BeginGo {
			return begun{how: how}, err
		}
		return begun{how, w.names.of(run.ID), w.names.of(strconv.FormatInt(run.Gen, 10)), w.names.of(run.Cleared.ID)}, err
	})
}

func (w *world) run(run, gen name) Run {
	g, _ := strconv.ParseInt(w.names.text(gen), 10, 64)
	return Run{User: theUser, Date: theDate, ID: w.names.text(run), Gen: g}
}

// extend returns the generation, 0 if the lease is another's.
func (w *world) extend(at snap, run name) (snap, name) {
	return take(w, question{at: at, step: "extend", a: run}, func(ctx context.Context) (name, error) {
		gen, err := w.store.Extend(ctx, w.run(run, 0))
		if err == ErrLost {
			return 0, nil
		}
		return w.names.of(strconv.FormatInt(gen, 10)), err
	})
}

func (w *world) commit(at snap, run, gen name, version uint8) (snap, work) {
	return take(w, question{at: at, step: "commit", a: run, b: gen, n: int64(version)}, func(ctx context.Context) (work, error) {
		sum := summarizer.Summary{User: theUser, Date: theDate, Headline: w.names.text(run), TotalEvents: int(version)}
		c, err := w.store.Commit(ctx, w.run(run, gen), sum)
		return w.work(at, c.Next), err
	})
}

// release returns the token that is pending now.
func (w *world) release(at snap, run, retry name) (snap, name) {
	return take(w, question{at: at, step: "release", a: run, b: retry}, func(ctx context.Context) (name, error) {
		pending, err := w.store.Release(ctx, w.run(run, 0), Failure{Retry: w.token(retry)})
		return w.names.of(pending.ID), err
	})
}

func (w *world) askFor(at snap, anew bool) (snap, work) {
	return take(w, question{at: at, step: fmt.Sprint("request ", anew)}, func(ctx context.Context) (work, error) {
		a, err := w.store.request(ctx, theUser, theDate, anew)
		return w.work(at, a.Task), err
	})
}

func (w *world) askAhead(at snap) (snap, work) {
	return take(w, question{at: at, step: "request ahead"}, func(ctx context.Context) (work, error) {
		task, err := w.store.RequestAhead(ctx, theUser, theDate)
		return w.work(at, task), err
	})
}

func (w *world) track(at snap, token name, after time.Duration) snap {
	to, _ := take(w, question{at: at, step: "track", a: token, n: int64(after)}, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.store.Ledger().Track(ctx, after, w.token(token))
	})
	return to
}

// trackNew is track for a token that may be in the ledger already.
func (w *world) trackNew(at snap, token name, after time.Duration) snap {
	to, _ := take(w, question{at: at, step: "track new", a: token, n: int64(after)}, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.store.Ledger().TrackNew(ctx, after, w.token(token))
	})
	return to
}

func (w *world) settle(at snap, tokens ...name) snap {
	q := question{at: at, step: "settle"}
	copy(q.tokens[:], tokens)
	after, _ := take(w, q, func(ctx context.Context) (struct{}, error) {
		var settled []Token
		for _, t := range tokens {
			settled = append(settled, w.token(t))
		}
		return struct{}{}, w.store.Ledger().Settle(ctx, settled...)
	})
	return after
}

// claimed are the entries that a sweep has in hand, the next one first.
type claimed [7]name

func (w *world) claim(at snap) (snap, claimed) {
	return take(w, question{at: at, step: "claim"}, func(ctx context.Context) (claimed, error) {
		var list claimed
		tokens, _, err := w.store.Ledger().Claim(ctx, len(list), graceQueued)
		for i, t := range tokens {
			list[i] = w.names.of(t.ID)
		}
		return list, err
	})
}

type audited struct {
	finding Finding
	other   name
	lease   time.Duration
}

// audit takes whoever has a run under way for dead, if it is told so.
func (w *world) audit(at snap, token name, queue JobState, dead bool) (snap, audited) {
	q := question{at: at, step: "audit " + string(queue), a: token}
	if dead {
		q.n = 1
	}
	return take(w, q, func(ctx context.Context) (audited, error) {
		owner := ""
		if dead {
			owner = w.client.HGet(ctx, stateKey(theUser, theDate), "owner").Val()
		}
		found, err := w.store.Ledger().Audit(ctx, w.token(token), queue, owner)
		return audited{found.Finding, w.names.of(found.Token.ID), found.Lease}, err
	})
}

// pass lets time pass.
func (w *world) pass(at snap, d time.Duration) snap {
	after, _ := take(w, question{at: at, step: "pass", n: int64(d)}, func(ctx context.Context) (struct{}, error) {
		now := w.content[at].clock.Add(d)
		return struct{}{}, w.client.HSet(ctx, theClock, "s", now.Unix(), "us", now.Nanosecond()/1000).Err()
	})
	return after
}

// expire drops all that has a time to live, as if nobody had touched it for days.
func (w *world) expire(at snap) snap {
	after, _ := take(w, question{at: at, step: "expire"}, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.client.Del(ctx, theState, freshKey(theUser, theDate), staleKey(theUser, theDate), zoneKey(theUser),
			daysKey(theUser)).Err()
	})
	return w.pass(after, w.store.cfg.stateTTL())
}
