package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"foreday/events"
	"foreday/worker/processtest"
)

// report is what came of a soak.
type report struct {
	settings
	messages map[events.Type]int64
	delays   []time.Duration

	tally    tally
	outages  []outage
	steps    []time.Duration
	moved    int64
	cuts     int64
	slow     int64
	silences int64
	calls    map[string][2]int // to each upstream, and how many of them went wrong

	kills   []kill
	checked int
	stale   []violation
	lost    []string

	planted int
	buried  int      // of the planted, those among the dead letters
	copies  int      // dead letters that are there twice
	wronged []string // dead letters that were not planted
}

func (d *deployment) report(ctx context.Context) (report, error) {
	r := report{
		settings: d.settings, messages: map[events.Type]int64{}, tally: d.fleet.tallied(), outages: d.redis.outages,
		planted: int(d.traffic.planted.Load()), calls: d.upstreams.calls(), steps: d.redis.steps, moved: d.traffic.moved.Load(),
	}
	for typ, n := range d.traffic.counts {
		r.messages[typ] = n.Load()
	}
	for _, p := range d.proxies {
		r.cuts += p.cuts.Load()
		r.slow += p.slowdowns.Load()
		r.silences += p.silences.Load()
	}
	for _, p := range d.truth.wrong() {
		r.lost = append(r.lost, p.describe())
	}
	t := d.truth
	t.mu.Lock()
	r.delays, r.stale, r.checked = t.delays, t.stale, t.checked
	for _, k := range t.kills {
		r.kills = append(r.kills, *k)
	}
	t.mu.Unlock()
	letters, err := events.NewDeadLetters(d.client, "", "").List(ctx, "", 10_000)
	if err != nil {
		return report{}, err
	}
	r.examine(letters)
	return r, nil
}

// describe says what is wrong with a page.
func (p *page) describe() string {
	last := len(p.versions) - 1
	holds := "has no fresh copy"
	if p.copy != nil {
		holds = fmt.Sprintf("holds %q of generation %d, fetched at %s,", p.copy.titles, p.copy.generation, exactly(p.copy.fetched))
	}
	n := p.versions[last].news
	return fmt.Sprintf("%s %s instead of %q; message %d-%d is version %d, acknowledged up to %d, shown up to %d",
		p, holds, p.versions[last].titles, n.id.ms, n.id.seq, last, p.acknowledged, p.shown)
}

// examine compares dead letters with what was planted.
func (r *report) examine(letters []events.DeadLetter) {
	seen := map[string]bool{}
	for _, l := range letters {
		plant := l.Fields[plantField]
		switch {
		case plant == "":
			r.wronged = append(r.wronged, fmt.Sprintf("message %s: %s", l.MessageID, l.Reason))
		case seen[plant]:
			r.copies++
		default:
			seen[plant] = true
			r.buried++
		}
	}
}

// inOutage reports whether Redis was down between two moments.
func (r *report) inOutage(from, to time.Time) bool {
	return slices.ContainsFunc(r.outages, func(o outage) bool { return !o.began.After(to) && !from.After(o.ended) })
}

// recoveries returns how long each kill took to recover from. A kill that was
// never recovered from counts as the longest time there is.
func (r *report) recoveries(only func(kill) bool) []time.Duration {
	var all []time.Duration
	for _, k := range r.kills {
		if k.touched == 0 || !only(k) {
			continue
		}
		d := time.Duration(1<<63 - 1)
		if !k.recovered.IsZero() {
			d = k.recovered.Sub(k.at)
		}
		all = append(all, d)
	}
	slices.Sort(all)
	return all
}

// broken names the promises that were not kept.
func (r *report) broken() []string {
	var broken []string
	check := func(kept bool, format string, args ...any) {
		if !kept {
			broken = append(broken, fmt.Sprintf(format, args...))
		}
	}
	check(len(r.stale) == 0, "%d stale copies were given as fresh", len(r.stale))
	check(len(r.lost) == 0, "%d refreshes were lost", len(r.lost))
	check(r.buried == r.planted && len(r.wronged) == 0, "dead letters: %d of %d planted, and %d others", r.buried, r.planted, len(r.wronged))
	p99 := processtest.Percentile(r.recoveries(anyKill), .99)
	check(p99 <= r.maxRecovery, "recovery p99 is %s, more than %s", seconds(p99), seconds(r.maxRecovery))
	check(len(r.tally.ended) == 0, "%d workers ended without being killed", len(r.tally.ended))
	check(r.tally.kills >= int(r.length/(3*time.Second)), "only %d kills: too little trouble to prove anything", r.tally.kills)
	check(r.tally.freezes >= int(r.length/(15*time.Second)), "only %d freezes: too little trouble to prove anything", r.tally.freezes)
	check(len(r.steps) >= int(r.length/(20*time.Second)), "only %d steps of Redis's clock: too little trouble to prove anything", len(r.steps))
	check(len(r.outages) >= int(r.length/(40*time.Second)), "only %d restarts of Redis: too little trouble to prove anything", len(r.outages))
	return broken
}

func anyKill(kill) bool { return true }
