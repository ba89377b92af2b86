package noveltytest

import (
	"context"
	"slices"
	"time"

	"foreday/summarizer"
)

// eventful is how many events a year has that holds much.
const eventful = 1000

// EventfulYears returns 1,000 events of each of People, from a year before Monday until the end
// of the weeks that a Learner is given. Beside their own life, they keep the calendars of others,
// which hold groups and classes.
func EventfulYears(ctx context.Context, seed uint64, monday summarizer.Date, zone *time.Location) ([][]summarizer.Event, error) {
	people := People(seed)
	var lives [][]summarizer.Event
	for _, p := range people {
		events, err := Read(ctx, p.Calendar, zone)
		if err != nil {
			return nil, err
		}
		lives = append(lives, slices.DeleteFunc(events, func(e summarizer.Event) bool {
			start, _ := e.Span(zone)
			on := summarizer.DateOf(start)
			return on.Before(monday.AddDays(-365)) || !on.Before(monday.AddDays(DaysAfter))
		}))
	}
	var years [][]summarizer.Event
	for i := range lives {
		year := lives[i]
		for _, also := range []string{"house of groups", "coordinator", "parent"} {
			if k := slices.IndexFunc(people, func(p Person) bool { return p.Name == also }); k != i && len(year) < eventful {
				year = slices.Concat(year, lives[k])
			}
		}
		years = append(years, year[:eventful])
	}
	return years, nil
}
