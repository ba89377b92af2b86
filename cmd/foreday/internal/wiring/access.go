package wiring

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/redis/go-redis/v9"
	googleoauth "golang.org/x/oauth2/google"

	"foreday/cache"
	"foreday/summarizer/google"
	"foreday/summarizer/google/vault"
)

// Access says how calendars are read: nil if nothing is set. The client is that
// of the Redis in use, which may be nil or one in this process.
//
// An OAuth client counts only where no other way is set: its ID is also in the
// environment of apps that give out the tokens themselves.
func (s SystemSettings) Access(client redis.UniversalClient) (google.Access, error) {
	access, err := s.given(refusals(client))
	if access != nil || err != nil || s.ClientID == "" {
		return access, err
	}
	kept, _, err := VaultOf(s.RedisSettings, s.KeySettings, s.GoogleSettings, client)
	if err != nil {
		return nil, err
	}
	access, err = google.Connected(s.OAuth(), kept, refusals(client))
	if err != nil {
		return nil, WrongUsage(fmt.Errorf("GOOGLE_OAUTH_CLIENT_ID: %w", err))
	}
	return access, nil
}

// refusals remembers refusals in Redis, if there is one.
func refusals(client redis.UniversalClient) google.Refusals {
	if client == nil {
		return nil
	}
	return vault.NewRefusals(client)
}

// given is the way to the calendars on which tokens of users are given to foreday,
// which keeps none: nil if nothing is set.
func (s GoogleSettings) given(refusals google.Refusals) (google.Access, error) {
	switch set := s.Ways(); {
	case len(set) == 0:
		return nil, nil
	case len(set) > 1:
		return nil, WrongUsage(fmt.Errorf("%s: these are different ways to the calendars; set one of them", strings.Join(set, " and ")))
	case s.AccessToken != "":
		return google.FixedToken(s.AccessToken), nil
	case s.TokenURL != "":
		access, err := google.Broker(s.TokenURL, refusals, 0, nil)
		if err != nil {
			return nil, BadSetting("FOREDAY_TOKEN_URL", WithoutPassword(s.TokenURL), err.Error())
		}
		return access, nil
	}
	key, err := os.ReadFile(s.Credentials)
	if err != nil {
		return nil, BadSetting("GOOGLE_APPLICATION_CREDENTIALS", s.Credentials, Reason(err)+": give the key file of a service account")
	}
	access, err := google.ServiceAccount(key, s.TokenEndpoint, refusals, 0, nil)
	if err != nil {
		return nil, BadSetting("GOOGLE_APPLICATION_CREDENTIALS", s.Credentials, err.Error())
	}
	return access, nil
}

// Ways names those of the settings that give foreday tokens, with their values.
func (s GoogleSettings) Ways() []string {
	var set []string
	if s.AccessToken != "" {
		set = append(set, "GOOGLE_ACCESS_TOKEN (hidden)")
	}
	if s.TokenURL != "" {
		set = append(set, fmt.Sprintf("FOREDAY_TOKEN_URL %q", WithoutPassword(s.TokenURL)))
	}
	if s.Credentials != "" {
		set = append(set, fmt.Sprintf("GOOGLE_APPLICATION_CREDENTIALS %q", s.Credentials))
	}
	return set
}

// Addresses are those that are asked on the way to the calendars.
func (s GoogleSettings) Addresses() []string {
	all := []string{cmp.Or(s.GoogleEndpoint, "https://www.googleapis.com/calendar/v3/")}
	switch {
	case s.TokenURL != "":
		all = append(all, s.TokenURL)
	case s.Credentials != "", s.AccessToken == "" && s.ClientID != "":
		all = append(all, cmp.Or(s.TokenEndpoint, googleoauth.Endpoint.TokenURL))
	}
	return all
}

// OAuth is the client with which users connect.
func (s GoogleSettings) OAuth() google.OAuth {
	return google.OAuth{ClientID: s.ClientID, ClientSecret: s.ClientSecret, AuthURL: s.AuthEndpoint, TokenURL: s.TokenEndpoint}
}

// VaultOf is where the tokens of connected users are kept, and what to call that:
// in the Redis of the settings, or without one in files.
func VaultOf(r RedisSettings, k KeySettings, g GoogleSettings, client redis.UniversalClient) (google.Vault, string, error) {
	seal, err := k.SealFor(r)
	if err != nil {
		return nil, "", err
	}
	if r.RedisURL != "" {
		kept, err := vault.InRedis(client, seal)
		return kept, "Redis, sealed", err
	}
	dir, err := g.tokenDir()
	if err != nil {
		return nil, "", err
	}
	kept, err := vault.InFiles(dir, seal)
	if err != nil {
		return nil, "", BadSetting("FOREDAY_TOKEN_DIR", dir, err.Error())
	}
	return kept, dir, nil
}

// SealFor is what tokens are sealed with: nothing in clear goes into Redis.
func (k KeySettings) SealFor(r RedisSettings) (*cache.Seal, error) {
	seal, err := k.Seal()
	if err == nil && seal == nil && r.RedisURL != "" {
		err = errors.New("FOREDAY_KEY is not set: tokens of connected users are not put into Redis in clear; " +
			"set it to 32 bytes in base64, such as `head -c 32 /dev/urandom | base64` prints")
	}
	if err != nil {
		return nil, WrongUsage(err)
	}
	return seal, nil
}

func (s GoogleSettings) tokenDir() (string, error) {
	if s.TokenDir != "" {
		return s.TokenDir, nil
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", WrongUsage(fmt.Errorf("FOREDAY_TOKEN_DIR is not set, and there is no usual place for tokens: %w; set it, or REDIS_URL", err))
	}
	return filepath.Join(config, "foreday", "tokens"), nil
}

var errNoGoogle = WrongUsage(errors.New("no way to the calendars is set: set FOREDAY_TOKEN_URL (your token broker), " +
	"GOOGLE_APPLICATION_CREDENTIALS (a service account), GOOGLE_OAUTH_CLIENT_ID (users connect theirs) or " +
	"GOOGLE_ACCESS_TOKEN (for a trial); without accounts, start `foreday up --sandbox --env-file sandbox.env` and `source sandbox.env` here"))

// NeedGoogle returns an error unless there is a way to the calendars.
func (s GoogleSettings) NeedGoogle() error {
	access, err := s.given(nil)
	if err == nil && access == nil && s.ClientID == "" {
		err = errNoGoogle
	}
	return err
}
