package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"foreday/worker/processtest"
)

// shownFaults bounds how many violations of one kind are told in detail.
const shownFaults = 5

func (r *report) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 8, 3, ' ', 0)
	row := func(name string, format string, args ...any) {
		fmt.Fprintf(t, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	row("seed", "%d", r.seed)
	row("events", "%d   %s; %d moved to another day", r.told(), counted(r.messages), r.moved)
	row("kills", "%d   one worker of %d every 1 to 3 s", r.tally.kills, workers)
	row("freezes", "%d   of one worker for 2 to 8 s", r.tally.freezes)
	row("Redis's clock", "%d steps   ahead or behind by up to %s", len(r.steps), seconds(maxOffset))
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
	row("recovery", "%s   from a kill or freeze until all is fresh", spread(r.recoveries(anyKill)))
	row("  Redis up", "%s", spread(r.recoveries(func(k kill) bool { return !outage(k) })))
	row("  Redis down meanwhile", "%s", spread(r.recoveries(outage)))
	t.Flush()
	r.printFaults(w)
}

func (r *report) printFaults(w io.Writer) {
	for _, b := range r.broken() {
		fmt.Fprintf(w, "\nBROKEN: %s\n", b)
	}
	tell := func(what string, faults []string) {
		for i, f := range faults {
			if i == shownFaults {
				fmt.Fprintf(w, "%s: and %d more\n", what, len(faults)-i)
				break
			}
			fmt.Fprintf(w, "%s: %s\n", what, f)
		}
	}
	var stale []string
	for _, v := range r.stale {
		stale = append(stale, fmt.Sprintf("%s, generation %d, seen at %s: it %s", v.page, v.generation, exactly(v.at), v.problem))
	}
	tell("stale", stale)
	tell("lost", r.lost)
	tell("dead letter", r.wronged)
	tell("worker", r.tally.ended)
	var slow []string
	for _, k := range r.kills {
		if k.touched > 0 && (k.recovered.IsZero() || k.recovered.Sub(k.at) > r.maxRecovery) {
			slow = append(slow, fmt.Sprintf("kill at %s of %d days, the last %v at %s", exactly(k.at), k.touched, k.slowest, exactly(k.recovered)))
		}
	}
	tell("slow", slow)
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
	at := func(p float64) string { return seconds(processtest.Percentile(d, p)) }
	return fmt.Sprintf("p50 %s, p99 %s, max %s", at(.5), at(.99), at(1))
}

func exactly(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func seconds(d time.Duration) string {
	if d == 1<<63-1 {
		return "never"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
