package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"foreday/cache"
	"foreday/worker/quota"
)

// The settings, in groups that commands embed as they need them. Each is an
// environment variable, and a flag where that makes sense: secrets are not.

type redisSettings struct {
	RedisURL string `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"Redis: redis://, rediss://, redis+sentinel://, redis+cluster:// or a comma list of nodes."`
}

type streamSettings struct {
	Stream string `env:"FOREDAY_STREAM" default:"foreday:events" help:"Stream that messages come on."`
	Group  string `env:"FOREDAY_GROUP" default:"foreday" help:"Consumer group of the workers."`
}

type cacheSettings struct {
	SummaryTTL time.Duration `name:"summary-ttl" env:"FOREDAY_SUMMARY_TTL" default:"1h" help:"How long a summary counts as fresh."`
	StaleTTL   time.Duration `name:"stale-ttl" env:"FOREDAY_STALE_TTL" default:"24h" help:"How long an old summary is kept for readers who prefer it to none."`
	Cooldown   time.Duration `env:"FOREDAY_COOLDOWN" default:"5s" help:"Least time between two regenerations of one summary."`
	Key        string        `kong:"-"`
}

type daySettings struct {
	RefreshDays int           `name:"refresh-days" env:"FOREDAY_REFRESH_DAYS" default:"2" help:"Days, from today on, that are regenerated ahead of any reader."`
	RoutineTTL  time.Duration `name:"routine-ttl" env:"FOREDAY_ROUTINE_TTL" default:"24h" help:"How long a learnt routine is used before it is learnt anew."`
	Zone        zoneFlag      `name:"timezone" env:"FOREDAY_TIMEZONE" placeholder:"ZONE" help:"Time zone of users whose calendar names none; UTC if not set."`
}

type googleSettings struct {
	GoogleEndpoint string `name:"google-endpoint" env:"GOOGLE_CALENDAR_ENDPOINT" placeholder:"URL" help:"Address of the Calendar API, if not Google's."`
	Credentials    string `name:"google-credentials" env:"GOOGLE_APPLICATION_CREDENTIALS" placeholder:"FILE" help:"Key of a service account that impersonates users."`
	TokenURL       string `name:"token-url" env:"FOREDAY_TOKEN_URL" placeholder:"URL" help:"Token broker of your own: GET URL/USER gives access_token and expiry."`
	TokenEndpoint  string `name:"google-token-endpoint" env:"GOOGLE_TOKEN_ENDPOINT" placeholder:"URL" help:"Address of the OAuth token endpoint, if not Google's."`
	AccessToken    string `kong:"-"`
}

type modelSettings struct {
	BaseURL string `name:"openai-base-url" env:"OPENAI_BASE_URL" placeholder:"URL" help:"Address of an OpenAI-compatible API, with its version."`
	Model   string `name:"openai-model" env:"OPENAI_MODEL" default:"gpt-4o-mini" help:"Model that writes."`
	APIKey  string `kong:"-"`
}

type limitSettings struct {
	GoogleRPM     int `name:"google-rpm" env:"FOREDAY_GOOGLE_RPM" default:"10000" help:"Requests a minute to Google Calendar, all workers together; 0 for no limit."`
	GoogleUserRPM int `name:"google-user-rpm" env:"FOREDAY_GOOGLE_USER_RPM" default:"600" help:"The same for one user."`
	OpenAIRPM     int `name:"openai-rpm" env:"FOREDAY_OPENAI_RPM" default:"0" help:"Requests a minute to the model."`
	OpenAITPM     int `name:"openai-tpm" env:"FOREDAY_OPENAI_TPM" default:"0" help:"Tokens a minute of the model."`
	DailyTokens   int `name:"llm-daily-tokens" env:"FOREDAY_LLM_DAILY_TOKENS" default:"0" help:"Tokens a day for one user; then summaries are written without a model."`
}

type httpSettings struct {
	Port     int    `env:"PORT" default:"8080" help:"Port to listen on; 0 picks a free one."`
	APIToken string `kong:"-"`
}

type dashboardSettings struct {
	DashboardUser     string `kong:"-"`
	DashboardPassword string `kong:"-"`
}

type logSettings struct {
	LogLevel  string `name:"log-level" env:"LOG_LEVEL" enum:"debug,info,warn,error,default" default:"default" help:"debug, info, warn or error."`
	LogFormat string `name:"log-format" env:"LOG_FORMAT" enum:"json,console,default" default:"default" help:"json, or console for people."`
}

// AfterApply reads the secrets, which are no flags: a command line is for
// everybody to see.
func (s *cacheSettings) AfterApply() error { s.Key = os.Getenv("FOREDAY_KEY"); return nil }

func (s *googleSettings) AfterApply() error {
	s.AccessToken = os.Getenv("GOOGLE_ACCESS_TOKEN")
	return nil
}

func (s *modelSettings) AfterApply() error { s.APIKey = os.Getenv("OPENAI_API_KEY"); return nil }

func (s *httpSettings) AfterApply() error { s.APIToken = os.Getenv("FOREDAY_API_TOKEN"); return nil }

func (s *dashboardSettings) AfterApply() error {
	s.DashboardUser, s.DashboardPassword = os.Getenv("FOREDAY_DASHBOARD_USER"), os.Getenv("FOREDAY_DASHBOARD_PASSWORD")
	return nil
}

// Validate is called by the parser once all settings are read.
func (s redisSettings) Validate() error {
	if s.RedisURL == "" {
		return nil
	}
	client, err := cache.Connect(s.RedisURL)
	if err != nil {
		return fmt.Errorf("REDIS_URL %q: %w", withoutPassword(s.RedisURL), err)
	}
	return client.Close()
}

func (s streamSettings) Validate() error {
	for name, value := range map[string]string{"FOREDAY_STREAM": s.Stream, "FOREDAY_GROUP": s.Group} {
		if strings.TrimSpace(value) != value || value == "" || len(value) > 512 {
			return fmt.Errorf("%s %q: want a name of 1 to 512 bytes without spaces around it", name, value)
		}
	}
	return nil
}

func (s cacheSettings) Validate() error {
	for name, value := range map[string]time.Duration{"FOREDAY_SUMMARY_TTL": s.SummaryTTL, "FOREDAY_STALE_TTL": s.StaleTTL} {
		if value < time.Second || value > 366*24*time.Hour {
			return fmt.Errorf("%s %q: want 1s or more, and at most a year", name, value)
		}
	}
	if s.Cooldown < 0 || s.Cooldown > time.Hour {
		return fmt.Errorf("FOREDAY_COOLDOWN %q: want 0s (none) to 1h", s.Cooldown)
	}
	_, err := s.seal()
	return err
}

// seal returns the seal for summaries at rest, nil if no key is set.
func (s cacheSettings) seal() (*cache.Seal, error) {
	if s.Key == "" {
		return nil, nil
	}
	seal, err := cache.NewSeal(s.Key)
	if err != nil {
		return nil, fmt.Errorf("FOREDAY_KEY (hidden): %w", err)
	}
	return seal, nil
}

func (s daySettings) Validate() error {
	if s.RefreshDays < 0 || s.RefreshDays > 60 {
		return fmt.Errorf("FOREDAY_REFRESH_DAYS \"%d\": want 0 to 60 days", s.RefreshDays)
	}
	if s.RoutineTTL < time.Minute {
		return fmt.Errorf("FOREDAY_ROUTINE_TTL %q: want 1m or more", s.RoutineTTL)
	}
	return nil
}

func (s googleSettings) Validate() error {
	for name, value := range map[string]string{
		"GOOGLE_CALENDAR_ENDPOINT": s.GoogleEndpoint, "FOREDAY_TOKEN_URL": s.TokenURL, "GOOGLE_TOKEN_ENDPOINT": s.TokenEndpoint,
	} {
		if err := validURL(name, value); err != nil {
			return err
		}
	}
	return nil
}

func (s modelSettings) Validate() error { return validURL("OPENAI_BASE_URL", s.BaseURL) }

// wanted reports whether a model is to write at all.
func (s modelSettings) wanted() bool { return s.APIKey != "" || s.BaseURL != "" }

func (s limitSettings) Validate() error {
	for name, value := range map[string]int{
		"FOREDAY_GOOGLE_RPM": s.GoogleRPM, "FOREDAY_GOOGLE_USER_RPM": s.GoogleUserRPM, "FOREDAY_OPENAI_RPM": s.OpenAIRPM,
		"FOREDAY_OPENAI_TPM": s.OpenAITPM, "FOREDAY_LLM_DAILY_TOKENS": s.DailyTokens,
	} {
		if value < 0 {
			return fmt.Errorf("%s \"%d\": want 0 (no limit) or more", name, value)
		}
	}
	return nil
}

func (s limitSettings) limits() quota.Limits {
	return quota.Limits{
		GoogleRPM: s.GoogleRPM, GoogleUserRPM: s.GoogleUserRPM,
		OpenAIRPM: s.OpenAIRPM, OpenAITPM: s.OpenAITPM, UserDailyTokens: s.DailyTokens,
	}
}

func (s httpSettings) Validate() error { return validPort(s.Port) }

func (s dashboardSettings) Validate() error {
	if (s.DashboardUser == "") != (s.DashboardPassword == "") {
		return fmt.Errorf("FOREDAY_DASHBOARD_USER and FOREDAY_DASHBOARD_PASSWORD: set both or neither")
	}
	return nil
}

func validPort(port int) error {
	if port < 0 || port > 65535 {
		return fmt.Errorf("PORT \"%d\": want 0 (a free one) to 65535", port)
	}
	return nil
}

func validURL(name, value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("%s %q: want an address like https://host/path", name, withoutPassword(value))
	}
	return nil
}

// withoutPassword hides the password of an address, readable or not.
func withoutPassword(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	scheme, rest, found := strings.Cut(address[:at], "://")
	if !found {
		scheme, rest = "", scheme
	} else {
		scheme += "://"
	}
	user, _, _ := strings.Cut(rest, ":")
	return scheme + user + ":***" + address[at:]
}

// zone is where users live whose calendar does not say.
func (s daySettings) zone() *time.Location {
	if s.Zone.Location == nil {
		return time.UTC
	}
	return s.Zone.Location
}

// zoneFlag is a time zone by its IANA name; nil if it was not given.
type zoneFlag struct{ *time.Location }

// UnmarshalText reads the name.
func (z *zoneFlag) UnmarshalText(b []byte) error {
	zone, err := time.LoadLocation(string(b))
	if err != nil || string(b) == "" || string(b) == "Local" {
		return fmt.Errorf("time zone %q does not exist: want an IANA name such as Europe/Berlin", b)
	}
	z.Location = zone
	return nil
}
