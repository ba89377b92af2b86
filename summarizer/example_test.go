package summarizer_test

import (
	"context"
	"fmt"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
)

// diary is a Source with a year of Mondays, and one more event.
type diary struct{}

func (diary) Settings(context.Context, string) (summarizer.Settings, error) {
	return summarizer.Settings{Zone: time.UTC}, nil
}

func (d diary) Day(ctx context.Context, user string, day summarizer.Day, count summarizer.Selection) (summarizer.Listing, error) {
	events, err := d.History(ctx, user, day.Start(), day.End(), count)
	dentist := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	events = append(events, summarizer.Event{ID: "d", Title: "Dentist", Start: dentist, End: dentist.Add(time.Hour)})
	return summarizer.Listing{Events: events}, err
}

func (diary) History(_ context.Context, _ string, from, to time.Time, _ summarizer.Selection) (events []summarizer.Event, err error) {
	for at := time.Date(2025, 9, 1, 10, 0, 0, 0, time.UTC); at.Before(to); at = at.AddDate(0, 0, 7) {
		if !at.Before(from) {
			events = append(events, summarizer.Event{ID: at.String(), Title: "Team sync", Start: at, End: at.Add(time.Hour)})
		}
	}
	return events, nil
}

// A summary tells what is new on a day, and leaves what is routine to one line.
func ExampleSummarizer() {
	writer := words.Writer{Planner: plan.Default{}} // or a planner of package openai
	s := &summarizer.Summarizer{
		Source:   diary{}, // or one of package google
		Routines: novelty.NewLearner(novelty.Config{Source: diary{}}),
		Writer:   writer, Fallback: writer,
		Zone: time.UTC, Now: time.Now,
	}
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}
	sum, err := s.Summarize(context.Background(), "u1842", day, summarizer.Preferences{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sum.Headline)
	fmt.Println(sum.Text)
	fmt.Println(sum.NovelEvents, "of", sum.TotalEvents, "events are novel")
	// Output:
	// Dentist at 15:00.
	// Dentist, 15:00–16:00. First time in a year.
	// The usual: Team sync, 10:00–11:00.
	// 1 of 2 events are novel
}
