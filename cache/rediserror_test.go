package cache_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
)

// says is a server that gives one answer to everything, as a Redis in trouble does.
func says(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for buffer := make([]byte, 4096); ; {
					n, err := conn.Read(buffer)
					if err != nil || answer == "" {
						return
					}
					commands := max(1, bytes.Count(buffer[:n], []byte("*")))
					if _, err := conn.Write(bytes.Repeat([]byte(answer), commands)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return "redis://" + l.Addr().String()
}

func TestWhatRedisSaysIsToldAsWhatItIsWithItsCure(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithConfig("user app on >right ~* &* +ping +hello +client"))
	locked := redistest.Start(t)
	locked.Client(t).ConfigSet(t.Context(), "requirepass", "s3cret")
	frozen := redistest.Start(t)
	frozen.Freeze(t)
	stranger := httptest.NewTLSServer(nil)
	t.Cleanup(stranger.Close)
	sentinels := redistest.Sentinels(t, server, 1)
	at := strings.TrimPrefix(server.URL(), "redis://")
	for name, c := range map[string]struct {
		url, code, what, cure string
	}{
		"nothing listens":          {"redis://127.0.0.1:1", "redis-unavailable", "refuses connections", "start it"},
		"it hangs":                 {frozen.URL(), "redis-unavailable", "does not answer", "start it"},
		"TLS, and it has none":     {"rediss://" + at, "redis-unavailable", "does not answer", "rediss://"},
		"no such host":             {"redis://nowhere.invalid:6379", "redis-unavailable", "cannot be found", "REDIS_URL"},
		"it closes the connection": {says(t, ""), "redis-unavailable", "closed the connection", "rediss://"},
		"it does not speak TLS": {strings.Replace(says(t, "-ERR what?\r\n"), "redis", "rediss", 1), "redis-unavailable",
			"does not speak TLS", "redis://"},
		"an authority not known": {strings.Replace(stranger.URL, "https", "rediss", 1), "redis-untrusted-certificate", "authority",
			"ssl_ca_certs"},
		"a wrong password":        {"redis://app:wrong@" + at, "redis-wrong-password", "does not accept", "correct them"},
		"no password":             {locked.URL(), "redis-wrong-password", "wants a password", "redis://USER:PASSWORD@"},
		"a right that is missing": {"redis://app:right@" + at, "redis-no-permission", "may not do this", "ACL SETUSER"},
		"a master nobody knows":   {redistest.SentinelURL(sentinels) + "2", "redis-unavailable", "do not know the master", "name"},
		"it is full": {says(t, "-OOM command not allowed when used memory > 'maxmemory'.\r\n"), "redis-out-of-memory", "full",
			"maxmemory"},
		"it is a replica": {says(t, "-READONLY You can't write against a read only replica.\r\n"), "redis-read-only", "replica",
			"master"},
		"it cannot save": {says(t, "-MISCONF Redis is configured to save RDB snapshots\r\n"), "redis-cannot-persist", "cannot save",
			"disk"},
		"it is loading":         {says(t, "-LOADING Redis is loading the dataset in memory\r\n"), "redis-loading", "loading", "wait"},
		"the cluster is down":   {says(t, "-CLUSTERDOWN The cluster is down\r\n"), "redis-cluster-down", "no master", "bring one back"},
		"its master is down":    {says(t, "-MASTERDOWN Link with MASTER is down\r\n"), "redis-master-down", "lost its master", "bring"},
		"too many clients":      {says(t, "-ERR max number of clients reached\r\n"), "redis-too-many-clients", "clients", "maxclients"},
		"it is busy":            {says(t, "-BUSY Redis is busy running a script.\r\n"), "redis-busy", "script", "SCRIPT KILL"},
		"a key of another kind": {says(t, "-WRONGTYPE Operation against a key\r\n"), "redis-wrong-type", "another kind", "TYPE"},
		"the same in a script": {says(t, "-ERR Error compiling script: :9: WRONGTYPE Operation\r\n"), "redis-wrong-type", "another kind",
			"TYPE"},
		"it knows its machine alone": {says(t, "-DENIED Redis is running in protected mode\r\n"), "redis-no-permission", "protected mode",
			"password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := connect(t, c.url)
			_, inPipeline := client.Pipelined(t.Context(), func(p redis.Pipeliner) error { p.Get(t.Context(), "key"); return nil })
			for how, err := range map[string]error{"alone": client.Get(t.Context(), "key").Err(), "in a pipeline": inPipeline} {
				var known *cache.RedisError
				if !errors.As(err, &known) || known.Code != c.code || cache.CodeOf(err) != c.code ||
					!strings.Contains(known.What, c.what) || !strings.Contains(known.Cure, c.cure) {
					t.Errorf("%s: got %v (%s); want %s, what holding %q, cure holding %q", how, err, cache.CodeOf(err), c.code, c.what, c.cure)
				}
				if errors.Is(err, redis.Nil) {
					t.Errorf("%s: %v is taken for a key that is missing", how, err)
				}
			}
		})
	}
}

func TestAServerThatWantsACertificateIsToldFromOneThatIsAway(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := httptest.NewUnstartedServer(nil)
		server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: version, MaxVersion: version}
		server.StartTLS()
		defer server.Close()
		client := connect(t, strings.Replace(server.URL, "https", "rediss", 1)+"?skip_verify=true")
		if err := client.Ping(t.Context()).Err(); cache.CodeOf(err) != "redis-client-certificate" {
			t.Errorf("TLS %x: got %v", version, err)
		}
	}
}

func TestWhatIsTheCallersOwnComesAsItIs(t *testing.T) {
	t.Parallel()
	client := connect(t, redistest.Start(t).URL())
	client.Set(t.Context(), "string", "x", 0)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"a key that is missing": client.Get(t.Context(), "none").Err(),
		"a script not known":    client.EvalSha(t.Context(), "abc", nil).Err(),
		"a caller who has gone": client.Get(cancelled, "string").Err(),
	} {
		var known *cache.RedisError
		if err == nil || errors.As(err, &known) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
