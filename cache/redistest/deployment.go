package redistest

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Environment variables that say on what tests run.
const (
	// KindVariable says what New starts: single, cluster, sentinel, tls or acl.
	KindVariable = "REDISTEST_KIND"
	// ServerVariable is the program that serves, by default redis-server: a path or a
	// name on the PATH.
	ServerVariable = "REDISTEST_SERVER"
)

// Kinds are what New can start.
var Kinds = []string{"single", "cluster", "sentinel", "tls", "acl"}

// Kind is what New starts in this process.
func Kind() string { return cmp.Or(os.Getenv(KindVariable), "single") }

// aclUser is the user of the kind acl. It may do what foreday's roles may, and no more.
const aclUser, aclPassword = "foreday", "s3cret"

// Redis is a real Redis of the kind that KindVariable names.
type Redis struct {
	url     string
	client  func() redis.UniversalClient
	admin   func() redis.UniversalClient
	servers []*Server
	limited bool // client has fewer rights than admin
}

// New starts a Redis of the kind that KindVariable names, which ends with the test. The
// options are for each server that has data.
func New(t testing.TB, opts ...Option) *Redis {
	t.Helper()
	return ofKind(t, Kind(), opts)
}

func ofKind(t testing.TB, kind string, opts []Option) *Redis {
	t.Helper()
	switch kind {
	case "single":
		return single(t, opts)
	case "cluster":
		return ofCluster(t, opts)
	case "sentinel":
		return ofSentinel(t, opts)
	case "tls":
		return ofTLS(t, opts)
	case "acl":
		return ofACL(t, opts)
	default:
		t.Fatalf("%s=%q is none of %s", KindVariable, kind, strings.Join(Kinds, ", "))
		return nil
	}
}

// URL returns the address in the form that REDIS_URL takes.
func (r *Redis) URL() string { return r.url }

func (r *Redis) each(t testing.TB, do func(*Server, testing.TB)) {
	t.Helper()
	for _, s := range r.servers {
		do(s, t)
	}
}

// Stop asks all servers to end, and waits until they have.
func (r *Redis) Stop(t testing.TB) { t.Helper(); r.each(t, (*Server).Stop) }

// Kill ends all servers with SIGKILL.
func (r *Redis) Kill(t testing.TB) { t.Helper(); r.each(t, (*Server).Kill) }

// Restart starts all servers again where they were, after ending those that run with Stop,
// and returns when they answer, and serve every slot if they are a cluster.
func (r *Redis) Restart(t testing.TB) {
	t.Helper()
	r.Stop(t)
	r.each(t, (*Server).Restart)
	if len(r.servers) == 1 {
		return
	}
	c := &ClusterServer{nodes: r.servers, masters: len(r.servers)}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for _, s := range r.servers {
		if err := c.waitAgreed(ctx, s.Client(t)); err != nil {
			t.Fatalf("the cluster after a restart: %v", err)
		}
	}
}

// Freeze stops all servers where they stand: nothing is answered until Thaw.
func (r *Redis) Freeze(t testing.TB) { t.Helper(); r.each(t, (*Server).Freeze) }

// Thaw lets all servers go on after Freeze.
func (r *Redis) Thaw(t testing.TB) { t.Helper(); r.each(t, (*Server).Thaw) }

// Client returns a new client with the rights that foreday has, closed when the test ends.
func (r *Redis) Client(t testing.TB) redis.UniversalClient {
	c := r.client()
	if r.limited {
		admins.Store(c, r.admin)
	}
	t.Cleanup(func() {
		admins.Delete(c)
		_ = c.Close()
	})
	return c
}

// Admin returns a new client that may do everything, closed when the test ends.
func (r *Redis) Admin(t testing.TB) redis.UniversalClient {
	c := r.admin()
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// admins has, for each client of fewer rights, how to get one that may do everything.
var admins sync.Map

// Admin returns a client of the same Redis as the given one that may do everything, for
// what a test looks at and foreday does not: the given one itself, unless its rights are
// fewer. It is closed when the test ends.
func Admin(t tb, c redis.UniversalClient) redis.UniversalClient {
	admin, ok := admins.Load(c)
	if !ok {
		return c
	}
	a := admin.(func() redis.UniversalClient)()
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func single(t testing.TB, opts []Option) *Redis {
	s := Start(t, opts...)
	connect := func() redis.UniversalClient { return redis.NewClient(options(s.addr)) }
	return &Redis{url: s.URL(), client: connect, admin: connect, servers: []*Server{s}}
}

func ofCluster(t testing.TB, opts []Option) *Redis {
	c := Cluster(t, 3, opts...)
	connect := func() redis.UniversalClient { return redis.NewClusterClient(c.options()) }
	return &Redis{url: "redis+cluster://" + strings.Join(c.Addrs(), ","), client: connect, admin: connect, servers: c.nodes}
}

func ofSentinel(t testing.TB, opts []Option) *Redis {
	s := Start(t, opts...)
	sentinels := Sentinels(t, s, 1)
	connect := func() redis.UniversalClient {
		return redis.NewFailoverClient(&redis.FailoverOptions{
			MasterName: SentinelMaster, SentinelAddrs: []string{sentinels[0].Addr()}, Protocol: 3,
		})
	}
	return &Redis{url: SentinelURL(sentinels), client: connect, admin: connect, servers: []*Server{s}}
}

func ofTLS(t testing.TB, opts []Option) *Redis {
	authority := NewAuthority(t)
	cert, key := authority.Issue(t, time.Now().Add(24*time.Hour))
	s := Start(t, append([]Option{WithTLS(authority, cert, key)}, opts...)...)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(authority.CA)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	connect := func() redis.UniversalClient {
		o := options(s.tlsAddr)
		o.TLSConfig = &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
		return redis.NewClient(o)
	}
	files := url.Values{"ssl_ca_certs": {authority.CA}, "ssl_certfile": {cert}, "ssl_keyfile": {key}}
	return &Redis{url: "rediss://" + s.tlsAddr + "?" + files.Encode(), client: connect, admin: connect, servers: []*Server{s}}
}

func ofACL(t testing.TB, opts []Option) *Redis {
	rules, err := roleRules()
	if err != nil {
		t.Fatal(err)
	}
	user := fmt.Sprintf("user %s on >%s %s", aclUser, aclPassword, rules)
	all := "user default on nopass ~* &* +@all"
	s := Start(t, append([]Option{WithConfig(all, user)}, opts...)...)
	connect := func() redis.UniversalClient {
		o := options(s.addr)
		o.Username, o.Password = aclUser, aclPassword
		return redis.NewClient(o)
	}
	return &Redis{
		url:    fmt.Sprintf("redis://%s:%s@%s", aclUser, aclPassword, s.addr),
		client: connect, servers: []*Server{s}, limited: true,
		admin: func() redis.UniversalClient { return redis.NewClient(options(s.addr)) },
	}
}

// roleRules returns the rules of all of foreday's roles together.
var roleRules = sync.OnceValues(func() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(root) == root {
			return "", fmt.Errorf("no go.mod above the tests, so the rules of the roles are not found")
		}
		root = filepath.Dir(root)
	}
	files, _ := filepath.Glob(filepath.Join(root, "cmd/foreday/internal/doctor/roles/*.acl"))
	if len(files) == 0 {
		return "", fmt.Errorf("no rules of roles below %s", root)
	}
	var words []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		for line := range strings.Lines(string(text)) {
			rules, _, _ := strings.Cut(line, "#")
			words = append(words, strings.Fields(rules)...)
		}
	}
	return strings.Join(words, " "), nil
})
