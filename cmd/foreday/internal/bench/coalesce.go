package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/summarizer/openai/openaitest"
)

// The workload of bench coalesce, a bursty day in two minutes: coalesceEdits
// edits over coalesceUsers users, in bursts of 1 to 20 by one user, the users
// drawn from a Zipf distribution (s = 1.1), the bursts begun at any moment of
// coalesceSpread, the edits within a burst a random time of coalesceGap on
// average apart (exponential). Each edit changes what the summary must say. The
// model takes coalesceModel for an answer. All from PCG, seed 1.
//
// The lower bound is what somebody who knows the future would need to have the
// summary fresh whenever it can be: one call for each edit that is followed by
// enough quiet for a call to end in. Any other call is wasted: the next edit
// comes before its answer. The plain design makes a call for each edit.
const (
	coalesceEdits  = 5000
	coalesceUsers  = 500
	coalesceSpread = 70 * time.Second
	coalesceGap    = 3 * time.Second
	coalesceModel  = 300 * time.Millisecond
)

// plannedEdit is one edit of the workload.
type plannedEdit struct {
	at   time.Duration
	user int
}

func coalescePlan() []plannedEdit {
	random := rand.New(rand.NewPCG(1, 1))
	zipf := rand.NewZipf(random, 1.1, 1, coalesceUsers-1)
	var plan []plannedEdit
	for len(plan) < coalesceEdits {
		user, at := int(zipf.Uint64()), time.Duration(random.Int64N(int64(coalesceSpread)))
		for range min(1+random.IntN(20), coalesceEdits-len(plan)) {
			plan = append(plan, plannedEdit{at, user})
			at += time.Duration(random.ExpFloat64() * float64(coalesceGap))
		}
	}
	slices.SortStableFunc(plan, func(a, b plannedEdit) int { return int(a.at - b.at) })
	return plan
}

// lowerBound counts the edits that have enough quiet after them.
func lowerBound(times [][]time.Duration) int {
	n := 0
	for _, t := range times {
		for i := range t {
			if i == len(t)-1 || t[i+1]-t[i] >= coalesceModel {
				n++
			}
		}
	}
	return n
}

func benchCoalesce(b *bench) error {
	s, err := newSystem(b, coalesceUsers, openaitest.Config{Delay: coalesceModel})
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.start(); err != nil {
		return err
	}
	before := s.stand.Model.Counts().Requests
	plan := coalescePlan()
	made := make([][]time.Duration, coalesceUsers) // when each edit really came
	start := time.Now()
	for i, e := range plan {
		time.Sleep(e.at - time.Since(start))
		published, err := s.edit(e.user)
		if err != nil {
			return err
		}
		made[e.user] = append(made[e.user], published.Sub(start))
		b.progress.At("edits", float64(i)/float64(len(plan)))
	}
	if err := s.awaitAll(made, start); err != nil {
		return err
	}
	calls, bound := s.stand.Model.Counts().Requests-before, lowerBound(made)
	b.metrics["edits"] = float64(len(plan))
	b.metrics["model_calls"] = float64(calls)
	b.metrics["lower_bound"] = float64(bound)
	b.metrics["model_calls_ratio"] = float64(calls) / float64(bound)
	b.metrics["per_event_calls"] = float64(len(plan))
	return nil
}

// awaitAll waits until every edited user's last edit is in a fresh summary.
func (s *system) awaitAll(made [][]time.Duration, start time.Time) error {
	var group errgroup.Group
	for n, times := range made {
		if len(times) == 0 {
			continue
		}
		group.Go(func() error {
			if err := s.awaitFetchedAfter(n, start.Add(times[len(times)-1]), 30*time.Second); err != nil {
				return fmt.Errorf("the last edit was lost: %w", err)
			}
			return nil
		})
	}
	return group.Wait()
}
