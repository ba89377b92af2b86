package wiring

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

// DashboardRoot is where asynqmon lives.
const DashboardRoot = "/dashboard"

// API returns the HTTP API.
func (sys *System) API(token string) http.Handler {
	publisher := sys.Publisher()
	return api.New(api.Config{
		Reader: sys.Reader,
		Publish: func(ctx context.Context, fields []map[string]any) ([]string, error) {
			messages, err := parsed(fields)
			if err != nil {
				return nil, err
			}
			return publisher.PublishAll(ctx, messages)
		},
		Fields:      append(events.Fields(), "traceparent"),
		Preferences: sys.Store.Preferences,
		SetPreferences: func(ctx context.Context, user string, p summarizer.Preferences) error {
			return SetPreferences(ctx, sys.Store, publisher, user, p)
		},
		Ready:    sys.Store.Ready,
		Eviction: func(ctx context.Context) (string, error) { return cache.Eviction(ctx, sys.Client) },
		Bypass:   sys.Summarizer != nil,
		Gatherer: sys.registry,
		Token:    token,
		Now:      sys.now,
		Log:      sys.Log,
	})
}

// parsed reads messages, all or none.
func parsed(fields []map[string]any) ([]events.Message, error) {
	messages := make([]events.Message, len(fields))
	for i := range fields {
		m, err := events.Parse(fields[i])
		if wrong := (*events.FieldError)(nil); errors.As(err, &wrong) {
			wrong.Message = i
		}
		if err != nil {
			return nil, err
		}
		messages[i] = m
	}
	return messages, nil
}

// Metrics serves what Prometheus collects.
func (sys *System) Metrics(token string) http.Handler {
	return api.Metrics(api.Config{Gatherer: sys.registry, Token: token, Log: sys.Log})
}

// Dashboard returns asynqmon, behind a login if one is set.
func Dashboard(client redis.UniversalClient, s DashboardSettings, log zerolog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(DashboardRoot+"/", dashboard.Handler(client, dashboard.Config{
		Root: DashboardRoot, User: s.DashboardUser, Password: s.DashboardPassword, Log: log,
	}))
	mux.Handle("GET /{$}", http.RedirectHandler(DashboardRoot+"/", http.StatusSeeOther))
	return mux
}

// Everything is API and dashboard on one port.
func (sys *System) Everything(token string, d DashboardSettings) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", sys.API(token))
	mux.Handle(DashboardRoot+"/", Dashboard(sys.Client, d, sys.Log))
	mux.Handle("GET /{$}", http.RedirectHandler(DashboardRoot+"/", http.StatusSeeOther))
	return mux
}

// SetPreferences keeps what the user wants, and has their summaries made anew as
// any change of a calendar does.
func SetPreferences(ctx context.Context, store *freshness.Store, publisher *events.Publisher, user string, p summarizer.Preferences) error {
	return store.SetPreferences(ctx, user, p, func(ctx context.Context) error {
		_, err := publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: user})
		return err
	})
}
