package cache

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

func TestConnectReadsEveryKindOfAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"localhost:6390": "server localhost:6390 user= password= db=0 tls=false",
		"redis://app:s3cret@db.example:6390/3?pool_size=7": "server db.example:6390 user=app password=s3cret db=3 tls=false",
		"rediss://db.example":                              "server db.example:6379 user= password= db=0 tls=true",
		"a:7000,b:7001":                                    "cluster a:7000 b:7001 user= password= tls=false",
		"redis+cluster://app:s3cret@a:7000,b:7001,c:7002":  "cluster a:7000 b:7001 c:7002 user=app password=s3cret tls=false",
		"rediss+cluster://a:7000/?pool_size=9":             "cluster a:7000 user= password= tls=true",
	} {
		client, err := Connect(address)
		if err != nil {
			t.Errorf("Connect(%q): %v", address, err)
			continue
		}
		if got := describe(client); got != want {
			t.Errorf("Connect(%q) gives %q, want %q", address, got, want)
		}
		client.Close()
	}
}

func TestConnectFindsSentinelsAndMaster(t *testing.T) {
	t.Parallel()
	client, err := Connect("redis+sentinel://app:s3cret@a:26379,b:26379/mymaster/2")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	o := client.(*redis.Client).Options()
	if o.Addr != "FailoverClient" || o.Username != "app" || o.Password != "s3cret" || o.DB != 2 {
		t.Errorf("options are %s user=%s db=%d", o.Addr, o.Username, o.DB)
	}
}

func TestConnectRefusesWhatItCannotReadWithoutShowingThePassword(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://localhost:6379", "redis://app:s3cret@host:port", "redis://app:s3cret@host:6379/notadb",
		"redis+sentinel://app:s3cret@a:26379", "redis://app:s3cret@host:6379/0?no_such=1", "redis+cluster://app:s3cret@[::1",
	} {
		client, err := Connect(address)
		if err == nil {
			client.Close()
			t.Errorf("Connect(%q) succeeded", address)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("Connect(%q) shows the password: %v", address, err)
		}
	}
}

func describe(client redis.UniversalClient) string {
	var b strings.Builder
	flag := map[bool]string{true: "true", false: "false"}
	switch c := client.(type) {
	case *redis.Client:
		o := c.Options()
		b.WriteString("server " + o.Addr + " user=" + o.Username + " password=" + o.Password + " db=" + string(rune('0'+o.DB)) + " tls=" +
			flag[o.TLSConfig != nil])
	case *redis.ClusterClient:
		o := c.Options()
		addrs := slices.Clone(o.Addrs)
		slices.Sort(addrs)
		b.WriteString("cluster " + strings.Join(addrs, " ") + " user=" + o.Username + " password=" + o.Password + " tls=" +
			flag[o.TLSConfig != nil])
	}
	return b.String()
}

// Whatever the URL says, a Redis that hangs is given up in time: also by those whose
// context has no end, as asynq's.
func TestConnectNamesAPortThatThereIsNot(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"redis://host:99999", "redis+cluster://a:7000,b:0", "redis+sentinel://a:26379,b:70000/main", "a:7000,b:70010",
	} {
		if client, err := Connect(address); err == nil || !strings.Contains(err.Error(), "want a port from 1 to 65535") {
			t.Errorf("Connect(%q): %v, %v", address, client, err)
		}
	}
	if client, err := Connect("redis//host:6379"); err == nil || !strings.Contains(err.Error(), "begins with none of redis://") {
		t.Errorf("Connect without a colon: %v, %v", client, err)
	}
}

func TestConnectRefusesToReadReplicas(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"redis+cluster://a:7000,b:7001?read_only=true", "redis+cluster://a:7000?route_by_latency=1", "a:7000,b:7001?route_randomly=true",
		"redis+sentinel://a:26379/mymaster?replica_only=true", "redis+sentinel://a:26379/mymaster?route_by_latency=true",
		"redis+sentinel://a:26379/mymaster?route_randomly=true",
	} {
		client, err := Connect(address)
		if err == nil {
			client.Close()
		}
		if !errors.Is(err, errReplicas) {
			t.Errorf("Connect(%q): %v, want %v", address, err, errReplicas)
		}
	}
}

func TestNoCommandTakesLongWhateverTheURLSays(t *testing.T) {
	t.Parallel()
	server, cluster := redistest.Start(t), redistest.Cluster(t, 1)
	sentinels := redistest.Sentinels(t, server, 2)
	const query = "?dial_timeout=1h&read_timeout=-1&write_timeout=1h&pool_timeout=1h&pool_size=1"
	clients := map[string]redis.UniversalClient{}
	for name, address := range map[string]string{
		"server":   server.URL() + query + "&max_retries=1000",
		"sentinel": redistest.SentinelURL(sentinels) + query + "&max_retries=1000&dialer_retries=1000",
		"cluster":  "redis+cluster://" + cluster.Addrs()[0] + query + "&max_redirects=1000&dialer_retries=1000",
	} {
		client, err := Connect(address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { go client.Close() }) // Sentinels that hang hold it up
		if err := client.Ping(t.Context()).Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		clients[name] = client
	}
	for _, s := range append(sentinels, server, cluster.Node(0)) {
		s.Freeze(t)
	}
	const long = 3 * commandTimeout // of a busy machine
	for name, client := range clients {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now() // on a connection that is there
			if err := client.Get(t.Context(), "key").Err(); CodeOf(err) != Unavailable || time.Since(began) > long {
				t.Errorf("%v after %v", err, time.Since(began))
			}
			began = time.Now() // on one that is not
			_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error { p.Get(t.Context(), "key"); return nil })
			if CodeOf(err) != Unavailable || time.Since(began) > long {
				t.Errorf("in a pipeline: %v after %v", err, time.Since(began))
			}
		})
	}
}
