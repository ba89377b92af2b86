package googletest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

// app is an installed app's side of OAuth 2.0.
func (b *bench) app() *oauth2.Config {
	return &oauth2.Config{
		ClientID: "app", ClientSecret: "secret", RedirectURL: "http://127.0.0.1:9/callback",
		Scopes:   []string{calendar.CalendarReadonlyScope},
		Endpoint: oauth2.Endpoint{AuthURL: b.url + googletest.AuthPath, TokenURL: b.url + googletest.TokenPath},
	}
}

// consent opens the page of consent and returns the parameters that the browser
// is sent back with.
func (b *bench) consent(t *testing.T, address string) url.Values {
	t.Helper()
	resp := b.do(t, http.MethodGet, address, "")
	if resp.StatusCode != http.StatusFound {
		t.Fatalf("the page of consent answers %s", resp.Status)
	}
	back, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	return back.Query()
}

// do sends a request of nobody's, following no redirect.
func (b *bench) do(t *testing.T, method, address, token string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := b.transport(t).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

func (b *bench) transport(t *testing.T) *http.Transport {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// context makes x/oauth2 use connections that end with the test.
func (b *bench) context(t *testing.T) context.Context {
	return context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: b.transport(t)})
}

// list reads the primary calendar with tokens from the source.
func (b *bench) list(t *testing.T, source oauth2.TokenSource) error {
	t.Helper()
	service, err := calendar.NewService(t.Context(), option.WithEndpoint(b.url+"/calendar/v3/"),
		option.WithHTTPClient(&http.Client{Transport: &oauth2.Transport{Source: source, Base: b.transport(t)}}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = service.Events.List("primary").Do()
	return err
}

func TestAnAppIsConnectedWithPKCE(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{ClientID: "app", ClientSecret: "secret"})
	app, verifier := b.app(), oauth2.GenerateVerifier()
	address := app.AuthCodeURL("xyzzy", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier),
		oauth2.SetAuthURLParam("login_hint", user))

	back := b.consent(t, address)
	if back.Get("state") != "xyzzy" || back.Get("code") == "" {
		t.Fatalf("sent back with %v", back)
	}
	_, err := app.Exchange(b.context(t), back.Get("code"), oauth2.VerifierOption(oauth2.GenerateVerifier()))
	wantOAuthError(t, err, "invalid_grant")
	_, err = app.Exchange(b.context(t), back.Get("code"), oauth2.VerifierOption(verifier))
	wantOAuthError(t, err, "invalid_grant") // a code works once

	token, err := app.Exchange(b.context(t), b.consent(t, address).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || token.RefreshToken == "" {
		t.Fatalf("exchanged for %+v, %v", token, err)
	}
	if err := b.list(t, oauth2.StaticTokenSource(token)); err != nil {
		t.Error(err)
	}
}

func TestARefreshTokenWorksUntilRevoked(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	app := b.app()
	code := b.consent(t, app.AuthCodeURL("", oauth2.AccessTypeOffline)).Get("code")
	token, err := app.Exchange(b.context(t), code)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Hour)
	wantStatus(t, b.list(t, oauth2.StaticTokenSource(token)), http.StatusUnauthorized, "authError")

	stale := &oauth2.Token{RefreshToken: token.RefreshToken}
	if err := b.list(t, app.TokenSource(b.context(t), stale)); err != nil {
		t.Fatalf("after refreshing: %v", err)
	}
	resp := b.do(t, http.MethodPost, b.url+googletest.RevokePath+"?token="+url.QueryEscape(token.RefreshToken), "")
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("revoking answers %s", resp.Status)
	}
	wantOAuthError(t, b.list(t, app.TokenSource(b.context(t), stale)), "invalid_grant")
}

func TestConsentIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{ClientID: "app"})
	stranger := oauth2.SetAuthURLParam("login_hint", "nobody@example.com")
	if got := b.consent(t, b.app().AuthCodeURL("", stranger)).Get("error"); got != "access_denied" {
		t.Errorf("a user that is none: %q, want access_denied", got)
	}
	other := b.app()
	other.RedirectURL = "http://example.com/callback"
	if resp := b.do(t, http.MethodGet, other.AuthCodeURL(""), ""); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a redirect to elsewhere: %s, want 400", resp.Status)
	}
	other = b.app()
	other.ClientID = "another"
	if resp := b.do(t, http.MethodGet, other.AuthCodeURL(""), ""); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("an app that is none: %s, want 401", resp.Status)
	}
	_, err := other.Exchange(b.context(t), "code")
	wantOAuthError(t, err, "invalid_client")
}

func TestAServiceAccountActsForAUser(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert(t, allDay("Fair", "2026-03-24", "2026-03-26"))
	config, err := google.JWTConfigFromJSON(b.ServiceAccount(b.url), calendar.CalendarReadonlyScope)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Since(b.clock.Now())) // assertions carry the real time
	config.Subject = user
	if err := b.list(t, config.TokenSource(b.context(t))); err != nil {
		t.Error(err)
	}
	config.Subject = "nobody@example.com"
	wantOAuthError(t, b.list(t, config.TokenSource(b.context(t))), "invalid_grant")
	forged, err := google.JWTConfigFromJSON(googletest.New(googletest.Config{}).ServiceAccount(b.url), calendar.CalendarReadonlyScope)
	if err != nil {
		t.Fatal(err)
	}
	forged.Subject = user
	wantOAuthError(t, b.list(t, forged.TokenSource(b.context(t))), "invalid_grant")
}

func TestTokensAreChecked(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	address := b.url + "/calendar/v3/calendars/primary/events"
	for name, token := range map[string]string{"no token": "", "an unknown token": "nonsense"} {
		resp := b.do(t, http.MethodGet, address, token)
		body, _ := io.ReadAll(resp.Body)
		var answer struct {
			Error struct {
				Code   int
				Status string
				Errors []struct{ Reason, Location string }
			}
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.Error.Code != 401 || answer.Error.Status != "UNAUTHENTICATED" {
			t.Errorf("%s: %s, %v", name, body, err)
		}
	}
	wantStatus(t, b.list(t, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "nonsense"})), http.StatusUnauthorized, "authError")
	b.ExpireTokens(user)
	_, err := b.client.Events.List("primary").Do()
	wantStatus(t, err, http.StatusUnauthorized, "authError")
}

func TestATokenForReadingDoesNotWrite(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	resp := b.do(t, http.MethodGet, b.url+googletest.BrokerPath+url.PathEscape(user), "")
	var given struct {
		AccessToken string    `json:"access_token"`
		Expiry      time.Time `json:"expiry"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&given); err != nil {
		t.Fatal(err)
	}
	if want := b.clock.Now().Add(time.Hour); !given.Expiry.Equal(want) {
		t.Errorf("the broker's token ends at %v, want %v", given.Expiry, want)
	}
	if err := b.list(t, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: given.AccessToken})); err != nil {
		t.Errorf("reading with the broker's token: %v", err)
	}
	if resp := b.do(t, http.MethodPost, b.url+"/calendar/v3/calendars/primary/events",
		given.AccessToken); resp.StatusCode != http.StatusForbidden {
		t.Errorf("writing with it: %s, want 403", resp.Status)
	}
	if resp := b.do(t, http.MethodGet, b.url+googletest.BrokerPath+"nobody", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the broker knows nobody, but answers %s", resp.Status)
	}
}

func wantOAuthError(t *testing.T, err error, code string) {
	t.Helper()
	var e *oauth2.RetrieveError
	if !errors.As(err, &e) {
		t.Errorf("error is %v, want %s", err, code)
		return
	}
	var body struct{ Error string }
	if jsonErr := json.Unmarshal(e.Body, &body); jsonErr != nil || body.Error != code {
		t.Errorf("error is %v, want %s", err, code)
	}
}

func TestARefreshTokenComesWithTheFirstConsentOrWhenItIsAskedForAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	app := b.app()
	anew := oauth2.SetAuthURLParam("prompt", "consent")
	for i, c := range []struct {
		options []oauth2.AuthCodeOption
		want    bool
	}{
		{nil, false},
		{[]oauth2.AuthCodeOption{oauth2.AccessTypeOffline}, true},
		{[]oauth2.AuthCodeOption{oauth2.AccessTypeOffline}, false},
		{[]oauth2.AuthCodeOption{oauth2.AccessTypeOffline, anew}, true},
	} {
		token, err := app.Exchange(b.context(t), b.consent(t, app.AuthCodeURL("", c.options...)).Get("code"))
		if err != nil || (token.RefreshToken != "") != c.want {
			t.Errorf("consent %d: refresh token %q, %v; want one: %v", i+1, token.RefreshToken, err, c.want)
		}
	}
}

func TestRefreshTokensThatRotateWorkOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{RotateRefreshTokens: true})
	app := b.app()
	first, err := app.Exchange(b.context(t), b.consent(t, app.AuthCodeURL("", oauth2.AccessTypeOffline)).Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	refresh := func(token string) (*oauth2.Token, error) {
		return app.TokenSource(b.context(t), &oauth2.Token{RefreshToken: token}).Token()
	}
	second, err := refresh(first.RefreshToken)
	if err != nil || second.RefreshToken == first.RefreshToken {
		t.Fatalf("refreshed to %+v, %v", second, err)
	}
	_, err = refresh(first.RefreshToken)
	wantOAuthError(t, err, "invalid_grant")
	if _, err := refresh(second.RefreshToken); err != nil {
		t.Errorf("the second one: %v", err)
	}
}
