package worker_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/vault"
)

// hands is a clock that a test moves: of the stand-in, and of those who keep its
// tokens.
type hands struct{ passed atomic.Int64 }

func (h *hands) pass(d time.Duration) { h.passed.Add(int64(d)) }
func (h *hands) now() time.Time       { return morning.Add(time.Duration(h.passed.Load())) }

// connection is a user who has connected their calendar to an app, with all that
// workers share about it.
type connection struct {
	*testing.T
	client redis.UniversalClient
	seal   *cache.Seal
	clock  *hands
	google *googletest.Server
	door   *door
	url    string
	app    google.OAuth
}

// connected connects ada.
func connected(t *testing.T, client redis.UniversalClient, server googletest.Config) *connection {
	t.Helper()
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	c := &connection{T: t, client: client, seal: seal, clock: &hands{}}
	server.Now, server.ClientID, server.ClientSecret = c.clock.now, "app", "secret"
	c.google = googletest.New(server)
	c.google.AddUser("ada", berlin)
	c.door = &door{handler: c.google}
	c.url = serve(t, c.door)
	c.app = appAt(c.url, c.clock.now)
	c.connect("ada")
	return c
}

// appAt is an app that is known to the stand-in.
func appAt(url string, now func() time.Time) google.OAuth {
	return google.OAuth{
		ClientID: "app", ClientSecret: "secret", Now: now,
		AuthURL: url + googletest.AuthPath, TokenURL: url + googletest.TokenPath,
	}
}

func (c *connection) vault() google.Vault {
	c.Helper()
	v, err := vault.InRedis(c.client, c.seal)
	if err != nil {
		c.Fatal(err)
	}
	return v
}

// connect goes through the page of consent, as the account.
func (c *connection) connect(account string) {
	c.Helper()
	consent := c.app.Ask("http://127.0.0.1:9/answer", account)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browser.CloseIdleConnections()
	res, err := browser.Get(consent.Address())
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil {
		c.Fatal(err)
	}
	grant, err := consent.Grant(c.Context(), back.Query())
	if err != nil {
		c.Fatal(err)
	}
	if err := grant.Store(c.Context(), c.vault(), "ada"); err != nil {
		c.Fatal(err)
	}
}

// process returns another process's Source, with a memory of its own.
func (c *connection) process() *google.Source { return c.processWith(c.vault()) }

func (c *connection) processWith(v google.Vault) *google.Source {
	c.Helper()
	access, err := google.Connected(c.app, v, vault.NewRefusals(c.client))
	if err != nil {
		c.Fatal(err)
	}
	return c.reading(access)
}

func (c *connection) reading(access google.Access) *google.Source {
	c.Helper()
	source, err := google.New(google.Config{Endpoint: c.url, Access: access, Now: c.clock.now})
	if err != nil {
		c.Fatal(err)
	}
	return source
}

func (c *connection) processes(n int) []*google.Source {
	all := make([]*google.Source, n)
	for i := range all {
		all[i] = c.process()
	}
	return all
}

// read reads ada's day, as a job does.
func (c *connection) read(s *google.Source) error {
	_, err := s.Day(c.Context(), "ada", summarizer.Day{Date: today, Zone: berlin}, summarizer.Selection{})
	return err
}

// readAll lets all processes read at the same time, and returns their errors.
func (c *connection) readAll(processes []*google.Source) []error {
	errs := make([]error, len(processes))
	start := make(chan struct{})
	var all sync.WaitGroup
	for i, p := range processes {
		all.Go(func() {
			<-start
			errs[i] = c.read(p)
		})
	}
	close(start)
	all.Wait()
	return errs
}

func (c *connection) mustReadAll(processes []*google.Source) {
	c.Helper()
	for i, err := range c.readAll(processes) {
		if err != nil {
			c.Errorf("process %d: %v", i, err)
		}
	}
}

// tokensFor counts the requests to the token endpoint that do causes.
func (c *connection) tokensFor(do func()) int {
	c.Helper()
	before := c.google.Requests().ByMethod["token"]
	do()
	return c.google.Requests().ByMethod["token"] - before
}

func (c *connection) wantTokens(want int, do func()) {
	c.Helper()
	if got := c.tokensFor(do); got != want {
		c.Errorf("%d requests to the token endpoint, want %d", got, want)
	}
}

// kindOf returns of which kind a Source's error is.
func kindOf(err error) google.Kind {
	var e *google.Error
	if !errors.As(err, &e) {
		return -1
	}
	return e.Kind
}

// eachWay runs the test on both kinds of Redis, with refresh tokens that stay and
// with such as work once only.
func eachWay(t *testing.T, test func(c *connection)) {
	t.Helper()
	for name, rotate := range map[string]bool{"refresh tokens that stay": false, "refresh tokens that rotate": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				test(connected(t, client, googletest.Config{RotateRefreshTokens: rotate}))
			})
		})
	}
}

func TestTenWorkersRefreshAnExpiredTokenOnce(t *testing.T) {
	t.Parallel()
	eachWay(t, func(c *connection) {
		c.google.Inject(googletest.Fault{Method: "token", Delay: 50 * time.Millisecond}) // so that all are there
		workers := c.processes(10)
		c.wantTokens(0, func() { c.mustReadAll(workers) }) // connecting brought one
		for range 3 {
			c.clock.pass(time.Hour)
			c.wantTokens(1, func() { c.mustReadAll(workers) })
			c.wantTokens(0, func() { c.mustReadAll(c.processes(10)) }) // who starts now takes what is there
		}
	})
}

// A connection for each refresh would cost a handshake each, and be left behind.
func TestRefreshesShareAConnection(t *testing.T) {
	t.Parallel()
	c := connected(t, redistest.Mini(t).Client(t), googletest.Config{})
	connections := map[string]bool{}
	c.app.TokenURL = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections[r.RemoteAddr] = true // one request at a time comes here
		c.google.ServeHTTP(w, r)
	})) + googletest.TokenPath
	process := c.process()
	c.wantTokens(5, func() {
		for range 5 {
			c.clock.pass(time.Hour)
			if err := c.read(process); err != nil {
				t.Fatal(err)
			}
		}
	})
	if n := len(connections); n != 1 {
		t.Errorf("five refreshes made %d connections, want one", n)
	}
}

// Without Redis, up and get run side by side, and share files.
func TestProcessesThatShareFilesRefreshAnExpiredTokenOnce(t *testing.T) {
	t.Parallel()
	c := connected(t, redistest.Mini(t).Client(t), googletest.Config{RotateRefreshTokens: true})
	secret, _, err := c.vault().Load(t.Context(), "ada")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "tokens")
	files := func() google.Vault {
		v, err := vault.InFiles(dir, c.seal)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if err := files().Store(t.Context(), "ada", secret); err != nil {
		t.Fatal(err)
	}
	var processes []*google.Source
	for range 10 {
		processes = append(processes, c.processWith(files()))
	}
	for range 2 {
		c.clock.pass(time.Hour)
		c.wantTokens(1, func() { c.mustReadAll(processes) })
	}
}

// A token may be turned down before its time: by a user who changed their
// password, say.
func TestTenWorkersReplaceATokenThatIsTurnedDownOnce(t *testing.T) {
	t.Parallel()
	eachWay(t, func(c *connection) {
		workers := c.processes(10)
		c.mustReadAll(workers)
		c.google.ExpireTokens("ada")
		c.wantTokens(1, func() { c.mustReadAll(workers) })
	})
}

func TestWhoDiesWhileRefreshingHoldsTheOthersUpForAWhileOnly(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		dead, err := c.vault().Lease(t.Context(), "ada", 300*time.Millisecond)
		if err != nil || dead == nil {
			t.Fatalf("no lease: %v", err)
		}
		c.clock.pass(time.Hour)
		c.wantTokens(1, func() { c.mustReadAll(c.processes(10)) })
	})
}

// noted is a vault that tells with what life leases are taken.
type noted struct {
	google.Vault
	life atomic.Int64
}

func (n *noted) Lease(ctx context.Context, user string, life time.Duration) (func(), error) {
	n.life.Store(int64(life))
	return n.Vault.Lease(ctx, user, life)
}

// The lease ends before the answer comes: another worker refreshes meanwhile, and
// what the slow one then has may not take the place of that.
func TestASlowRefresherNeverOverwritesANewerToken(t *testing.T) {
	t.Parallel()
	eachWay(t, func(c *connection) {
		c.clock.pass(time.Hour)
		waiting, open := c.door.hold(googletest.TokenPath)
		defer open()
		slow := make(chan error, 1)
		v := &noted{Vault: c.vault()}
		go func() { slow <- c.read(c.processWith(v)) }()
		select {
		case <-waiting:
		case <-time.After(patience):
			c.Fatal("nothing was asked for")
		}
		if life := time.Duration(v.life.Load()); life <= 0 || life > 10*time.Second {
			c.Errorf("the lease is for %v", life)
		}
		c.client.Del(c.Context(), "foreday:{ada}:token-lease") // its life is over
		kept := c.client.Get(c.Context(), "foreday:{ada}:token").Val()

		// The door is open to the second, and the first is let in after it.
		second := make(chan error, 1)
		c.door.mu.Lock()
		c.door.shut = nil
		c.door.mu.Unlock()
		go func() { second <- c.read(c.process()) }()
		if err := <-second; err != nil {
			c.Fatal(err)
		}
		newer := c.client.Get(c.Context(), "foreday:{ada}:token").Val()
		if newer == kept {
			c.Fatal("the second worker kept nothing")
		}
		open()
		if err := <-slow; err != nil {
			c.Errorf("the slow worker: %v", err)
		}
		if got := c.client.Get(c.Context(), "foreday:{ada}:token").Val(); got != newer {
			c.Error("the slow worker overwrote the newer token")
		}
		c.clock.pass(time.Hour)
		c.wantTokens(1, func() { c.mustReadAll(c.processes(3)) })
	})
}

func TestRevokedAccessIsRememberedForAllUntilTheUserConnectsAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		workers := c.processes(10)
		c.mustReadAll(workers)
		c.google.RevokeAccess("ada")
		c.wantTokens(1, func() {
			for range 3 {
				for i, err := range c.readAll(workers) {
					if !errors.Is(err, summarizer.ErrAccess) {
						t.Errorf("process %d: %v, want no access", i, err)
					}
				}
			}
		})
		if ttl := client.PTTL(t.Context(), "foreday:{ada}:refused").Val(); ttl < 9*time.Minute || ttl > 10*time.Minute {
			t.Errorf("it is remembered for %v", ttl)
		}
		before := c.google.Requests().Total
		_ = c.readAll(append(workers, c.process()))
		if after := c.google.Requests().Total; after != before {
			t.Errorf("Google was asked %d times more", after-before)
		}

		c.connect("ada")
		c.mustReadAll(workers)
	})
}

// The refresh token still works, but what it gives does not.
func TestTokensThatAreTurnedDownFreshAreNotAskedForAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		workers := c.processes(10)
		well := c.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusUnauthorized})
		for range 3 {
			for i, err := range c.readAll(workers) {
				if !errors.Is(err, summarizer.ErrAccess) {
					t.Errorf("process %d: %v, want no access", i, err)
				}
			}
		}
		before := c.google.Requests().Total
		_ = c.readAll(append(workers, c.process()))
		if after := c.google.Requests().Total; after != before {
			t.Errorf("Google was asked %d times more", after-before)
		}
		well()
		c.connect("ada")
		c.mustReadAll(workers)
	})
}

func TestAFailureOfTheTokenEndpointIsNoRefusal(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		c.clock.pass(time.Hour)
		garbage := "<html>"
		for name, fault := range map[string]googletest.Fault{
			"500": {Status: 500}, "503": {Status: 503}, "garbage": {Body: &garbage}, "cut short": {Cut: true},
		} {
			fault.Method = "token"
			over := c.google.Inject(fault)
			if err := c.read(c.process()); kindOf(err) != google.Temporary || !errors.Is(err, summarizer.ErrTemporary) {
				t.Errorf("%s: %v, want a temporary error", name, err)
			}
			over()
			if client.Exists(t.Context(), "foreday:{ada}:refused", "foreday:{ada}:token-lease").Val() != 0 {
				t.Errorf("%s is remembered, or the lease is still held", name)
			}
		}
		c.mustReadAll(c.processes(2))
	})
}

func TestASecondAccountIsReadOnceItIsConnected(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		c.google.AddUser("ada.work", berlin)
		worker := c.process()
		c.mustReadAll([]*google.Source{worker})
		c.connect("ada.work")
		c.clock.pass(time.Second)
		before := c.google.Requests().ByUser
		c.mustReadAll([]*google.Source{worker})
		if _, err := worker.Settings(t.Context(), "ada"); err != nil {
			t.Error(err)
		}
		after := c.google.Requests().ByUser
		if after["ada.work"] < before["ada.work"]+3 || after["ada"] != before["ada"] { // calendars, events, zone
			t.Errorf("requests by user went from %v to %v", before, after)
		}
	})
}

func TestWhoHasNotConnectedIsToldSo(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		_, err := c.process().Settings(t.Context(), "bob@example.org")
		if !errors.Is(err, summarizer.ErrAccess) || !strings.Contains(err.Error(), "foreday connect") || strings.Contains(err.Error(), "@") {
			t.Errorf("%v, want no access and what to do", err)
		}
		c.app.ClientID = "another"
		if err := c.read(c.process()); !errors.Is(err, summarizer.ErrAccess) || !strings.Contains(err.Error(), "GOOGLE_OAUTH_CLIENT_ID") {
			t.Errorf("through another client: %v, want no access and what to do", err)
		}
	})
}

// Redis is stopped, and comes back.
func TestWithRedisAwayAWorkerGoesOnWithWhatItHasSeen(t *testing.T) {
	t.Parallel()
	for name, rotate := range map[string]bool{"refresh tokens that stay": false, "refresh tokens that rotate": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.New(t, redistest.WithAppendOnly())
			c := connected(t, server.Client(t), googletest.Config{RotateRefreshTokens: rotate})
			seen := c.process()
			c.mustReadAll([]*google.Source{seen})
			server.Stop(t)

			c.clock.pass(10 * time.Minute) // what is in memory is looked up again
			c.wantTokens(0, func() { c.mustReadAll([]*google.Source{seen}) })
			for range 2 {
				c.clock.pass(time.Hour)
				c.wantTokens(1, func() { c.mustReadAll([]*google.Source{seen}) })
			}
			err := c.read(c.process())
			if kindOf(err) != google.Temporary || strings.Contains(err.Error(), "ada") {
				t.Errorf("a process that has seen nothing: %v, want a temporary error", err)
			}

			// What it learnt meanwhile is everybody's afterwards.
			server.Restart(t)
			kept := func() string { return c.client.Get(t.Context(), "foreday:{ada}:token").Val() }
			var before string
			for before == "" { // the client looks once a second
				time.Sleep(10 * time.Millisecond)
				before = kept()
			}
			for late := time.Now().Add(patience); kept() == before && time.Now().Before(late); time.Sleep(10 * time.Millisecond) {
				c.clock.pass(time.Second)
				c.mustReadAll([]*google.Source{seen})
			}
			c.wantTokens(0, func() { c.mustReadAll(c.processes(3)) })
			c.clock.pass(time.Hour)
			c.wantTokens(1, func() { c.mustReadAll(c.processes(3)) })
		})
	}
}

func TestConnectedUsersTokensLieSealedUnderTheirHashTag(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		c := connected(t, client, googletest.Config{})
		c.clock.pass(time.Hour)
		c.mustReadAll(c.processes(2))
		for _, key := range redistest.Keys(t, client, "*") {
			if !strings.HasPrefix(key, "foreday:{ada}:") {
				t.Errorf("%s does not share the user's hash tag", key)
			}
			value := client.Get(t.Context(), key).Val()
			for _, clear := range []string{"ya29.", "1//", "refresh", "app"} {
				if strings.Contains(value, clear) {
					t.Errorf("%s holds %q in clear", key, clear)
				}
			}
		}
	})
}

// The app's broker knows of no access, or the administrator has not given any.
func TestWhoIsRefusedATokenIsNotAskedForByEveryProcess(t *testing.T) {
	t.Parallel()
	for name, access := range map[string]func(c *connection) (google.Access, error){
		"broker": func(c *connection) (google.Access, error) {
			return google.Broker(c.url+googletest.BrokerPath, vault.NewRefusals(c.client), 0, c.clock.now)
		},
		"service account": func(c *connection) (google.Access, error) {
			return google.ServiceAccount(c.google.ServiceAccount(c.url), "", vault.NewRefusals(c.client), 0, c.clock.now)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				c := connected(t, client, googletest.Config{})
				var workers []*google.Source
				for range 5 {
					a, err := access(c)
					if err != nil {
						t.Fatal(err)
					}
					workers = append(workers, c.reading(a))
				}
				asked := func() int {
					n := c.google.Requests().ByMethod
					return n["broker"] + n["token"]
				}
				before := asked()
				for i, w := range workers {
					if _, err := w.Settings(t.Context(), "bob"); !errors.Is(err, summarizer.ErrAccess) {
						t.Errorf("process %d: %v, want no access", i, err)
					}
				}
				if n := asked() - before; n != 1 {
					t.Errorf("a token was asked for %d times", n)
				}
				if ttl := client.PTTL(t.Context(), "foreday:{bob}:refused").Val(); ttl < 50*time.Second || ttl > time.Minute {
					t.Errorf("it is remembered for %v", ttl)
				}
				client.Del(t.Context(), "foreday:{bob}:refused") // its time is over
				before = asked()
				_, _ = workers[0].Settings(t.Context(), "bob")
				if n := asked() - before; n != 1 {
					t.Errorf("later it was asked for %d times", n)
				}
			})
		})
	}
}
