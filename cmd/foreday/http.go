package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker/dashboard"
)

// dashboardRoot is where asynqmon lives.
const dashboardRoot = "/dashboard"

// stopServing is how long requests may still take once the program is told to stop.
const stopServing = 4 * time.Second

// serve serves until ctx is done; then it lets requests finish. ready is called
// with the address once it listens.
func serve(ctx context.Context, log zerolog.Logger, address string, handler http.Handler, ready func(net.Addr)) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w: set PORT to a free one", address, err)
	}
	server := api.Server(address, handler, log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready(listener.Addr())
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", address, err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopServing)
	defer cancel()
	err = server.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if err != nil {
		return fmt.Errorf("stop serving on %s: %w", address, err)
	}
	return nil
}

// urlOf is where a browser here finds what listens at a.
func urlOf(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// address is where to listen: on loopback only, unless callers must prove who they are.
func address(port int, guarded bool) string {
	if guarded {
		return fmt.Sprintf(":%d", port)
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// api returns the HTTP API.
func (sys *system) api(token string) http.Handler {
	publisher, ingester := sys.publisher(), sys.ingester()
	return api.New(api.Config{
		Reader: sys.reader,
		Publish: func(ctx context.Context, fields []map[string]any) ([]string, error) {
			messages, err := parsed(fields)
			if err != nil {
				return nil, err
			}
			fenceErr := ingester.Fence(ctx, messages)
			ids, err := publisher.PublishAll(ctx, messages)
			return ids, cmp.Or(err, fenceErr)
		},
		Fields:      append(events.Fields(), "traceparent"),
		Preferences: sys.store.Preferences,
		SetPreferences: func(ctx context.Context, user string, p summarizer.Preferences) error {
			return setPreferences(ctx, sys.store, publisher, user, p)
		},
		Ready:    sys.store.Ready,
		Eviction: func(ctx context.Context) (string, error) { return cache.Eviction(ctx, sys.client) },
		Bypass:   sys.summarizer != nil,
		Gatherer: sys.registry,
		Token:    token,
		Now:      sys.now,
		Log:      sys.log,
	})
}

// parsed reads messages, all or none.
func parsed(fields []map[string]any) ([]events.Message, error) {
	messages := make([]events.Message, len(fields))
	for i := range fields {
		m, err := events.Parse(fields[i])
		var wrong *events.FieldError
		switch {
		case errors.As(err, &wrong):
			return nil, &api.FieldError{Field: wrong.Field, Value: wrong.Value, Problem: wrong.Problem, Message: i}
		case err != nil:
			return nil, err
		}
		messages[i] = m
	}
	return messages, nil
}

// forThisMachine keeps others out of what has no guard of its own, where the rest is
// served to them.
func forThisMachine(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !from.Addr().Unmap().IsLoopback() {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// metrics serves what Prometheus collects.
func (sys *system) metrics(token string) http.Handler {
	return api.Metrics(api.Config{Gatherer: sys.registry, Token: token, Log: sys.log})
}

// dashboardOf returns asynqmon, behind a login if one is set.
func dashboardOf(client redis.UniversalClient, s DashboardSettings, log zerolog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(dashboardRoot+"/", dashboard.Handler(client, dashboard.Config{
		Root: dashboardRoot, User: s.DashboardUser, Password: s.DashboardPassword, Log: log,
	}))
	mux.Handle("GET /{$}", http.RedirectHandler(dashboardRoot+"/", http.StatusSeeOther))
	return mux
}
