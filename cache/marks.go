package cache

import (
	"context"
	"time"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/summarizer/memo"
)

// marks remembers of which days the workers know that they are being read.
type marks struct {
	last  *memo.Cache[string, mark]
	every time.Duration // a quarter of an hour, or of a shorter life of summaries
}

// mark is when a day was marked as read, and which copy of it was.
type mark struct{ interval, generation int64 }

func newMarks(kept, summaryTTL time.Duration) marks {
	return marks{
		last:  memo.New[string](memo.Config[mark]{Entries: 100_000, TTL: memo.For[mark](max(kept, time.Second))}),
		every: min(15*time.Minute, max(summaryTTL/4, time.Millisecond)),
	}
}

// due reports whether what is read was not yet marked in this interval, and counts it as
// marked; first, whether the day was not at all. All zones are whole quarters of an hour
// apart, so that each is marked in each of the user's.
func (m marks) due(sum *summarizer.Summary, now time.Time) (due, first bool) {
	key := freshness.FreshKey(sum.User, sum.Date)
	this := mark{now.UnixNano() / int64(m.every), sum.Generation}
	last, known := m.last.Get(key)
	if known && last == this {
		return false, false
	}
	m.last.Set(key, this)
	return true, !known
}

// markRead lets the workers know that days of one user are being read: once in a quarter of an
// hour, and of each copy. But for the first time, nobody waits for it: hits must stay as
// cheap as one GET.
func (r *Reader) markRead(ctx context.Context, read ...*summarizer.Summary) {
	var dates []summarizer.Date
	now, wait := time.Now(), false
	for _, sum := range read {
		due, first := r.marked.due(sum, now)
		if due {
			dates = append(dates, sum.Date)
		}
		wait = wait || first
	}
	switch {
	case len(dates) == 0:
	case wait:
		r.mark(ctx, read[0], dates)
	default:
		select {
		case r.behind <- struct{}{}:
			go func(ctx context.Context) {
				defer func() { <-r.behind }()
				r.mark(ctx, read[0], dates)
			}(context.WithoutCancel(ctx))
		default: // Redis is slow, and the next quarter of an hour is soon
		}
	}
}

// mark marks days of the user of a summary.
func (r *Reader) mark(ctx context.Context, of *summarizer.Summary, dates []summarizer.Date) {
	at := time.Now()
	if zone, err := time.LoadLocation(of.Timezone); err == nil {
		at = at.In(zone)
	}
	err := r.redis.ofUser(ctx, of.User, func(ctx context.Context) error {
		prefer, err := r.store.MarkRead(ctx, of.User, at, dates...)
		if err == nil {
			r.prefer.Set(of.User, prefer)
		}
		return err
	})
	if err != nil {
		r.cfg.Log.Debug().Err(err).Msg("could not note that days were read")
	}
}
