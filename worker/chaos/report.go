package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"foreday/events"
)

// report is what came of a soak.
type report struct {
	length   time.Duration
	seed     uint64
	messages map[events.Type]int64
	delays   []time.Duration

	tally    tally
	outages  []outage
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
		length: d.length, seed: d.seed, messages: map[events.Type]int64{}, tally: d.fleet.tallied(), outages: d.redis.outages,
		planted: int(d.traffic.planted.Load()), calls: d.upstreams.calls(),
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
		holds = fmt.Sprintf("holds %q of generation %d, fetched at %s,", p.copy.titles, p.copy.generation, p.copy.fetched.Format(time.RFC3339Nano))
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

// maxRecovery is what 99 of 100 recoveries may take.
const maxRecovery = 15 * time.Second

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
	p99 := percentile(r.recoveries(anyKill), .99)
	check(p99 <= maxRecovery, "recovery p99 is %s, more than %s", seconds(p99), seconds(maxRecovery))
	check(r.tally.ended == 0, "%d workers ended without being killed", r.tally.ended)
	check(r.tally.kills >= int(r.length/(3*time.Second)), "only %d kills: too little trouble to prove anything", r.tally.kills)
	check(len(r.outages) >= int(r.length/(40*time.Second)), "only %d restarts of Redis: too little trouble to prove anything", len(r.outages))
	return broken
}

func anyKill(kill) bool { return true }

// shownFaults bounds how many violations of one kind are told in detail.
const shownFaults = 5

func (r *report) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	row := func(name string, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("seed", "%d", r.seed)
	row("events", "%d   %s", r.told(), counted(r.messages))
	row("kills", "%d   one worker of %d every 1 to 3 s", r.tally.kills, workers)
	row("Redis restarts", "%d   down for %s in all", len(r.outages), seconds(r.down()))
	row("connections cut", "%d   slowed down %d times, silent %d times", r.cuts, r.slow, r.silences)
	for _, api := range slices.Sorted(maps.Keys(r.calls)) {
		row(api+" calls", "%d   gone wrong %d", r.calls[api][0], r.calls[api][1])
	}
	row("takeovers", "%d   and %d messages left pending", r.tally.takeovers, r.tally.claimed)
	row("refreshes", "%s", counted(r.tally.refreshes))
	row("fresh copies checked", "%d", r.checked)
	row("freshness", "%s   from message to fresh summary", spread(r.delays))
	row("stale given as fresh", "%d", len(r.stale))
	row("lost refreshes", "%d", len(r.lost))
	row("dead letters", "%d of %d planted   %d others, %d copies", r.buried, r.planted, len(r.wronged), r.copies)
	outage := func(k kill) bool { return r.inOutage(k.at, k.recovered) }
	row("recovery", "%s   from a kill until all is fresh", spread(r.recoveries(anyKill)))
	row("  Redis up", "%s", spread(r.recoveries(func(k kill) bool { return !outage(k) })))
	row("  Redis down meanwhile", "%s", spread(r.recoveries(outage)))
	t.Flush()
	r.printFaults(w)
}

func (r *report) printFaults(w io.Writer) {
	for _, b := range r.broken() {
		fmt.Fprintf(w, "\nBROKEN: %s", b)
	}
	tell := func(what string, faults []string) {
		for i, f := range faults {
			if i == shownFaults {
				fmt.Fprintf(w, "\n%s: and %d more", what, len(faults)-i)
				break
			}
			fmt.Fprintf(w, "\n%s: %s", what, f)
		}
	}
	var stale []string
	for _, v := range r.stale {
		stale = append(stale, fmt.Sprintf("%s, generation %d, seen at %s: it %s", v.page, v.generation, v.at.UTC().Format(time.RFC3339Nano), v.problem))
	}
	tell("stale", stale)
	tell("lost", r.lost)
	tell("dead letter", r.wronged)
	tell("worker", r.tally.panics)
	var slow []string
	for _, k := range r.kills {
		if k.touched > 0 && (k.recovered.IsZero() || k.recovered.Sub(k.at) > maxRecovery) {
			slow = append(slow, fmt.Sprintf("kill at %s of %d days, the last %v at %s", k.at.UTC().Format(time.RFC3339Nano), k.touched, k.slowest, k.recovered.UTC().Format(time.RFC3339Nano)))
		}
	}
	tell("slow", slow)
	fmt.Fprintln(w)
}

func (r *report) told() (n int64) {
	for _, m := range r.messages {
		n += m
	}
	return n
}

func (r *report) down() (d time.Duration) {
	for _, o := range r.outages {
		d += o.ended.Sub(o.began)
	}
	return d
}

// counted lists counts by name.
func counted[K ~string, N int | int64](counts map[K]N) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}

func spread(d []time.Duration) string {
	if len(d) == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %s, p99 %s, max %s", seconds(percentile(d, .5)), seconds(percentile(d, .99)), seconds(percentile(d, 1)))
}

// percentile returns the least time that is at least as long as the share p of
// all; 0 if there are none.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	i := int(p*float64(len(d))+.999999) - 1
	return sorted[min(max(i, 0), len(d)-1)]
}

func seconds(d time.Duration) string {
	if d == 1<<63-1 {
		return "never"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
