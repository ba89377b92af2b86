package freshness

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// samplesKey is a ledger of fresh copies that a witness is to compare with their calendars:
// a few of all. It is no promise: what it loses is not looked at.
const samplesKey = "foreday:witness"

// maxSamples bounds them where no witness looks; those that are due first go first.
const maxSamples = 10_000

// witnessedKey is a hash, what all witnesses found on a day of UTC. Its fields are how long
// after a first look it was, and what was found.
func witnessedKey(day summarizer.Date) string { return "foreday:witnessed:" + day.String() }

// Samples returns the ledger of the copies that a witness is to look at.
func (s *Store) Samples() *Ledger { return &Ledger{client: s.client, store: s, key: samplesKey} }

// Sample has a witness look at the fresh copy of that generation, at any time in its life.
func (s *Store) Sample(ctx context.Context, user string, date summarizer.Date, generation int64) error {
	l := s.Samples()
	t := Token{User: user, Date: date, ID: strconv.FormatInt(generation, 10)}
	if err := l.Spread(ctx, t, 0, s.cfg.SummaryTTL); err != nil {
		return err
	}
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByRank(ctx, l.key, 0, -maxSamples-1)
		p.Expire(ctx, l.key, 2*s.cfg.SummaryTTL+time.Hour) // of a copy that has ended there is nothing to see
		return nil
	})
	if err != nil {
		return fmt.Errorf("bound the samples for a witness: %w", err)
	}
	return nil
}

// Witnessed is what witnesses found of copies some time after they had looked first.
type Witnessed struct {
	Consistent   int64 `json:"consistent"`
	Inconsistent int64 `json:"inconsistent"` // the same copy was still given, and its calendar another
}

// Ratio is the share of the consistent ones; 1 if none was looked at.
func (w Witnessed) Ratio() float64 {
	all := w.Consistent + w.Inconsistent
	if all == 0 {
		return 1
	}
	return float64(w.Consistent) / float64(all)
}

// Add returns both together.
func (w Witnessed) Add(other Witnessed) Witnessed {
	return Witnessed{w.Consistent + other.Consistent, w.Inconsistent + other.Inconsistent}
}

// The fields of a witnessedKey end so.
const consistent, inconsistent = " consistent", " inconsistent"

// Witness adds to what witnesses have found, by how long after a first look.
func (s *Store) Witness(ctx context.Context, found map[string]Witnessed) error {
	key := witnessedKey(summarizer.DateOf(time.Now().UTC()))
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for after, w := range found {
			p.HIncrBy(ctx, key, after+consistent, w.Consistent)
			p.HIncrBy(ctx, key, after+inconsistent, w.Inconsistent)
		}
		p.Expire(ctx, key, 72*time.Hour)
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep what a witness found: %w", err)
	}
	return nil
}

// Witnessed returns what all witnesses have found today and yesterday, in UTC, by how long
// after a first look.
func (s *Store) Witnessed(ctx context.Context) (map[string]Witnessed, error) {
	today := summarizer.DateOf(time.Now().UTC())
	found := make(map[string]Witnessed)
	for _, day := range []summarizer.Date{today, today.AddDays(-1)} {
		fields, err := s.client.HGetAll(ctx, witnessedKey(day)).Result()
		if err != nil {
			return nil, fmt.Errorf("read what witnesses found: %w", err)
		}
		for field, text := range fields {
			n, _ := strconv.ParseInt(text, 10, 64)
			if after, ok := strings.CutSuffix(field, inconsistent); ok {
				found[after] = found[after].Add(Witnessed{Inconsistent: n})
			} else if after, ok := strings.CutSuffix(field, consistent); ok {
				found[after] = found[after].Add(Witnessed{Consistent: n})
			}
		}
	}
	return found, nil
}
