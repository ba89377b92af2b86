package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache/api"
	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/worker/processtest"
)

// The workload of http_vs_bare: httpConns connections, each with one request after the
// other, to the API as it is served by commands, with a token and a log, and to a handler
// that does one GET by a plain client and writes what it got. The requests to both are the
// same. They take turns, httpBlock each, httpRounds times.
const (
	httpConns  = 32
	httpBlock  = 400 * time.Millisecond
	httpRounds = 20
	httpToken  = "a token that benches use"
)

// served is what is read over HTTP.
type served struct {
	name    string
	address string
	path    func(user string) string
	conns   []*rawConn
	took    []time.Duration
	lasted  time.Duration
}

func (s *system) overHTTP() error {
	s.stopWorker()
	plain, err := plainClient(s.bench.RedisURL)
	if err != nil {
		return err
	}
	defer plain.Close()
	discard, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer discard.Close()
	s.Log = zerolog.New(discard).Level(zerolog.InfoLevel).With().Timestamp().Logger()
	ours, closeOurs, err := serveHere(s.API(wiring.MetricsSettings{TokenSettings: wiring.TokenSettings{APIToken: httpToken}}))
	if err != nil {
		return err
	}
	defer closeOurs()
	bare, closeBare, err := serveHere(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user := strings.Split(r.URL.Path, "/")[3]
		value, err := plain.Get(r.Context(), freshness.FreshKey(user, s.day.Date)).Bytes()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(value)
	}))
	if err != nil {
		return err
	}
	defer closeBare()
	byDate := func(user string) string { return "/v1/users/" + user + "/summaries/" + s.day.Date.String() }
	today := func(user string) string { return "/v1/users/" + user + "/summaries/today" }
	all := []*served{
		{name: "bare", address: bare, path: byDate}, {name: "http", address: ours, path: byDate},
		{name: "today", address: ours, path: today},
	}
	if err := s.takeTurns(all); err != nil {
		return err
	}
	m, p50 := s.bench.metrics, func(v *served) float64 { return milliseconds(processtest.Percentile(v.took, .5)) }
	m["bare_http_ms"], m["http_ms"] = p50(all[0]), p50(all[1])
	m["http_vs_bare"], m["http_today_vs_bare"] = p50(all[1])/p50(all[0]), p50(all[2])/p50(all[0])
	m["bare_http_per_s"], m["http_per_s"] = all[0].perSecond(), all[1].perSecond()
	m["http_throughput_vs_bare"] = all[1].perSecond() / all[0].perSecond()
	m["http_today_throughput_vs_bare"] = all[2].perSecond() / all[0].perSecond()
	return nil
}

func (v *served) perSecond() float64 { return float64(len(v.took)) / v.lasted.Seconds() }

// serveHere serves a handler on a free port, as commands do.
func serveHere(h http.Handler) (address string, stop func() error, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := api.Server("", h, zerolog.Nop())
	go server.Serve(listener) // ends with Close
	return listener.Addr().String(), server.Close, nil
}

// takeTurns reads from all, in turns.
func (s *system) takeTurns(all []*served) error {
	for _, v := range all {
		for range httpConns {
			conn, err := net.Dial("tcp", v.address)
			if err != nil {
				return err
			}
			defer conn.Close()
			v.conns = append(v.conns, &rawConn{conn, bufio.NewReader(conn)})
		}
	}
	for round := range httpRounds {
		s.bench.progress.At("over HTTP", float64(round)/httpRounds)
		for _, v := range all {
			if err := v.readFor(s, httpBlock); err != nil {
				return fmt.Errorf("%s: %w", v.name, err)
			}
		}
	}
	return nil
}

// readFor reads by all connections for some time.
func (v *served) readFor(s *system, length time.Duration) error {
	ctx, cancel := context.WithTimeout(s.bench.ctx, length)
	defer cancel()
	var mu sync.Mutex
	var group errgroup.Group
	began := time.Now()
	for n, conn := range v.conns {
		group.Go(func() error {
			var took []time.Duration
			for i := n; ctx.Err() == nil; i++ {
				at := time.Now()
				if err := s.mostlyHits(conn.get(v.path(s.users[i%len(s.users)].id))); err != nil {
					return err
				}
				took = append(took, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			v.took = append(v.took, took...)
			return nil
		})
	}
	err := group.Wait()
	v.lasted += time.Since(began)
	return err
}

// rawConn is a client that takes as little of the machine as can be, so that the servers
// are what is measured.
type rawConn struct {
	net.Conn
	answers *bufio.Reader
}

func (c *rawConn) get(path string) error {
	_, err := io.WriteString(c, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "+httpToken+"\r\n\r\n")
	if err != nil {
		return err
	}
	res, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", path, res.Status)
	}
	if cached := res.Header.Get("Cache-Status"); cached != "" && !strings.Contains(cached, "hit") {
		return fmt.Errorf("%w: it is %s", errNoHit, cached)
	}
	return nil
}
