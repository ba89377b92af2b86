package worker

import (
	"context"
	"errors"
	"time"

	"foreday/cache"
	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/worker/quota"
)

// Direct makes summaries for readers without any job or cache: the fallback for
// when Redis is away.
type Direct struct {
	Summarizer *summarizer.Summarizer
	Now        func() time.Time // the clock that says what day it is
}

var _ cache.Generator = Direct{}

// Today returns the day it is for the user.
func (d Direct) Today(ctx context.Context, user string) (summarizer.Day, error) {
	zone, err := d.Summarizer.ZoneOf(quota.For(ctx, quota.Caller{User: user, Priority: quota.Reader}), user)
	if err != nil {
		return summarizer.Day{}, err
	}
	return summarizer.DayAt(d.Now(), zone), nil
}

// Generate makes the summary of one day, as the user prefers.
func (d Direct) Generate(ctx context.Context, user string, date summarizer.Date,
	prefer summarizer.Preferences) (summarizer.Summary, error) {
	ctx = quota.For(ctx, quota.Caller{User: user, Priority: quota.Reader})
	zone, err := d.Summarizer.ZoneOf(ctx, user)
	if err != nil {
		return summarizer.Summary{}, err
	}
	ctx, leave := bulk.Within(ctx)
	defer leave()
	draft, err := d.Summarizer.Fetch(ctx, user, summarizer.Day{Date: date, Zone: zone}, prefer)
	if err != nil {
		return summarizer.Summary{}, err
	}
	if draft.Brief.Unread == 0 {
		bulk.Leave(ctx) // what is left is little, and the model may take its time
	}
	sum, err := d.Summarizer.Write(ctx, user, draft)
	if errors.As(err, new(summarizer.Deferred)) && ctx.Err() == nil {
		return d.Summarizer.Plain(ctx, user, draft) // a reader need not wait for a model
	}
	return sum, err
}
