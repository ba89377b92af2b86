package wiring

import (
	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/terminal"
)

// Report logs the settings in force, without secrets, so that nobody has to
// guess later what a process went by.
func (s SystemSettings) Report(log zerolog.Logger) {
	redis := "in-process"
	if s.RedisURL != "" {
		redis = WithoutPassword(s.RedisURL)
	}
	log.Info().
		Str("redis", redis).Str("stream", s.Stream).Str("group", s.Group).
		Bool("sealed", s.Key != "").
		Str("summary_ttl", terminal.Duration(s.SummaryTTL)).Str("stale_ttl", terminal.Duration(s.StaleTTL)).
		Str("routine_ttl", terminal.Duration(s.RoutineTTL)).
		Str("cooldown", terminal.Duration(s.Cooldown)).Int("refresh_days", s.RefreshDays).Stringer("timezone", s.Zone.OrUTC()).
		Int("wait_replicas", s.WaitReplicas).
		Str("calendars", s.GoogleSettings.Kind()).Str("writer", s.ModelSettings.Kind()).
		Int("google_rpm", s.GoogleRPM).Int("google_user_rpm", s.GoogleUserRPM).
		Int("openai_rpm", s.OpenAIRPM).Int("openai_tpm", s.OpenAITPM).Int("llm_daily_tokens", s.DailyTokens).
		Bool("traces", s.Traces).
		Msg("settings")
}

// Kind says in which way calendars are reached.
func (s GoogleSettings) Kind() string {
	at := ""
	if s.GoogleEndpoint != "" {
		at = " at " + WithoutPassword(s.GoogleEndpoint)
	}
	switch {
	case s.TokenURL != "":
		return "token broker " + WithoutPassword(s.TokenURL) + at
	case s.Credentials != "":
		return "service account " + s.Credentials + at
	case s.AccessToken != "":
		return "one fixed token" + at
	case s.ClientID != "":
		return "connected users of OAuth client " + s.ClientID + at
	}
	return "none"
}

// Kind says who writes.
func (s ModelSettings) Kind() string {
	switch {
	case !s.Wanted():
		return "plain, without a model"
	case s.BaseURL != "":
		return s.Model + " at " + WithoutPassword(s.BaseURL)
	}
	return s.Model
}
