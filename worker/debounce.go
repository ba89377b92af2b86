package worker

import (
	"context"
	"time"
)

// A run that messages overtook paid for a text that is not fresh, and if they go on coming,
// the next would as well. So that one waits until the day has had no message for a
// little longer than a run takes, as far as the last can tell. Messages that come
// alone never wait, and those that keep coming cost few such texts. The wait has
// an end, for the sake of those who read the stale copy meanwhile.
const (
	debounceShare = 1.6 // of the time that a run takes
	waitShare     = 5   // of the same
	maxTook       = time.Second
)

// debounce holds up a run that follows an overtaken one, and reports whether
// messages have come in the meantime. Where there is no copy to give meanwhile,
// nothing is held up.
func (j *job) debounce(ctx context.Context) (moved bool) {
	run := &j.run
	if !run.Overtaken || run.Previous == nil {
		return false
	}
	took := min(run.Previous.GeneratedAt.Sub(run.Previous.FetchedAt), maxTook)
	need := time.Duration(debounceShare * float64(took))
	began, gen := time.Now(), run.Gen
	// When the last message came, and when its generation was looked at, from began on.
	last, looked := -run.SinceMessage, time.Duration(0)
	for {
		gone := time.Since(began)
		wait := min(need-(gone-last), waitShare*took-gone)
		if wait <= 0 || !pause(ctx, wait) {
			return gen != run.Gen
		}
		now, err := j.Store.Extend(ctx, *run)
		if err != nil || now == gen {
			return gen != run.Gen
		}
		// Generations are as far apart as the messages, unless Redis's clock steps. But
		// the message came between the two looks.
		before := looked
		looked = time.Since(began)
		last, gen = min(max(last+microseconds(now-gen), before), looked), now
	}
}

func microseconds(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
