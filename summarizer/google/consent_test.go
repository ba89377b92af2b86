package google_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

const back = "http://127.0.0.1:9/answer"

// asking is an app that asks a stand-in for Google for consent.
type asking struct {
	*testing.T
	google *googletest.Server
	app    google.OAuth
	clock  *hands
}

func ask(t *testing.T, server googletest.Config) *asking {
	t.Helper()
	clock := &hands{}
	server.Now, server.ClientID = clock.now, "app"
	a := &asking{T: t, google: googletest.New(server), clock: clock}
	a.google.AddUser("ada", berlin)
	url := serve(t, a.google.ServeHTTP).URL
	a.app = google.OAuth{ClientID: "app", ClientSecret: server.ClientSecret, AuthURL: url + googletest.AuthPath, TokenURL: url +
		googletest.TokenPath, Now: clock.now}
	return a
}

// browse opens the page of consent, where the stand-in agrees at once, and returns
// the answer that the browser is sent back with.
func (a *asking) browse(address string) url.Values {
	a.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(address)
	if err != nil {
		a.Fatal(err)
	}
	defer browser.CloseIdleConnections()
	defer res.Body.Close()
	to, err := res.Location()
	if err != nil || !strings.HasPrefix(to.String(), back+"?") {
		a.Fatalf("the page of consent answers %s, %v, to %v", res.Status, err, to)
	}
	return to.Query()
}

func TestAUserConnectsWithPKCE(t *testing.T) {
	t.Parallel()
	a := ask(t, googletest.Config{ClientSecret: "secret"})
	consent := a.app.Ask(back, "ada")
	page, err := url.Parse(consent.Address())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"scope": "https://www.googleapis.com/auth/calendar.readonly", "access_type": "offline", "prompt": "consent",
		"code_challenge_method": "S256", "response_type": "code", "login_hint": "ada", "redirect_uri": back,
	} {
		if got := page.Query().Get(name); got != want {
			t.Errorf("the page is asked for with %s %q, want %q", name, got, want)
		}
	}
	grant, err := consent.Grant(t.Context(), a.browse(consent.Address()))
	if err != nil || grant.ID == "" || grant.Client != "app" || grant.Refresh == "" || grant.Access == "" {
		t.Fatalf("granted %#v, %v", grant, err)
	}
	if want := a.clock.now().Add(59 * time.Minute); !grant.Until.Equal(want) {
		t.Errorf("the access token is for use until %v, want %v", grant.Until, want)
	}
	if text := grant.String(); strings.Contains(text, grant.Refresh) || strings.Contains(text, grant.Access) {
		t.Errorf("a grant prints as %s", text)
	}

	// Who has consented before would get no refresh token without being asked anew.
	second := a.app.Ask(back, "ada")
	other, err := second.Grant(t.Context(), a.browse(second.Address()))
	if err != nil || other.ID == grant.ID || other.Refresh == grant.Refresh {
		t.Errorf("connecting again gives %#v, %v", other, err)
	}
}

// Whoever saw the code on its way back, but did not ask, cannot use it.
func TestACodeIsOfUseOnlyToWhoAskedForIt(t *testing.T) {
	t.Parallel()
	a := ask(t, googletest.Config{})
	asked, thief := a.app.Ask(back, "ada"), a.app.Ask(back, "ada")
	theirs, err := url.Parse(thief.Address())
	if err != nil {
		t.Fatal(err)
	}
	answer := a.browse(asked.Address())
	answer.Set("state", theirs.Query().Get("state"))
	_, err = thief.Grant(t.Context(), answer)
	if kindOf(err) != google.Rejected || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("with another verifier: %v, want invalid_grant", err)
	}
}

func TestWhatIsNoConsentIsSaidPlainly(t *testing.T) {
	t.Parallel()
	without := func(member string) *string {
		body := `{"access_token":"t","token_type":"Bearer","expires_in":3600,"refresh_token":"r","scope":"https://www.googleapis.com/auth/calendar.readonly"}`
		body = strings.ReplaceAll(body, member, "")
		return &body
	}
	for name, c := range map[string]struct {
		account string
		spoil   func(url.Values)
		fault   googletest.Fault
		kind    google.Kind
		says    string
	}{
		"denied":        {account: "stranger", kind: google.NoAccess, says: "denied"},
		"another state": {spoil: func(v url.Values) { v.Set("state", "guessed") }, kind: google.Rejected, says: "state"},
		"no state":      {spoil: func(v url.Values) { v.Del("state") }, kind: google.Rejected, says: "state"},
		"an error, no code": {spoil: func(v url.Values) { v.Set("error", "admin_policy_enforced") }, kind: google.Rejected,
			says: "admin_policy_enforced"},
		"a hostile error": {spoil: func(v url.Values) { v.Set("error", "<script>alert(1)</script>") }, kind: google.Rejected,
			says: "answered with an error"},
		"no code":          {spoil: func(v url.Values) { v.Del("code") }, kind: google.Rejected, says: "neither a code"},
		"another code":     {spoil: func(v url.Values) { v.Set("code", "4/guessed") }, kind: google.Rejected, says: "invalid_grant"},
		"no refresh token": {fault: googletest.Fault{Body: without(`"refresh_token":"r",`)}, kind: google.Rejected, says: "no refresh token"},
		"box not ticked": {fault: googletest.Fault{Body: without("https://www.googleapis.com/auth/calendar.readonly")}, kind: google.NoAccess,
			says: "tick"},
		"server's error":   {fault: googletest.Fault{Status: 503}, kind: google.Temporary, says: "503"},
		"answer cut short": {fault: googletest.Fault{Cut: true}, kind: google.Temporary, says: "consent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t, googletest.Config{})
			c.fault.Method = "token"
			if c.fault.Body != nil || c.fault.Status != 0 || c.fault.Cut {
				a.google.Inject(c.fault)
			}
			account := c.account
			if account == "" {
				account = "ada"
			}
			consent := a.app.Ask(back, account)
			answer := a.browse(consent.Address())
			if c.spoil != nil {
				c.spoil(answer)
			}
			grant, err := consent.Grant(t.Context(), answer)
			if err == nil {
				t.Fatalf("granted %#v", grant)
			}
			if kindOf(err) != c.kind || errors.Is(err, summarizer.ErrAccess) != (c.kind == google.NoAccess) ||
				!strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, of kind %v; want %v that says %q", err, kindOf(err), c.kind, c.says)
			}
			if strings.Contains(err.Error(), "<") {
				t.Errorf("the error repeats what anybody may have written: %v", err)
			}
		})
	}
}

func TestAnAppThatCannotWorkIsFoundAtTheStart(t *testing.T) {
	t.Parallel()
	for _, app := range []google.OAuth{
		{},
		{ClientID: "app", AuthURL: "accounts.example.org"},
		{ClientID: "app", TokenURL: "ftp://ada:sesame@example.org"},
	} {
		_, err := google.Connected(app, nil, nil)
		if err == nil || app.Validate() == nil {
			t.Errorf("%+v is accepted", app)
		} else if strings.Contains(err.Error(), "sesame") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
	if err := (google.OAuth{ClientID: "app"}).Validate(); err != nil {
		t.Errorf("Google's own addresses: %v", err)
	}
}
