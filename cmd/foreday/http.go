package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker/dashboard"
)

// dashboardRoot is where asynqmon lives.
const dashboardRoot = "/dashboard"

// api returns the HTTP API.
func (sys *system) api(token string) http.Handler {
	publisher := sys.publisher()
	return api.New(api.Config{
		Reader: sys.reader,
		Publish: func(ctx context.Context, fields []map[string]any) ([]string, error) {
			messages, err := parsed(fields)
			if err != nil {
				return nil, err
			}
			return publisher.PublishAll(ctx, messages)
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

// everything is API and dashboard on one port.
func (sys *system) everything(token string, d DashboardSettings) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", sys.api(token))
	mux.Handle(dashboardRoot+"/", dashboardOf(sys.client, d, sys.log))
	mux.Handle("GET /{$}", http.RedirectHandler(dashboardRoot+"/", http.StatusSeeOther))
	return mux
}

// setPreferences keeps what the user wants, and has their summaries made anew as
// any change of a calendar does.
func setPreferences(ctx context.Context, store *freshness.Store, publisher *events.Publisher, user string, p summarizer.Preferences) error {
	return store.SetPreferences(ctx, user, p, func(ctx context.Context) error {
		_, err := publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: user})
		return err
	})
}
