package bench

import (
	"context"
	"fmt"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
	"foreday/summarizer/novelty/noveltytest"
)

// history is a Source of the past alone.
type history struct {
	summarizer.Source
	events []summarizer.Event
}

// History returns all there is.
func (h history) History(context.Context, string, time.Time, time.Time, summarizer.Selection) ([]summarizer.Event, error) {
	return h.events, nil
}

// weighRoutines has the routines of eventful years learnt, and tells what they take in Redis.
func (s *scaling) weighRoutines(metrics map[string]float64) error {
	s.progress.At("routines", 0)
	monday := summarizer.Day{Date: summarizer.Date{Year: 2025, Month: time.December, Day: 8}, Zone: time.UTC}
	years, err := noveltytest.EventfulYears(s.ctx, noveltySeed, monday.Date, monday.Zone)
	if err != nil {
		return err
	}
	routines := s.store.Routines()
	for i, year := range years {
		learner := novelty.NewLearner(novelty.Config{Source: history{events: year}, Store: routines})
		if _, err := learner.Routine(s.ctx, s.user(i), monday, summarizer.Selection{}); err != nil {
			return err
		}
		routine, kept, err := routines.Load(s.ctx, s.user(i))
		if err != nil || !kept {
			return fmt.Errorf("the routine of %s is not kept: %w", s.user(i), err)
		}
		used, err := s.client.MemoryUsage(s.ctx, "foreday:{"+s.user(i)+"}:routine").Result()
		if err != nil {
			return err
		}
		metrics["bytes_per_routine"] += float64(used) / float64(len(years))
		metrics["bytes_of_largest_routine"] = max(metrics["bytes_of_largest_routine"], float64(len(routine)))
	}
	return nil
}
