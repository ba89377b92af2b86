// Package bulk keeps down how much of what is large is in memory at the same time.
//
// Work that comes upon more than work of its kind ever needs to hold enters a [Gate],
// and is inside until nothing of it is left ([Within], [Leave]). So a process holds as
// many such bulks as its gates have places, however many wait.
package bulk

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"foreday/summarizer"
)

const (
	// patience is how long whoever holds a place that others wait for waits at a Gate.
	patience = 250 * time.Millisecond
	// again is how long they stay away after that, at least, and at most twice as long.
	again = time.Second
)

// Gate lets a few in at a time. It must be made by NewGate, and is safe for concurrent use.
type Gate struct {
	inside chan struct{}
	// asking has a place for the one who waits while holding a place that others wait
	// for: more of those would leave none.
	asking chan struct{}
}

// NewGate returns a Gate that lets so many in at a time.
func NewGate(places int) *Gate {
	return &Gate{inside: make(chan struct{}, places), asking: make(chan struct{}, 1)}
}

type workKey struct{}

// work is what may be inside of gates.
type work struct {
	mu     sync.Mutex
	inside []*Gate
}

// Within returns the context of work that may enter gates, and a function that leaves
// them: to be called once nothing that was read is in memory any more.
func Within(ctx context.Context) (context.Context, func()) {
	w := &work{}
	return context.WithValue(ctx, workKey{}, w), w.leave
}

// Ensure is Within for what may be part of such work: if it is, it leaves with that.
func Ensure(ctx context.Context) (context.Context, func()) {
	if _, ok := ctx.Value(workKey{}).(*work); ok {
		return ctx, func() {}
	}
	return Within(ctx)
}

// Leave leaves the gates that the work of ctx is inside of, before its end.
func Leave(ctx context.Context) {
	if w, ok := ctx.Value(workKey{}).(*work); ok {
		w.leave()
	}
}

func (w *work) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, g := range w.inside {
		<-g.inside
	}
	w.inside = nil
}

// Enter waits until the work of ctx, which must be that of Within, is inside the gate.
// It returns at once if that is so already. Its error is that of ctx, or *Full where the
// work holds a place that others wait for, and cannot wait any longer.
func (g *Gate) Enter(ctx context.Context) error {
	w := ctx.Value(workKey{}).(*work)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, entered := range w.inside {
		if entered == g {
			return nil
		}
	}
	if err := g.enter(ctx); err != nil {
		return err
	}
	w.inside = append(w.inside, g)
	return nil
}

func (g *Gate) enter(ctx context.Context) error {
	select {
	case g.inside <- struct{}{}:
		return nil
	default:
	}
	var enough <-chan time.Time
	if summarizer.HoldsPlace(ctx) {
		select {
		case g.asking <- struct{}{}:
			defer func() { <-g.asking }()
		default:
			return full()
		}
		timer := time.NewTimer(patience)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case g.inside <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-enough:
		return full()
	}
}

// Full says that others are inside, and that it is worth trying again later. It is a
// summarizer.Deferred.
type Full struct{ until time.Time }

func full() *Full { return &Full{time.Now().Add(again + rand.N(again))} }

// Error says what is waited for.
func (f *Full) Error() string { return "others have very much in memory, and are waited for" }

// SafeToLog says that the text holds nothing personal.
func (f *Full) SafeToLog() {}

// DeferredUntil is the time from which it is worth trying again.
func (f *Full) DeferredUntil() time.Time { return f.until }

var _ summarizer.Deferred = (*Full)(nil)
