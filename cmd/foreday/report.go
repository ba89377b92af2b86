package main

import (
	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/terminal"
)

// report logs the settings in force, without secrets, so that nobody has to
// guess later what a process went by.
func (s SystemSettings) report(log zerolog.Logger) {
	redis := "in-process"
	if s.RedisURL != "" {
		redis = withoutPassword(s.RedisURL)
	}
	log.Info().
		Str("redis", redis).Str("stream", s.Stream).Str("group", s.Group).
		Bool("sealed", s.Key != "").
		Str("summary_ttl", terminal.Duration(s.SummaryTTL)).Str("stale_ttl", terminal.Duration(s.StaleTTL)).Str("routine_ttl", terminal.Duration(s.RoutineTTL)).
		Str("cooldown", terminal.Duration(s.Cooldown)).Int("refresh_days", s.RefreshDays).Stringer("timezone", s.Zone.orUTC()).
		Str("calendars", s.GoogleSettings.kind()).Str("writer", s.ModelSettings.kind()).
		Int("google_rpm", s.GoogleRPM).Int("google_user_rpm", s.GoogleUserRPM).
		Int("openai_rpm", s.OpenAIRPM).Int("openai_tpm", s.OpenAITPM).Int("llm_daily_tokens", s.DailyTokens).
		Msg("settings")
}

// kind says in which way calendars are reached.
func (s GoogleSettings) kind() string {
	at := ""
	if s.GoogleEndpoint != "" {
		at = " at " + withoutPassword(s.GoogleEndpoint)
	}
	switch {
	case s.TokenURL != "":
		return "token broker " + withoutPassword(s.TokenURL) + at
	case s.Credentials != "":
		return "service account " + s.Credentials + at
	case s.AccessToken != "":
		return "one fixed token" + at
	case s.ClientID != "":
		return "connected users of OAuth client " + s.ClientID + at
	}
	return "none"
}

// kind says who writes.
func (s ModelSettings) kind() string {
	switch {
	case !s.wanted():
		return "plain, without a model"
	case s.BaseURL != "":
		return s.Model + " at " + withoutPassword(s.BaseURL)
	}
	return s.Model
}
