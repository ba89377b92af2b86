package cache

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Bounds on what a connection may cost, whatever the URL says: a node that is gone
// must not keep anybody from the one that takes its place.
const (
	dialTimeout = 1500 * time.Millisecond
	ioTimeout   = 2 * time.Second
)

// slotsEvery is how often a client learns anew which node of a cluster has which
// slots. Nothing else would tell it when a node is gone without a word.
const slotsEvery = time.Second

// bufferSize is that of each buffer of a connection, in bytes; each has two. go-redis gives
// those for pipelines, up to ten to each node, four times as much: a process whose pools an outage
// had grow would keep some megabytes more than it needs.
const bufferSize = 32 << 10

// respVersion is RESP2: of the newer one nothing is used here, and its client looks for
// notifications before every answer.
const respVersion = 2

// errReplicas is for addresses that have replicas read. A replica lags, and says
// nothing of it: what it has as fresh may be stale on its master.
var errReplicas = errors.New("the address has replicas read, which may hold as fresh what is stale already: " +
	"leave read_only, replica_only, route_by_latency and route_randomly out")

// Connect returns a client for a Redis given as
//
//	redis://[user:password@]host:port[/db]             one server
//	rediss://...                                       one server, over TLS
//	redis+cluster://[user:password@]host:port,host:port  a cluster (rediss+cluster:// over TLS)
//	redis+sentinel://[user:password@]host:port,.../master[/db]  Sentinels and the master's name
//	host:port,host:port                                a cluster
//
// Query parameters are go-redis' own (pool_size=20, ...), but no timeout is longer
// than the usual ones, and no replica may be read. Over TLS there are those of redis-py
// beside them, files in PEM form:
//
//	ssl_ca_certs=FILE                     the authorities that Redis's certificate may be from,
//	                                      instead of those that this machine knows
//	ssl_certfile=FILE, ssl_keyfile=FILE   a certificate to show to Redis, and its key, which
//	                                      is in the same file if the second is left out
//
// The certificate is read again for each connection, so that it can be renewed. All nodes
// and Sentinels must have certificates for the first host of the URL.
//
// Nothing is sent yet: the error is about the URL and its files alone, and
// never shows its password. No command takes longer than 3 s, and what Redis says
// comes as a [*RedisError]. The client is the caller's to close.
func Connect(address string) (redis.UniversalClient, error) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		if strings.Contains(address, "//") {
			return nil, errors.New("it begins with none of redis://, rediss://, redis+cluster://, redis+sentinel://")
		}
		scheme, rest = "redis+cluster", address
		if !strings.Contains(address, ",") {
			scheme = "redis"
		}
	}
	secure := strings.HasPrefix(scheme, "rediss")
	rest, files, err := cutFiles(rest)
	if err != nil {
		return nil, err
	}
	if files != nil && !secure {
		return nil, fmt.Errorf("%s is for TLS, and the scheme is not: write %s", files.named(),
			strings.Replace(scheme, "redis", "rediss", 1)+"://")
	}
	switch strings.TrimPrefix(strings.TrimPrefix(scheme, "rediss"), "redis") {
	case "":
		return connectServer(plainURL(secure, rest), files)
	case "+cluster":
		return connectCluster(plainURL(secure, manyHosts(rest)), files)
	case "+sentinel":
		return connectSentinel(secure, rest, files)
	}
	return nil, fmt.Errorf("scheme %q is none of redis, rediss, redis+cluster, redis+sentinel", scheme)
}

func plainURL(secure bool, rest string) string {
	if secure {
		return "rediss://" + rest
	}
	return "redis://" + rest
}

func connectServer(address string, files *tlsFiles) (redis.UniversalClient, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, withoutSecrets(err)
	}
	o.ContextTimeoutEnabled = true
	o.Protocol = cmp.Or(o.Protocol, respVersion)
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	bound(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.DialerRetries)
	o.PipelineReadBufferSize = cmp.Or(o.PipelineReadBufferSize, bufferSize)
	o.PipelineWriteBufferSize = cmp.Or(o.PipelineWriteBufferSize, bufferSize)
	o.Dialer = files.dialer(o.DialTimeout, o.TLSConfig)
	if err := validPorts(o.Addr); err != nil {
		return nil, err
	}
	client := redis.NewClient(o)
	client.AddHook(bounded{})
	return client, nil
}

func connectCluster(address string, files *tlsFiles) (redis.UniversalClient, error) {
	o, err := redis.ParseClusterURL(address)
	if err != nil {
		return nil, withoutSecrets(err)
	}
	if o.ReadOnly || o.RouteByLatency || o.RouteRandomly {
		return nil, errReplicas
	}
	o.ContextTimeoutEnabled = true
	o.Protocol = cmp.Or(o.Protocol, respVersion)
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	bound(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.DialerRetries)
	o.PipelineReadBufferSize = cmp.Or(o.PipelineReadBufferSize, bufferSize)
	o.PipelineWriteBufferSize = cmp.Or(o.PipelineWriteBufferSize, bufferSize)
	o.Dialer = files.dialer(o.DialTimeout, o.TLSConfig)
	o.ClusterStateReloadInterval = slotsEvery
	o.MaxRedirects = min(o.MaxRedirects, 3)
	if err := validPorts(o.Addrs...); err != nil {
		return nil, err
	}
	client := redis.NewClusterClient(o)
	client.AddHook(bounded{})
	client.OnNewNode(func(node *redis.Client) { node.AddHook(slotsBounded{}) })
	return client, nil
}

// connectSentinel reads the master's name and the database from the path.
func connectSentinel(secure bool, rest string, files *tlsFiles) (redis.UniversalClient, error) {
	u, err := url.Parse(plainURL(secure, manyHosts(rest)))
	if err != nil {
		return nil, withoutSecrets(err)
	}
	master, db, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if master == "" {
		return nil, errors.New("the master's name is missing: redis+sentinel://host:port/NAME")
	}
	q := u.Query()
	q.Set("master_name", master)
	u.RawQuery, u.Path = q.Encode(), "/"+db
	o, err := redis.ParseFailoverURL(u.String())
	if err != nil {
		return nil, withoutSecrets(err)
	}
	if o.ReplicaOnly || o.RouteByLatency || o.RouteRandomly {
		return nil, errReplicas
	}
	// The user in the URL is the one of Redis, not of the Sentinels.
	if u.User != nil {
		o.Username, o.SentinelUsername = o.SentinelUsername, ""
		o.Password, o.SentinelPassword = o.SentinelPassword, q.Get("sentinel_password")
	}
	o.ContextTimeoutEnabled = true
	o.Protocol = cmp.Or(o.Protocol, respVersion)
	bound(&o.DialTimeout, &o.ReadTimeout, &o.WriteTimeout, &o.DialerRetries)
	o.PipelineReadBufferSize = cmp.Or(o.PipelineReadBufferSize, bufferSize)
	o.PipelineWriteBufferSize = cmp.Or(o.PipelineWriteBufferSize, bufferSize)
	// A Sentinel that does not answer is given up while there is time left to ask the
	// others; go-redis would ask the same one for ever.
	o.Dialer = files.dialer(o.DialTimeout/2, o.TLSConfig)
	if err := validPorts(o.SentinelAddrs...); err != nil {
		return nil, err
	}
	client := redis.NewFailoverClient(o)
	client.AddHook(bounded{})
	return client, nil
}

// validPorts says which address has a port that there is not.
func validPorts(addresses ...string) error {
	for _, address := range addresses {
		_, port, err := net.SplitHostPort(address)
		if n, _ := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("%q is no host and port: want a port from 1 to 65535", address)
		}
	}
	return nil
}

// manyHosts turns a,b,c/path?query into a/path?query&addr=b&addr=c, the form that
// go-redis reads.
func manyHosts(rest string) string {
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	hosts, tail := strings.Split(rest[:end], ","), rest[end:]
	if len(hosts) == 1 {
		return rest
	}
	extra := url.Values{"addr": hosts[1:]}.Encode()
	if strings.Contains(tail, "?") {
		return hosts[0] + tail + "&" + extra
	}
	return hosts[0] + tail + "?" + extra
}

// bound holds what the URL says to the bounds. A dial is tried once: whoever wants
// the connection tries again, and may by then know a better node.
func bound(dial, read, write *time.Duration, dials *int) {
	for t, most := range map[*time.Duration]time.Duration{dial: dialTimeout, read: ioTimeout, write: ioTimeout} {
		if *t <= 0 || *t > most {
			*t = most
		}
	}
	*dials = 1
}

// withoutSecrets keeps url.Parse from repeating the whole address.
func withoutSecrets(err error) error {
	var bad *url.Error
	if errors.As(err, &bad) {
		return bad.Err
	}
	return err
}
