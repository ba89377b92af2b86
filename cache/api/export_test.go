package api

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"foreday/summarizer"
)

// OpenAPI is the document that is served.
func OpenAPI() []byte { return openAPI }

// Served returns the methods at each path of an API that has everything.
func Served() map[string][]string {
	return newAPI(Config{
		Gatherer:       prometheus.NewRegistry(),
		Preferences:    func(context.Context, string) (p summarizer.Preferences, err error) { return },
		SetPreferences: func(context.Context, string, summarizer.Preferences) error { return nil },
	}).paths
}
