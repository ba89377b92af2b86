package wiring

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"foreday/cache"
	"foreday/summarizer/sandbox"
	"foreday/worker/quota"
)

// Groups say in --help what the flags do not.
var Groups = []kong.Group{
	{Key: "Redis", Title: "Redis:"},
	{Key: "Summaries", Title: "Summaries:", Description: "FOREDAY_KEY (32 bytes, base64) seals what is kept of users in Redis."},
	{Key: "Google Calendar", Title: "Google Calendar:", Description: "A way to the calendars: a token broker, a service account, " +
		"GOOGLE_ACCESS_TOKEN (one token, for a trial), or an OAuth client with which users connect (its secret is " +
		"GOOGLE_OAUTH_CLIENT_SECRET). demo brings its own."},
	{Key: "Model", Title: "Model:", Description: "OPENAI_API_KEY is its key. With neither a key nor an address, " +
		"summaries are written without a model."},
	{Key: "Limits", Title: "Limits, of all workers together; 0 for none:"},
	{Key: "Worker", Title: "Worker:"},
	{Key: "HTTP", Title: "HTTP:", Description: "FOREDAY_API_TOKEN is what callers of the API must send; FOREDAY_DASHBOARD_USER and " +
		"FOREDAY_DASHBOARD_PASSWORD are the dashboard's login. What has neither is for this machine only."},
	{Key: "Logs", Title: "Logs:"},
	{Key: "Traces", Title: "Traces:", Description: "OTEL_EXPORTER_OTLP_ENDPOINT is an OpenTelemetry collector (OTLP over HTTP) that workers " +
		"send spans of their refreshes to; OpenTelemetry's other variables for traces hold, too. Off if not set."},
}

// RedisSettings say where Redis is.
type RedisSettings struct {
	RedisURL string `name:"redis-url" env:"REDIS_URL" placeholder:"URL" help:"@help_redis_url"`
}

// StreamSettings name the stream of messages.
type StreamSettings struct {
	Stream string `env:"FOREDAY_STREAM" default:"foreday:events" help:"Stream that messages come on."`
	Group  string `env:"FOREDAY_GROUP" default:"foreday" help:"Consumer group of the workers."`
}

// CacheSettings say how long summaries are kept.
type CacheSettings struct {
	SummaryTTL time.Duration `name:"summary-ttl" env:"FOREDAY_SUMMARY_TTL" default:"1h" help:"How long a summary counts as fresh."`
	StaleTTL   time.Duration `name:"stale-ttl" env:"FOREDAY_STALE_TTL" default:"24h" help:"@help_stale_ttl"`
	Cooldown   time.Duration `env:"FOREDAY_COOLDOWN" default:"5s" help:"Least time between two regenerations of one summary."`
	LocalHits  bool          `name:"local-hits" env:"FOREDAY_LOCAL_HITS" help:"@help_local_hits"`

	KeySettings `embed:""`
}

// KeySettings hold the key that seals what is kept of users.
type KeySettings struct {
	Key string `kong:"-"`
}

// DaySettings say which days are regenerated ahead, and whose day it is.
type DaySettings struct {
	RefreshDays int           `name:"refresh-days" env:"FOREDAY_REFRESH_DAYS" default:"2" help:"@help_refresh_days"`
	RoutineTTL  time.Duration `name:"routine-ttl" env:"FOREDAY_ROUTINE_TTL" default:"24h" help:"@help_routine_ttl"`
	Zone        ZoneFlag      `name:"timezone" env:"FOREDAY_TIMEZONE" placeholder:"ZONE" help:"@help_zone"`
	Language    languageFlag  `env:"FOREDAY_LANGUAGE" placeholder:"TAG" help:"@help_language"`
}

// GoogleSettings are the way to the calendars.
type GoogleSettings struct {
	GoogleEndpoint string `name:"google-endpoint" env:"GOOGLE_CALENDAR_ENDPOINT" placeholder:"URL" help:"@help_google_endpoint"`
	Credentials    string `name:"google-credentials" env:"GOOGLE_APPLICATION_CREDENTIALS" placeholder:"FILE" help:"@help_credentials"`
	TokenURL       string `name:"token-url" env:"FOREDAY_TOKEN_URL" placeholder:"URL" help:"@help_token_url"`
	ClientID       string `name:"google-client-id" env:"GOOGLE_OAUTH_CLIENT_ID" placeholder:"ID" help:"@help_client_id"`
	AuthEndpoint   string `name:"google-auth-endpoint" env:"GOOGLE_AUTH_ENDPOINT" placeholder:"URL" help:"@help_auth_endpoint"`
	TokenEndpoint  string `name:"google-token-endpoint" env:"GOOGLE_TOKEN_ENDPOINT" placeholder:"URL" help:"@help_token_endpoint"`
	TokenDir       string `name:"token-dir" env:"FOREDAY_TOKEN_DIR" placeholder:"DIR" help:"@help_token_dir"`
	AccessToken    string `kong:"-"`
	ClientSecret   string `kong:"-"`
	pages          int    // the most of one calendar; 0 is as many as are read of Google
}

// ModelSettings name the model that plans.
type ModelSettings struct {
	BaseURL   string `name:"openai-base-url" env:"OPENAI_BASE_URL" placeholder:"URL" help:"@help_base_url"`
	Model     string `name:"openai-model" env:"OPENAI_MODEL" default:"gpt-4o-mini" help:"Model that plans summaries."`
	MaxTokens int    `name:"llm-max-tokens" env:"FOREDAY_LLM_MAX_TOKENS" default:"0" help:"@help_max_tokens"`
	Effort    string `name:"llm-effort" env:"FOREDAY_LLM_EFFORT" placeholder:"EFFORT" help:"@help_effort"`
	APIKey    string `kong:"-"`
}

// LimitSettings are the limits on calls that all workers share.
type LimitSettings struct {
	GoogleRPM     int `name:"google-rpm" env:"FOREDAY_GOOGLE_RPM" default:"10000" help:"Requests a minute to Google Calendar."`
	GoogleUserRPM int `name:"google-user-rpm" env:"FOREDAY_GOOGLE_USER_RPM" default:"600" help:"The same for one user."`
	OpenAIRPM     int `name:"openai-rpm" env:"FOREDAY_OPENAI_RPM" default:"0" help:"Requests a minute to the model."`
	OpenAITPM     int `name:"openai-tpm" env:"FOREDAY_OPENAI_TPM" default:"0" help:"Tokens a minute of the model."`
	DailyTokens   int `name:"llm-daily-tokens" env:"FOREDAY_LLM_DAILY_TOKENS" default:"0" help:"@help_daily_tokens"`
}

// WorkerSettings are those of one worker.
type WorkerSettings struct {
	Concurrency int `env:"FOREDAY_CONCURRENCY" default:"0" help:"@help_concurrency"`
	SampleOneIn int `name:"witness-one-in" env:"FOREDAY_WITNESS_ONE_IN" default:"1000" help:"@help_witness_one_in"`

	WaitReplicas int           `name:"wait-replicas" env:"FOREDAY_WAIT_REPLICAS" default:"0" help:"@help_wait_replicas"`
	WaitTimeout  time.Duration `name:"wait-timeout" env:"FOREDAY_WAIT_TIMEOUT" default:"100ms" help:"@help_wait_timeout"`
}

// WitnessSettings say whether a worker is a witness, too.
type WitnessSettings struct {
	Witness bool `env:"FOREDAY_WITNESS" group:"Worker" help:"Compare a few fresh summaries with their calendars, as foreday witness does."`
}

// HTTPSettings are those of the API.
type HTTPSettings struct {
	Port            int `env:"PORT" default:"8080" help:"Port to listen on; 0 picks a free one."`
	MetricsSettings `embed:""`
}

// MetricsSettings say who may read /metrics.
type MetricsSettings struct {
	TokenSettings `embed:""`
	OpenMetrics   bool `name:"open-metrics" env:"FOREDAY_OPEN_METRICS" help:"Let whoever can connect read /metrics, without a token."`
}

// ProbeSettings say where a process that serves nothing else tells how it is.
type ProbeSettings struct {
	MetricsPort     int `name:"metrics-port" env:"PORT" default:"0" help:"Port for /metrics, /healthz and /readyz; 0 for none."`
	MetricsSettings `embed:""`
}

// TokenSettings hold what callers of the API must send.
type TokenSettings struct {
	APIToken string `kong:"-"`
}

// DashboardSettings are the login of the dashboard.
type DashboardSettings struct {
	DashboardUser     string `kong:"-"`
	DashboardPassword string `kong:"-"`
	DashboardActions  bool   `env:"FOREDAY_DASHBOARD_ACTIONS" help:"@help_dashboard_actions"`
}

// LogSettings say what is logged, and how.
type LogSettings struct {
	LogLevel  logLevel  `name:"log-level" env:"LOG_LEVEL" placeholder:"LEVEL" help:"debug, info, warn or error."`
	LogFormat logFormat `name:"log-format" env:"LOG_FORMAT" placeholder:"FORMAT" help:"@help_log_format"`
}

// BeforeApply reads the secrets. The parser calls it before Validate.
func (s *KeySettings) BeforeApply() error { s.Key = os.Getenv("FOREDAY_KEY"); return nil }

// BeforeApply reads the secrets.
func (s *GoogleSettings) BeforeApply() error {
	s.AccessToken, s.ClientSecret = os.Getenv("GOOGLE_ACCESS_TOKEN"), os.Getenv("GOOGLE_OAUTH_CLIENT_SECRET")
	return nil
}

// BeforeApply reads the secrets.
func (s *ModelSettings) BeforeApply() error { s.APIKey = os.Getenv("OPENAI_API_KEY"); return nil }

// BeforeApply reads the secrets.
func (s *TokenSettings) BeforeApply() error { s.APIToken = os.Getenv("FOREDAY_API_TOKEN"); return nil }

// BeforeApply reads the secrets.
func (s *DashboardSettings) BeforeApply() error {
	s.DashboardUser, s.DashboardPassword = os.Getenv("FOREDAY_DASHBOARD_USER"), os.Getenv("FOREDAY_DASHBOARD_PASSWORD")
	return nil
}

// NoSecretFlag refuses a password on the command line, which is for everybody on the
// machine to see. In the environment it is not.
func NoSecretFlag(ctx *kong.Context) error {
	for _, part := range ctx.Path {
		if part.Flag == nil || part.Flag.Name != "redis-url" {
			continue
		}
		if address := part.Flag.Target.String(); hasPassword(address) {
			return BadSetting("--redis-url", WithoutPassword(address),
				"a command line is for everybody to see: put an address with a password into REDIS_URL")
		}
	}
	return nil
}

// Validate is called by the parser once all settings are read.
func (s RedisSettings) Validate() error {
	if s.RedisURL == "" {
		return nil
	}
	client, err := cache.Connect(s.RedisURL)
	if err != nil {
		return fmt.Errorf("REDIS_URL %q: %w", WithoutPassword(s.RedisURL), err)
	}
	return client.Close()
}

// Validate is called by the parser.
func (s StreamSettings) Validate() error {
	return cmp.Or(validName("FOREDAY_STREAM", s.Stream), validName("FOREDAY_GROUP", s.Group))
}

// maxTTL keeps a slip of the pen from keeping things for ever.
const maxTTL = 366 * 24 * time.Hour

// Validate is called by the parser.
func (s CacheSettings) Validate() error {
	return cmp.Or(
		within("FOREDAY_SUMMARY_TTL", s.SummaryTTL, time.Second, maxTTL, "1s or more, and at most a year"),
		within("FOREDAY_STALE_TTL", s.StaleTTL, time.Second, maxTTL, "1s or more, and at most a year"),
		within("FOREDAY_COOLDOWN", s.Cooldown, 0, time.Hour, "0s (none) to 1h"))
}

// Validate is called by the parser.
func (s KeySettings) Validate() error {
	_, err := s.Seal()
	return err
}

// Seal returns the seal for what is kept of users, nil if no key is set.
func (s KeySettings) Seal() (*cache.Seal, error) {
	if s.Key == "" {
		return nil, nil
	}
	seal, err := cache.NewSeal(s.Key)
	if err != nil {
		return nil, fmt.Errorf("FOREDAY_KEY (hidden): %w", err)
	}
	return seal, nil
}

// Validate is called by the parser.
func (s DaySettings) Validate() error {
	return cmp.Or(
		within("FOREDAY_REFRESH_DAYS", s.RefreshDays, 0, 60, "0 to 60 days"),
		within("FOREDAY_ROUTINE_TTL", s.RoutineTTL, time.Minute, maxTTL, "1m or more, and at most a year"))
}

// Validate is called by the parser.
func (s GoogleSettings) Validate() error {
	err := cmp.Or(
		ValidURL("GOOGLE_CALENDAR_ENDPOINT", s.GoogleEndpoint), ValidURL("FOREDAY_TOKEN_URL", s.TokenURL),
		ValidURL("GOOGLE_AUTH_ENDPOINT", s.AuthEndpoint), ValidURL("GOOGLE_TOKEN_ENDPOINT", s.TokenEndpoint))
	if err == nil {
		_, err = s.given(nil)
	}
	return err
}

// pagesOfFiles bounds the pages that are read of a stand-in's calendar: it costs nobody
// but the one who gave the file, and may be far larger than Google's.
const pagesOfFiles = 1000

// UseSandbox puts the stand-in at the address in the place of all that was set.
func (s *GoogleSettings) UseSandbox(url string) {
	*s = GoogleSettings{GoogleEndpoint: url, TokenURL: url + "/broker", TokenEndpoint: url + "/token", pages: pagesOfFiles}
}

// Validate is called by the parser.
func (s ModelSettings) Validate() error { return ValidURL("OPENAI_BASE_URL", s.BaseURL) }

// UseSandbox puts the stand-in at the address in the place of all that was set.
func (s *ModelSettings) UseSandbox(url string) {
	*s = ModelSettings{BaseURL: url + "/v1", Model: sandbox.ModelName, APIKey: "sandbox"}
}

// Wanted reports whether a model is to write at all.
func (s ModelSettings) Wanted() bool { return s.APIKey != "" || s.BaseURL != "" }

// Validate is called by the parser.
func (s LimitSettings) Validate() error {
	const want = "0 (no limit) or more"
	return cmp.Or(
		within("FOREDAY_GOOGLE_RPM", s.GoogleRPM, 0, math.MaxInt, want), within("FOREDAY_GOOGLE_USER_RPM", s.GoogleUserRPM, 0, math.MaxInt, want),
		within("FOREDAY_OPENAI_RPM", s.OpenAIRPM, 0, math.MaxInt, want), within("FOREDAY_OPENAI_TPM", s.OpenAITPM, 0, math.MaxInt, want),
		within("FOREDAY_LLM_DAILY_TOKENS", s.DailyTokens, 0, math.MaxInt, want))
}

// Validate is called by the parser.
func (s WorkerSettings) Validate() error {
	return cmp.Or(
		within("FOREDAY_CONCURRENCY", s.Concurrency, 0, 10_000, "0 (eight for each CPU) to 10000"),
		within("FOREDAY_WITNESS_ONE_IN", s.SampleOneIn, 0, math.MaxInt, "0 (none) or more"),
		within("FOREDAY_WAIT_REPLICAS", s.WaitReplicas, 0, 100, "0 (none) to 100"),
		within("FOREDAY_WAIT_TIMEOUT", s.WaitTimeout, time.Millisecond, time.Second, "1ms to 1s"))
}

func (s LimitSettings) limits() quota.Limits {
	return quota.Limits{
		GoogleRPM: s.GoogleRPM, GoogleUserRPM: s.GoogleUserRPM,
		OpenAIRPM: s.OpenAIRPM, OpenAITPM: s.OpenAITPM, UserDailyTokens: s.DailyTokens,
	}
}

// Validate is called by the parser.
func (s HTTPSettings) Validate() error { return ValidPort("PORT", s.Port) }

// Validate is called by the parser.
func (s ProbeSettings) Validate() error { return ValidPort("PORT", s.MetricsPort) }

// Validate is called by the parser.
func (s DashboardSettings) Validate() error {
	if (s.DashboardUser == "") != (s.DashboardPassword == "") {
		missing := "FOREDAY_DASHBOARD_USER"
		if s.DashboardUser != "" {
			missing = "FOREDAY_DASHBOARD_PASSWORD"
		}
		return fmt.Errorf("%s \"\": is not set, though the other half of the login is: set both or neither", missing)
	}
	if strings.Contains(s.DashboardUser, ":") {
		return fmt.Errorf("FOREDAY_DASHBOARD_USER %q: with a colon in it, nobody can log in: choose a name without one", s.DashboardUser)
	}
	if s.DashboardActions && s.DashboardUser == "" {
		return fmt.Errorf("FOREDAY_DASHBOARD_ACTIONS %q: wants a login, so that not everybody may: set FOREDAY_DASHBOARD_USER and "+
			"FOREDAY_DASHBOARD_PASSWORD", "true")
	}
	return nil
}
