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
	"foreday/cmd/foreday/internal/overview"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker/dashboard"
)

// DashboardRoot is where asynqmon lives.
const DashboardRoot = "/dashboard"

// API returns the HTTP API.
func (sys *System) API(m MetricsSettings) http.Handler {
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
		Fields:      events.Fields(),
		Preferences: sys.Store.Preferences,
		SetPreferences: func(ctx context.Context, user string, p summarizer.Preferences) error {
			return SetPreferences(ctx, sys.Store, publisher, user, p)
		},
		Ready:       sys.Store.Ready,
		Eviction:    sys.eviction,
		Bypass:      sys.Summarizer != nil,
		Gatherer:    sys.gatherer,
		Token:       m.APIToken,
		OpenMetrics: m.OpenMetrics,
		Now:         sys.now,
		Log:         sys.Log,
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

func (sys *System) eviction(ctx context.Context) (string, error) {
	return cache.Eviction(ctx, sys.Client)
}

// Probes serve what tells how the process is, where it serves nothing else.
func (sys *System) Probes(m MetricsSettings) http.Handler {
	return api.Probes(api.Config{
		Ready: sys.Store.Ready, Eviction: sys.eviction, Gatherer: sys.gatherer, Token: m.APIToken, OpenMetrics: m.OpenMetrics, Log: sys.Log,
	})
}

// DashboardAlone is the dashboard, and what tells how its process is.
func DashboardAlone(ctx context.Context, client redis.UniversalClient, s DashboardSettings, stream StreamSettings, m MetricsSettings,
	log zerolog.Logger) http.Handler {
	probes := api.Probes(api.Config{
		Ready:    func(ctx context.Context) error { return client.Ping(ctx).Err() }, // it only reads
		Gatherer: newMetrics().with(newDeployment(client, freshness.NewStore(client, freshness.Config{}), stream)),
		Token:    m.APIToken, OpenMetrics: m.OpenMetrics, Log: log,
	})
	mux := http.NewServeMux()
	mux.Handle("/", Dashboard(ctx, client, s, stream, log))
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		mux.Handle(path, probes)
	}
	return mux
}

// Dashboard returns the operators' page and asynqmon, behind a login if one is set. Done
// ctx ends what keeps the page up to date.
func Dashboard(ctx context.Context, client redis.UniversalClient, s DashboardSettings, stream StreamSettings,
	log zerolog.Logger) http.Handler {
	who := dashboard.Config{Root: DashboardRoot, User: s.DashboardUser, Password: s.DashboardPassword, Log: log}
	cfg := overview.Config{
		Look: func(ctx context.Context) (overview.Deployment, error) {
			return overview.Look(ctx, client, stream.Stream, stream.Group)
		},
		Queues: DashboardRoot, Ctx: ctx, Log: log,
	}
	if s.DashboardActions {
		cfg.Actions = overview.NewActions(client, stream.Stream, s.DashboardPassword)
	}
	mux := http.NewServeMux()
	mux.Handle(DashboardRoot+"/", dashboard.Handler(client, who))
	page := dashboard.Admit(who, overview.NewPage(cfg))
	mux.Handle("/{$}", page)
	mux.Handle(overview.Root+"/", page)
	return mux
}

// Everything is API and dashboard on one port.
func (sys *System) Everything(ctx context.Context, m MetricsSettings, d DashboardSettings) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", sys.API(m))
	operators := Dashboard(ctx, sys.Client, d, sys.settings.StreamSettings, sys.Log)
	for _, path := range []string{DashboardRoot + "/", overview.Root + "/", "/{$}"} {
		mux.Handle(path, operators)
	}
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
