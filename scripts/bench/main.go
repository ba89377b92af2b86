// Command bench compares foreday's reads with those of other caches over Redis, on the
// same work: the summary of a user's day, as the same Go type, from the same Redis, each by
// the library's own client. It is a module of its own, so that foreday depends on none of them.
//
//	scripts/bench/peers [-json]
//
// All take turns, a block of reads each, so that whatever else the machine does befalls all alike.
// Through Redis, each asks Redis for every read. In the process, each keeps copies: foreday's and
// rueidis's end when Redis's do, go-redis/cache's after a minute, whatever happens.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

const (
	users   = 100
	block   = 2000 // one after the other
	each    = 200  // by each of many
	rounds  = 15
	readers = 32 // at the same time, where it is about throughput
	warm    = 2 * users
)

var day = summarizer.Date{Year: 2026, Month: 11, Day: 23}

var started = time.Now().UTC().Truncate(time.Second)

func user(n int) string { return fmt.Sprintf("u%d", n%users) }

func main() {
	asJSON := flag.Bool("json", false, "print one JSON object")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *asJSON); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, asJSON bool) error {
	dir, err := os.MkdirTemp("", "foreday-peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	server, err := redistest.Launch(dir)
	if err != nil {
		return err
	}
	defer server.Crash()
	peers, err := connect(ctx, server.Addr())
	if err != nil {
		return err
	}
	for _, p := range peers {
		if err := p.inTurn(ctx, warm); err != nil {
			return err
		}
	}
	for range rounds {
		for _, p := range peers {
			if err := p.inTurn(ctx, block); err != nil {
				return err
			}
			if err := p.together(ctx); err != nil {
				return err
			}
		}
	}
	return show(peers, asJSON)
}

// peer is one way to read a summary.
type peer struct {
	where, name string
	read        func(ctx context.Context, user string) (summarizer.Summary, error)

	took   []time.Duration // of reads one after the other, in nanoseconds
	many   int             // reads by all readers
	lasted time.Duration
}

func (p *peer) once(ctx context.Context, n int) error {
	sum, err := p.read(ctx, user(n))
	if err == nil && (sum.User != user(n) || len(sum.Events) != len(summaryOf(user(n)).Events)) {
		err = fmt.Errorf("it is of user %q, not %q", sum.User, user(n))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// inTurn reads one after the other.
func (p *peer) inTurn(ctx context.Context, reads int) error {
	for n := range reads {
		began := time.Now()
		if err := p.once(ctx, n); err != nil {
			return err
		}
		p.took = append(p.took, time.Since(began))
	}
	return nil
}

// together reads with all readers at the same time.
func (p *peer) together(ctx context.Context) error {
	failed := make(chan error, readers)
	var all sync.WaitGroup
	began := time.Now()
	for r := range readers {
		all.Go(func() {
			for n := range each {
				if err := p.once(ctx, n+r); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	p.lasted += time.Since(began)
	p.many += readers * each
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

func (p *peer) p50() float64 {
	reads := slices.Sorted(slices.Values(p.took[warm:]))
	return float64(reads[len(reads)/2].Nanoseconds()) / 1000
}

func (p *peer) perSecond() float64 { return float64(p.many) / p.lasted.Seconds() }

func show(peers []*peer, asJSON bool) error {
	if asJSON {
		metrics := map[string]float64{}
		for _, p := range peers {
			metrics[p.where+" "+p.name+" p50_us"] = p.p50()
			metrics[p.where+" "+p.name+" per_s"] = p.perSecond()
		}
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"bench": "peers", "metrics": metrics})
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t\tp50, µs\treads/s by %d readers\n", readers)
	for _, p := range peers {
		fmt.Fprintf(w, "%s\t%s\t%.1f\t%.0f\n", p.where, p.name, p.p50(), p.perSecond())
	}
	return w.Flush()
}

// summaryOf is a summary of usual size.
func summaryOf(user string) summarizer.Summary {
	at := started
	sum := summarizer.Summary{
		User: user, Date: day, Timezone: "Europe/Berlin", Language: "en",
		Headline:    "Dentist at 15:00, overlapping your usual design review.",
		TotalEvents: 7, NovelEvents: 4, Writer: "openai:gpt-4o-mini",
		FetchedAt: at, GeneratedAt: at.Add(2 * time.Second), Generation: 1795413601000123, Fingerprint: "9f2c4e1b7a6d5038",
		Text: "Dentist at 15:00 overlaps your usual design review, which runs until 16:00. " +
			"Lunch with Ada is new, at 12:30 at the usual place. The rest of the day is as every Monday.",
	}
	for hour := range 4 {
		start := at.Add(time.Duration(hour) * time.Hour)
		sum.Events = append(sum.Events, summarizer.SummaryEvent{
			Title: "Dentist", Start: start.Format(time.RFC3339), End: start.Add(time.Hour).Format(time.RFC3339),
			Calendar: "Personal", Novelty: 1, Reason: "first time in a year",
		})
	}
	return sum
}
