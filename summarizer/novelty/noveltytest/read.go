package noveltytest

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

// Read returns the events of a calendar, in order of time, as a Source reads
// them from Google: a stand-in serves the calendar on loopback meanwhile. zone
// is its owner's.
func Read(ctx context.Context, cal *ical.Calendar, zone *time.Location) ([]summarizer.Event, error) {
	const user = "measured"
	server := googletest.New(googletest.Config{})
	server.AddUser(user, zone)
	// What Google would refuse is left out, here as there.
	_ = server.Import(user, "primary", cal)
	listening := httptest.NewServer(server)
	defer listening.Close()
	source, err := google.New(google.Config{Endpoint: listening.URL, Access: google.FixedToken(server.Token(user)),
		Transport: listening.Client().Transport})
	if err != nil {
		return nil, err
	}
	var events []summarizer.Event
	from, to := span(cal)
	for ; from.Before(to); from = from.AddDays(yearRead) {
		some, err := source.History(ctx, user, summarizer.Day{Date: from, Zone: zone}.Start(),
			summarizer.Day{Date: from.AddDays(yearRead), Zone: zone}.Start(), summarizer.Selection{})
		if err != nil && !errors.Is(err, summarizer.ErrCut) {
			return nil, fmt.Errorf("read calendar %q from %s: %w", cal.Name, from, err)
		}
		events = append(events, some...)
	}
	// A Source lists all-day events before others.
	slices.SortStableFunc(events, func(a, b summarizer.Event) int {
		x, _ := a.Span(zone)
		y, _ := b.Span(zone)
		return x.Compare(y)
	})
	return events, nil
}

const yearRead = 366

// span returns the days from the calendar's first event to half a year after
// the last that it names: series may have no end.
func span(cal *ical.Calendar) (from, to summarizer.Date) {
	for _, e := range cal.Events {
		if e.Start == nil {
			continue
		}
		d, err := summarizer.ParseDate((e.Start.Date + e.Start.DateTime)[:len(time.DateOnly)])
		if err != nil {
			continue
		}
		if from.IsZero() || d.Before(from) {
			from = d
		}
		if to.Before(d) {
			to = d
		}
	}
	return from.AddDays(-1), to.AddDays(183)
}
