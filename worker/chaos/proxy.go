package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// proxy stands between one worker and Redis.
type proxy struct {
	*toxiproxy.Proxy
	journal                   *journal
	cuts, slowdowns, silences atomic.Int64
}

func startProxy(name, upstream string, j *journal) (*proxy, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &proxy{journal: j, Proxy: toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)}
	if err := p.Start(); err != nil {
		return nil, fmt.Errorf("start proxy %s: %w", name, err)
	}
	return p, nil
}

func (p *proxy) url() string { return "redis://" + p.Listen }
func (p *proxy) stop()       { p.Stop() }

// breakAgainAndAgain does one thing or another to the worker's connections.
func (p *proxy) breakAgainAndAgain(ctx context.Context, random *rand.Rand) error {
	for pause(ctx, between(random, 2*time.Second, 6*time.Second)) {
		if err := p.breakOnce(ctx, random); err != nil {
			return fmt.Errorf("proxy %s: %w", p.Name, err)
		}
	}
	return nil
}

func (p *proxy) breakOnce(ctx context.Context, random *rand.Rand) error {
	switch random.IntN(3) {
	case 0:
		return p.cut()
	case 1:
		p.slowdowns.Add(1)
		most := 20 + random.Int64N(230)
		toxic := toxic{Type: "latency", Attributes: map[string]int64{"latency": most / 2, "jitter": most / 2}}
		return p.with(ctx, toxic, between(random, time.Second, 3*time.Second))
	default:
		p.silences.Add(1)
		// Everything is swallowed; afterwards the connections end.
		toxic := toxic{Type: "timeout", Attributes: map[string]int64{"timeout": 0}}
		return p.with(ctx, toxic, between(random, 200*time.Millisecond, 1500*time.Millisecond))
	}
}

// cut ends all connections and takes new ones at once, on the same port. Somebody
// else's connection may have been given that port for a moment.
func (p *proxy) cut() (err error) {
	p.cuts.Add(1)
	p.journal.note(p.Name, "CUT")
	p.Stop()
	for range 50 {
		if err = p.Start(); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}

// toxic is how toxiproxy wants to be told.
type toxic struct {
	Name       string           `json:"name"`
	Type       string           `json:"type"`
	Stream     string           `json:"stream"`
	Attributes map[string]int64 `json:"attributes"`
}

// with applies the toxic in both directions for a while.
func (p *proxy) with(ctx context.Context, t toxic, d time.Duration) error {
	p.journal.note(p.Name, "%s %v for %v", t.Type, t.Attributes, d)
	for _, t.Stream = range []string{"upstream", "downstream"} {
		t.Name = t.Type + " " + t.Stream
		b, err := json.Marshal(t)
		if err != nil {
			return err
		}
		if _, err := p.Toxics.AddToxicJson(strings.NewReader(string(b))); err != nil {
			return fmt.Errorf("add %s: %w", t.Name, err)
		}
	}
	pause(ctx, d)
	p.Toxics.ResetToxics(context.WithoutCancel(ctx))
	return nil
}
