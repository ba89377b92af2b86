package google_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google"
)

// serve starts an HTTP server for the test.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// hands is a clock that a test moves. Caches read it in the background too.
type hands struct{ passed atomic.Int64 }

func (h *hands) pass(d time.Duration) { h.passed.Add(int64(d)) }

func (h *hands) now() time.Time {
	return time.Date(2026, 6, 16, 7, 0, 0, 0, time.UTC).Add(time.Duration(h.passed.Load()))
}

func brokerOf(t *testing.T, clock *hands, h http.HandlerFunc) google.Access {
	t.Helper()
	access, err := google.Broker(serve(t, h).URL+"/tokens/", nil, 0, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	return access
}

func tokenOf(ctx context.Context, a google.Access, user string) (string, error) {
	token, err := a.Token(ctx, user)
	if err != nil {
		return "", err
	}
	return token.AccessToken, nil
}

func wantToken(t *testing.T, a google.Access, user, want string) {
	t.Helper()
	if got, err := tokenOf(t.Context(), a, user); err != nil || got != want {
		t.Errorf("token of %s is %q, %v; want %q", user, got, err, want)
	}
}

func TestBrokerTokensAreKeptUntilShortlyBeforeTheyExpire(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(clock *hands) string{
		"expiry":     func(c *hands) string { return c.now().Add(time.Hour).Format(`"expiry":"` + time.RFC3339 + `"`) },
		"expires_in": func(*hands) string { return `"expires_in":3600` },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, asked := &hands{}, atomic.Int32{}
			access := brokerOf(t, clock, func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, `{"access_token":"%s-%d",%s}`, r.URL.Path, asked.Add(1), answer(clock))
			})
			wantToken(t, access, "ada", "/tokens/ada-1")
			clock.pass(58 * time.Minute)
			wantToken(t, access, "ada", "/tokens/ada-1")
			wantToken(t, access, "bob", "/tokens/bob-2")
			clock.pass(61 * time.Second) // 59:01 of 60:00
			wantToken(t, access, "ada", "/tokens/ada-3")
		})
	}
}

func TestABrokersTokenWithoutExpiryIsNotKeptForLong(t *testing.T) {
	t.Parallel()
	clock, asked := &hands{}, atomic.Int32{}
	access := brokerOf(t, clock, func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"access_token":"t%d"}`, asked.Add(1))
	})
	wantToken(t, access, "ada", "t1")
	wantToken(t, access, "ada", "t1")
	clock.pass(time.Minute)
	wantToken(t, access, "ada", "t2")
}

func TestManyRequestsOfAUserCauseOneRequestToTheBroker(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	answer := make(chan struct{})
	access := brokerOf(t, &hands{}, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		<-answer
		fmt.Fprint(w, `{"access_token":"t","expires_in":3600}`)
	})
	var callers sync.WaitGroup
	for range 10 {
		callers.Go(func() {
			if _, err := tokenOf(t.Context(), access, "ada"); err != nil {
				t.Error(err)
			}
		})
	}
	close(answer)
	callers.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("the broker was asked %d times, want once", n)
	}
}

func TestAUserIDIsOnePartOfTheBrokersAddress(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	access := brokerOf(t, &hands{}, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, r.URL.EscapedPath())
	})
	wantToken(t, access, "a/b?c#d%", "/tokens/a%2Fb%3Fc%23d%25")
	for _, user := range []string{"", ".", "..", "a/../b", "%2e%2e"} {
		before := asked.Load()
		if _, err := tokenOf(t.Context(), access, user); kindOf(err) != google.Rejected || asked.Load() != before {
			t.Errorf("user %q: %v, and the broker was asked %d times", user, err, asked.Load()-before)
		}
	}
}

func TestBrokerFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   google.Kind
		wait   time.Duration
	}{
		"403": {status(403), google.NoAccess, 0},
		"404": {status(404), google.NoAccess, 0},
		"401": {status(401), google.Temporary, 0},
		"302": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, google.Temporary, 0},
		"500": {status(500), google.Temporary, 0},
		"503 with Retry-After": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(503)
		}, google.Temporary, 7 * time.Second},
		"503 until a date": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", (&hands{}).now().Format(http.TimeFormat))
			w.Header().Set("Retry-After", (&hands{}).now().Add(time.Minute).Format(http.TimeFormat))
			w.WriteHeader(503)
		}, google.Temporary, time.Minute},
		"503 for ever": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "9999999999999")
			w.WriteHeader(503)
		}, google.Temporary, 0},
		"429":            {status(429), google.Temporary, 0},
		"no JSON":        {body("<html>"), google.Temporary, 0},
		"no token":       {body("{}"), google.Temporary, 0},
		"null":           {body("null"), google.Temporary, 0},
		"expired token":  {body(`{"access_token":"secret","expiry":"2020-01-01T00:00:00Z"}`), google.Temporary, 0},
		"a broken token": {body(`{"access_token":"secret\n"}`), google.Temporary, 0},
		"a broken type":  {body(`{"access_token":"secret","token_type":"Bearer\u0000"}`), google.Temporary, 0},
		"cut short":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, google.Temporary, 0},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1024 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1024))); err != nil {
					return
				}
			}
		}, google.Temporary, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tokenOf(t.Context(), brokerOf(t, &hands{}, c.answer), "ada@example.org")
			if kindOf(err) != c.kind || errors.Is(err, summarizer.ErrAccess) != (c.kind == google.NoAccess) {
				t.Fatalf("%v is of kind %v, want %v", err, kindOf(err), c.kind)
			}
			var e *google.Error
			if errors.As(err, &e); e.RetryAfter != c.wait || e.User != "ada@example.org" {
				t.Errorf("%+v, want to wait %v", e, c.wait)
			}
			if text := err.Error(); strings.Contains(text, "@") || strings.Contains(text, "secret") {
				t.Errorf("the text holds what is personal: %s", text)
			}
		})
	}
}

func TestAFailureOfTheBrokerIsNotKept(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	down.Store(true)
	access := brokerOf(t, &hands{}, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(503)
			return
		}
		fmt.Fprint(w, `{"access_token":"t","expires_in":3600}`)
	})
	if _, err := tokenOf(t.Context(), access, "ada"); kindOf(err) != google.Temporary {
		t.Fatalf("while the broker is down: %v", err)
	}
	down.Store(false)
	wantToken(t, access, "ada", "t")
}

func TestWaitingForATokenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	hang := func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // the server notices that the client left only once it has read all
		asked <- struct{}{}
		<-r.Context().Done()
	}
	account, err := google.ServiceAccount(accountKey(t, "unused"), serve(t, hang).URL, nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, access := range map[string]google.Access{
		"broker":          brokerOf(t, &hands{}, hang),
		"service account": account,
	} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-asked
			cancel()
		}()
		if _, err := tokenOf(ctx, access, "ada"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}

func TestAServiceAccountImpersonatesTheUserForReadingOnly(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		var claims struct{ Iss, Sub, Scope, Aud string }
		parts := strings.Split(r.FormValue("assertion"), ".")
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || json.Unmarshal(payload, &claims) != nil {
			w.WriteHeader(400)
			return
		}
		token := claims.Iss + " for " + claims.Sub + " to " + claims.Scope
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": 3600})
	})
	access, err := google.ServiceAccount(accountKey(t, server.URL), "", nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantToken(t, access, "ada@example.org",
			"foreday@example.iam for ada@example.org to https://www.googleapis.com/auth/calendar.readonly")
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the token endpoint was asked %d times for one token", n)
	}
}

func TestServiceAccountFailuresSayWhatToDo(t *testing.T) {
	t.Parallel()
	refuse := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"error":%q,"error_description":"Invalid email: ada@example.org"}`, code)
		}
	}
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   google.Kind
		says   string
	}{
		"no such user": {refuse(400, "invalid_grant"), google.NoAccess,
			"7 days are over while the app's consent screen is in testing: publish"},
		"no delegation":            {refuse(401, "unauthorized_client"), google.NoAccess, "domain-wide delegation"},
		"wrong key":                {refuse(401, "invalid_client"), google.Rejected, "GOOGLE_TOKEN_ENDPOINT"},
		"too many requests":        {refuse(429, "slow_down"), google.OverQuota, ""},
		"an error of the server's": {refuse(503, ""), google.Temporary, ""},
		"cut short":                {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, google.Temporary, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			access, err := google.ServiceAccount(accountKey(t, "unused"), serve(t, c.answer).URL, nil, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = tokenOf(t.Context(), access, "ada@example.org")
			if kindOf(err) != c.kind {
				t.Errorf("%v is of kind %v, want %v", err, kindOf(err), c.kind)
			}
			if strings.Contains(err.Error(), "@") {
				t.Errorf("the text holds an address: %s", err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
}

func TestBadSettingsAreFoundAtTheStart(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]string{
		"no JSON":         "----",
		"a user's key":    `{"type":"authorized_user"}`,
		"no address":      `{"type":"service_account","private_key":"x","token_uri":"http://localhost"}`,
		"no PEM":          `{"type":"service_account","client_email":"a","private_key":"x","token_uri":"http://localhost"}`,
		"no key in PEM":   `{"type":"service_account","client_email":"a","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n","token_uri":"http://localhost"}`,
		"a bad token_uri": string(accountKey(t, "ftp://example.org")),
	} {
		if _, err := google.ServiceAccount([]byte(key), "", nil, 0, nil); err == nil {
			t.Errorf("a service account with %s is accepted", name)
		}
	}
	for _, address := range []string{"", "broker.example.org", "/tokens", "ftp://example.org", "http://", "http://example.org?x",
		"http://a:b c/"} {
		if _, err := google.Broker(address, nil, 0, nil); err == nil {
			t.Errorf("a broker at %q is accepted", address)
		}
	}
	_, err := google.Broker("ftp://ada:sesame@example.org", nil, 0, nil)
	if err == nil || strings.Contains(err.Error(), "sesame") {
		t.Errorf("the error shows the password: %v", err)
	}
	for _, c := range []google.Config{
		{},
		{Access: google.FixedToken("t"), Endpoint: "localhost:8080"},
		{Access: google.FixedToken("t"), Endpoint: "http://localhost/%zz"},
	} {
		if _, err := google.New(c); err == nil {
			t.Errorf("a source with %+v is accepted", c)
		}
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func body(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s) }
}

func kindOf(err error) google.Kind {
	var e *google.Error
	if !errors.As(err, &e) {
		return -1
	}
	return e.Kind
}

// rsaKey is made once: it takes long.
var rsaKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
})

// accountKey is the key file of a service account.
func accountKey(t *testing.T, tokenURI string) []byte {
	t.Helper()
	key, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "foreday@example.iam",
		"private_key": string(rsaKey()), "private_key_id": "1", "token_uri": tokenURI,
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}
