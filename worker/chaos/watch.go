package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
)

const (
	// lookEvery is how often the watch looks.
	lookEvery = 5 * time.Millisecond
	// maxPending is more than workers can have in hand.
	maxPending = 100_000
)

// sight is what Redis held at one moment.
type sight struct {
	delivered streamID
	pending   map[streamID]bool
	copies    []string // in the order of the truth's pages; "" for none
	fenced    []int    // of the same: the version that was fenced when the copies were read
}

// watch looks at Redis until ctx ends, and tells the truth what it sees.
func watch(ctx context.Context, client redis.UniversalClient, t *truth) error {
	keys := t.keys()
	for pause(ctx, lookEvery) {
		fenced := t.fenced()
		s, err := look(ctx, client, keys)
		if err != nil {
			continue // Redis is down, or has no group yet: there is nothing to see
		}
		s.fenced = fenced
		if err := t.see(s, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// look sees everything at the same moment: what it takes for acknowledged was
// so when the copies were read.
func look(ctx context.Context, client redis.UniversalClient, keys []string) (sight, error) {
	pipe := client.TxPipeline()
	groups := pipe.XInfoGroups(ctx, events.DefaultStream)
	pending := pipe.XPendingExt(ctx, &redis.XPendingExtArgs{
		Stream: events.DefaultStream, Group: events.DefaultGroup, Start: "-", End: "+", Count: maxPending,
	})
	copies := pipe.MGet(ctx, keys...)
	if _, err := pipe.Exec(ctx); err != nil {
		return sight{}, err
	}
	s := sight{pending: map[streamID]bool{}}
	for _, g := range groups.Val() {
		if g.Name == events.DefaultGroup {
			s.delivered = parseStreamID(g.LastDeliveredID)
		}
	}
	for _, p := range pending.Val() {
		s.pending[parseStreamID(p.ID)] = true
	}
	for _, v := range copies.Val() {
		text, _ := v.(string)
		s.copies = append(s.copies, text)
	}
	return s, nil
}

// acknowledged reports whether the group is done with a message that it was
// given.
func (s sight) acknowledged(id streamID) bool { return !id.after(s.delivered) && !s.pending[id] }

// see compares what was seen with the truth. An error means that what was seen
// makes no sense at all.
func (t *truth) see(s sight, now time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = slices.DeleteFunc(t.open, func(n *news) bool {
		if !s.acknowledged(n.id) {
			return false
		}
		for p, i := range n.versions {
			p.acknowledged = max(p.acknowledged, i)
			t.journal.note("watch", "%s version %d acknowledged", p, i)
		}
		return true
	})
	for i, value := range s.copies {
		p := t.pages[i]
		if value == "" {
			p.copy = nil
			continue
		}
		if p.copy == nil || p.copy.value != value {
			c, err := readCopy(value)
			if err != nil {
				return fmt.Errorf("fresh copy of %s: %w", p, err)
			}
			p.copy = c
		}
		t.judge(p, p.copy, max(p.acknowledged, s.fenced[i]), now)
		t.show(p, p.copy, now)
	}
	return nil
}

func readCopy(value string) (*freshCopy, error) {
	var sum summarizer.Summary
	if err := json.Unmarshal([]byte(value), &sum); err != nil {
		return nil, err
	}
	c := copyOf(sum)
	c.value = value
	if strings.Contains(sum.Headline+sum.Text, invented) {
		return nil, fmt.Errorf("it holds what the model made up: %q", sum.Text)
	}
	return c, nil
}

func copyOf(sum summarizer.Summary) *freshCopy {
	var titles []string
	for _, e := range sum.Events {
		titles = append(titles, e.Title)
	}
	return &freshCopy{titles: joined(titles), fetched: sum.FetchedAt, generation: sum.Generation}
}

// fenced returns the version of each page that was published with a fence.
func (t *truth) fenced() []int {
	t.mu.Lock()
	defer t.mu.Unlock()
	fenced := make([]int, len(t.pages))
	for i, p := range t.pages {
		fenced[i] = p.fenced
	}
	return fenced
}

// judge blames a copy that was given as fresh when the message of the version
// given as settled had been acknowledged, or published with a fence.
func (t *truth) judge(p *page, c *freshCopy, settled int, now time.Time) {
	t.checked++
	if c.blamed {
		return
	}
	problem := ""
	last := p.versions[settled].news
	switch {
	case p.latestHolding(c.titles, settled) < 0:
		problem = fmt.Sprintf("holds %q, which the day has not been since version %d of %d, %q",
			c.titles, settled, len(p.versions)-1, p.versions[settled].titles)
	case last != nil && c.fetched.Before(last.sent):
		problem = fmt.Sprintf("was fetched at %s, before the message %d-%d of version %d was published, which is settled",
			c.fetched.Format(time.RFC3339Nano), last.id.ms, last.id.seq, settled)
	case p.latestHolding(c.titles, p.fetchedSince(c.fetched)) < 0:
		problem = fmt.Sprintf("says that it was fetched at %s, but holds %q, which is older", c.fetched.Format(time.RFC3339Nano), c.titles)
	default:
		return
	}
	c.blamed = true
	t.stale = append(t.stale, violation{page: p.String(), problem: problem, generation: c.generation, at: now})
}

// show notes which versions a fresh copy is the first to hold.
func (t *truth) show(p *page, c *freshCopy, now time.Time) {
	reached := p.fetchedSince(c.fetched)
	if reached <= p.shown {
		return
	}
	for _, v := range p.versions[p.shown+1 : reached+1] {
		if !v.news.published.IsZero() {
			t.delays = append(t.delays, max(0, now.Sub(v.news.published)))
		}
	}
	p.shown = reached
	t.journal.note("watch", "%s version %d fresh, generation %d", p, reached, c.generation)
	for _, k := range t.kills {
		if want, waits := k.waiting[p]; waits && want <= reached {
			delete(k.waiting, p)
			if len(k.waiting) == 0 {
				k.recovered, k.slowest = now, p
				t.journal.note("watch", "%s was the last to recover from the kill at %s", p, k.at.UTC().Format(clock))
			}
		}
	}
}
