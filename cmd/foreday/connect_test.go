package main

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer/google/googletest"
)

// noBroker takes the sandbox's broker out of the way.
const noBroker = "FOREDAY_TOKEN_URL="

// startConnecting runs connect up to where it waits for the user, and returns the
// address that they are to open.
func startConnecting(t *testing.T, e env, args ...string) (p *process, address string) {
	t.Helper()
	p = start(t, e, append([]string{"connect"}, args...)...)
	address = p.says(t, "http")
	if !strings.HasPrefix(address, "http") || strings.Contains(address, " ") {
		t.Fatalf("the address is not on a line of its own: %q", address)
	}
	return p, address
}

// ends waits for the end of the program and returns what it left behind.
func (p *process) ends(t *testing.T) result {
	t.Helper()
	select {
	case <-p.Ended():
	case <-time.After(patience):
		t.Fatalf("it does not end:\n%s", p.output())
	}
	return result{status: p.State().ExitCode(), stdout: p.output()}
}

// connectUser connects a user of the sandbox, who agrees to everything.
func connectUser(t *testing.T, e env, user string) {
	t.Helper()
	p, address := startConnecting(t, e, user)
	page := get(t, address)
	if page.StatusCode != http.StatusOK || !strings.Contains(page.body, "<h1>Connected</h1>") || !strings.Contains(page.body, user) {
		t.Errorf("the browser shows %s:\n%s", page.Status, page.body)
	}
	if r := p.ends(t); r.status != exitDone || !strings.Contains(r.stdout, "Connected: foreday reads the calendars of "+user) {
		t.Fatalf("status %d:\n%s", r.status, r.stdout)
	}
}

func TestConnectLinksAUserThroughRedis(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with(noBroker, "REDIS_URL="+server.URL(), "FOREDAY_KEY="+key, "FOREDAY_COOLDOWN=0s")
	up := start(t, e.with("PORT=0"), "up")
	api := addressIn(t, up.says(t, `"api":`), "api")
	summary := func() got { return get(t, api+"/users/u2/summaries/today") }
	wantNoAccess := func(got got) {
		t.Helper()
		if got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "urn:foreday:problem:no-calendar-access") {
			t.Fatalf("%s: %s, want a problem that says so", got.Status, got.body)
		}
	}
	wantNoAccess(summary())

	// Connecting is told to the workers, who need nobody to ask.
	connectUser(t, e, "u2")
	eventually(t, func() string {
		if got := summary(); got.StatusCode != http.StatusOK {
			return "the summary is still " + got.Status
		}
		return ""
	})
	if text := mustDo(t, e, "get", "u2").stdout; !strings.Contains(text, "novel") {
		t.Errorf("get prints\n%s", text)
	}
	if text := mustDo(t, e, "explain", "--user", "u2").stdout; !strings.Contains(text, "novelty") {
		t.Errorf("explain prints\n%s", text)
	}
	token := client.Get(t.Context(), "foreday:{u2}:token").Val()
	if token == "" || strings.Contains(token, "1//") || strings.Contains(token, "refresh") {
		t.Errorf("in Redis lies %q", token)
	}

	// The user takes access back, and then gives it again.
	var held struct{ Refresh string }
	revoke(t, sandbox, client.Get(t.Context(), "foreday:{u2}:token").Val(), &held)
	wantNoAccess(get(t, api+"/users/u2/summaries/2026-01-05"))
	if client.Exists(t.Context(), "foreday:{u2}:refused").Val() == 0 {
		t.Error("it is not remembered")
	}
	up.says(t, "no access to the calendar")
	connectUser(t, e, "u2")
	if got := get(t, api+"/users/u2/summaries/2026-01-06"); got.StatusCode != http.StatusOK {
		t.Errorf("after connecting again: %s: %s", got.Status, got.body)
	}
	up.stop(t)
}

// revoke lets the user take access back at the sandbox, as they can in their
// account's settings.
func revoke(t *testing.T, sandbox sandboxed, sealed string, grant *struct{ Refresh string }) {
	t.Helper()
	seal, err := wiring.KeySettings{Key: key}.Seal()
	if err != nil {
		t.Fatal(err)
	}
	secret, ok := seal.Open([]byte(sealed), "u2", "token")
	if !ok || json.Unmarshal(secret, grant) != nil {
		t.Fatal("what lies in Redis cannot be opened")
	}
	res, err := http.PostForm(sandbox.url+googletest.RevokePath, url.Values{"token": {grant.Refresh}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		t.Fatalf("revoking: %s: %s", res.Status, body)
	}
}

func TestConnectLinksAUserThroughFilesWithoutRedis(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"in clear": "FOREDAY_KEY=", "sealed": "FOREDAY_KEY=" + key} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			sandbox := startSandbox(t, "--users", "2")
			e := sandbox.env.with(noBroker, "HOME="+home, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), more)
			r := foreday(t, e, "get", "u2")
			r.wantOneLine(t, exitFail, "foreday connect")
			connectUser(t, e, "u2")

			dir := filepath.Join(home, "config", "foreday", "tokens")
			files, err := filepath.Glob(filepath.Join(dir, "*.json"))
			if err != nil || len(files) != 1 {
				t.Fatalf("the tokens' directory holds %q, %v", files, err)
			}
			for path, want := range map[string]os.FileMode{dir: 0o700, files[0]: 0o600} {
				if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
					t.Errorf("the mode of %s is %v, %v; want %v", path, info.Mode(), err, want)
				}
			}
			if text := mustDo(t, e, "get", "u2").stdout; !strings.Contains(text, "novel") {
				t.Errorf("get prints\n%s", text)
			}
			up := start(t, e.with("PORT=0"), "up")
			if got := get(t, addressIn(t, up.says(t, `"api":`), "api")+"/users/u2/summaries/today"); got.StatusCode != http.StatusOK {
				t.Errorf("up serves %s: %s", got.Status, got.body)
			}
			up.stop(t)

			if err := os.Chmod(files[0], 0o644); err != nil {
				t.Fatal(err)
			}
			r = foreday(t, e, "get", "u2")
			r.wantOneLine(t, exitFail, "chmod 600", files[0])
		})
	}
}

// standIn is a stand-in for Google in the test, which can make things go wrong.
func standIn(t *testing.T) (*googletest.Server, env) {
	t.Helper()
	g := googletest.New(googletest.Config{ClientID: "app", ClientSecret: "s3cret"})
	g.AddUser("ada", time.UTC)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	return g, env{
		"GOOGLE_CALENDAR_ENDPOINT=" + server.URL, "GOOGLE_AUTH_ENDPOINT=" + server.URL + googletest.AuthPath,
		"GOOGLE_TOKEN_ENDPOINT=" + server.URL + googletest.TokenPath, "GOOGLE_OAUTH_CLIENT_ID=app",
		"GOOGLE_OAUTH_CLIENT_SECRET=s3cret", "FOREDAY_TOKEN_DIR=" + filepath.Join(t.TempDir(), "tokens"),
	}
}

func TestConnectSaysWhatWentWrongHereAndInTheBrowser(t *testing.T) {
	t.Parallel()
	noRefresh := `{"access_token":"t","token_type":"Bearer","expires_in":3600}`
	answerWith := func(query string) func(string) string {
		return func(address string) string {
			u, _ := url.Parse(address)
			return u.Query().Get("redirect_uri") + "?" + strings.ReplaceAll(query, "STATE", u.Query().Get("state"))
		}
	}
	for name, c := range map[string]struct {
		user  string
		open  func(address string) string // what the browser opens; nil is the page of consent
		fault googletest.Fault
		says  string
	}{
		"denied":              {user: "stranger", says: "denied"},
		"denied on the page":  {open: answerWith("state=STATE&error=access_denied"), says: "denied"},
		"an error":            {open: answerWith("state=STATE&error=org_internal"), says: "org_internal"},
		"a hostile error":     {open: answerWith("state=STATE&error=%3Cscript%3Ealert(1)%3C/script%3E"), says: "page of consent"},
		"a code that is none": {open: answerWith("state=STATE&code=4/guessed"), says: "invalid_grant"},
		"no refresh token":    {fault: googletest.Fault{Method: "token", Body: &noRefresh}, says: "no refresh token"},
		"no tokens":           {fault: googletest.Fault{Method: "token", Status: 503}, says: "503"},
		"API not enabled": {fault: googletest.Fault{Method: "settings.list", Status: 403, Reason: "accessNotConfigured"},
			says: "enable the Google Calendar API"},
		"token does not work":  {fault: googletest.Fault{Method: "settings.list", Status: 401}, says: "nothing was kept"},
		"calendar's own error": {fault: googletest.Fault{Method: "settings.list", Status: 500}, says: "nothing was kept"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, e := standIn(t)
			if c.fault.Method != "" {
				g.Inject(c.fault)
			}
			p, address := startConnecting(t, e, cmp.Or(c.user, "ada"))
			if c.open != nil {
				address = c.open(address)
			}
			page := get(t, address)
			if page.StatusCode != http.StatusBadRequest || !strings.Contains(page.body, "<h1>Not connected</h1>") ||
				!strings.Contains(page.body, c.says) {
				t.Errorf("the browser shows %s:\n%s", page.Status, page.body)
			}
			if strings.Contains(page.body, "<script") || !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
				t.Errorf("as %s the browser shows\n%s", page.Header.Get("Content-Type"), page.body)
			}
			r := p.ends(t)
			said := strings.Split(r.stdout, "\n")
			if last := said[len(said)-1]; r.status != exitFail || len(said) != 3 || !strings.HasPrefix(last, "foreday: ") ||
				!strings.Contains(last, c.says) {
				t.Errorf("status %d, and after the address it says\n%s", r.status, r.stdout)
			}
			if strings.Contains(r.stdout, "s3cret") {
				t.Errorf("the client's secret is shown: %s", r.stdout)
			}
			if files, _ := filepath.Glob(filepath.Join(strings.TrimPrefix(e[len(e)-1], "FOREDAY_TOKEN_DIR="), "*.json")); len(files) > 0 {
				t.Errorf("%q was kept", files)
			}
		})
	}
}

func TestTheFirstAnswerCounts(t *testing.T) {
	t.Parallel()
	g, e := standIn(t)
	reached := make(chan struct{}, 1)
	held := make(chan struct{})
	g.Inject(googletest.Fault{Method: "token", Match: func(*http.Request) bool {
		reached <- struct{}{}
		<-held
		return false
	}})
	p, address := startConnecting(t, e, "ada")
	first := make(chan got, 1)
	go func() { first <- get(t, address) }()
	<-reached
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	second := get(t, u.Query().Get("redirect_uri")+"?code=4/x&state="+u.Query().Get("state"))
	if second.StatusCode != http.StatusConflict || !strings.Contains(second.body, "<h1>Answered before</h1>") {
		t.Errorf("the second browser shows %s:\n%s", second.Status, second.body)
	}
	if other := get(t, strings.TrimSuffix(u.Query().Get("redirect_uri"), answerPath)+"/favicon.ico"); other.StatusCode != http.StatusNotFound {
		t.Errorf("another path gives %s", other.Status)
	}
	close(held)
	if page := <-first; page.StatusCode != http.StatusOK {
		t.Errorf("the first browser shows %s:\n%s", page.Status, page.body)
	}
	if r := p.ends(t); r.status != exitDone {
		t.Errorf("status %d:\n%s", r.status, r.stdout)
	}
}

// Any page that the user has open, and anybody else on the machine, can send a
// browser to the port.
func TestWhoDoesNotAnswerWhatWasAskedIsTurnedAwayAndTheUserStillCanConnect(t *testing.T) {
	t.Parallel()
	_, e := standIn(t)
	p, address := startConnecting(t, e, "ada")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"?state=guessed&code=4/x", "?code=4/x", "?error=access_denied", ""} {
		page := get(t, u.Query().Get("redirect_uri")+query)
		if page.StatusCode != http.StatusBadRequest || !strings.Contains(page.body, "<h1>Not connected</h1>") {
			t.Errorf("to %q the browser shows %s:\n%s", query, page.Status, page.body)
		}
	}
	if page := get(t, address); page.StatusCode != http.StatusOK {
		t.Errorf("the user's browser shows %s:\n%s", page.Status, page.body)
	}
	if r := p.ends(t); r.status != exitDone {
		t.Errorf("status %d:\n%s", r.status, r.stdout)
	}
}

func TestConnectGivesUpWhenNobodyAnswersOrItIsTold(t *testing.T) {
	t.Parallel()
	_, e := standIn(t)
	p, _ := startConnecting(t, e, "ada", "--wait", "100ms")
	if r := p.ends(t); r.status != exitFail || !strings.Contains(r.stdout, "foreday: nobody answered") {
		t.Errorf("status %d:\n%s", r.status, r.stdout)
	}
	p, _ = startConnecting(t, e, "ada")
	if err := p.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if r := p.ends(t); r.status != exitFail || !strings.HasSuffix(r.stdout, "foreday: interrupted") {
		t.Errorf("status %d:\n%s", r.status, r.stdout)
	}
}

// Apps that give out tokens themselves have a client's ID in their environment,
// too.
func TestAClientsIDIsNoWayBesideAnother(t *testing.T) {
	t.Parallel()
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with("FOREDAY_TOKEN_DIR=" + filepath.Join(t.TempDir(), "tokens"))
	if text := mustDo(t, e, "get", "u1").stdout; !strings.Contains(text, "novel") {
		t.Errorf("through the broker, get prints\n%s", text)
	}
	p, address := startConnecting(t, e, "u1")
	get(t, address)
	if r := p.ends(t); r.status != exitDone || !strings.Contains(r.stdout, "FOREDAY_TOKEN_URL") {
		t.Errorf("status %d, and it does not say that the broker is used:\n%s", r.status, r.stdout)
	}
}
