package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cmd/foreday/internal/wiring"
)

// examination is one look.
type examination struct {
	Patient
	client   redis.UniversalClient
	findings []Finding
	workers  int  // processes that refresh
	untold   bool // which processes are alive is not known
}

// redis looks at Redis, and at what is in it.
func (e *examination) redis(ctx context.Context) {
	if e.Settings.RedisURL == "" {
		return
	}
	switch err := e.System.Store.Ready(ctx); {
	case err == nil:
		e.ok("redis", "it can be read and written at %s", wiring.WithoutPassword(e.Settings.RedisURL))
	case !e.notReady(err):
		e.cluster(ctx, nil)
		return
	}
	infos, err := cache.Infos(ctx, e.client)
	e.cluster(ctx, infos)
	switch {
	case err != nil:
		what, cure := told(err)
		e.add(Warning, "version", "it answers, but does not tell its version, eviction policy, memory and persistence ("+what+")",
			cmp.Or(cure, "let the user have INFO; or see in your service's console that nothing is evicted (noeviction)"))
	case infos[0].Fields["redis_version"] == "":
		e.add(Warning, "version", "it is the one inside a process of `foreday up`, which keeps nothing once that ends",
			"for real use, set REDIS_URL to a Redis of your own")
	default:
		e.version(infos)
		e.eviction(ctx)
		e.memory(infos)
		e.persistence(infos)
		e.replicas(infos)
	}
	if err != nil || infos[0].Fields["redis_version"] != "" {
		e.rights(ctx)
	}
	e.clock(ctx)
	e.key(ctx)
	e.processes(ctx)
	e.stream(ctx)
	e.deadLetters(ctx)
	e.queues(ctx)
}

// told tells an error as what it is, and the cure if one is known.
func told(err error) (what, cure string) {
	if known := (*cache.RedisError)(nil); errors.As(err, &known) {
		return known.What, known.Cure
	}
	return err.Error(), ""
}

// notReady says why Redis cannot be used, and reports whether there is more to find out.
func (e *examination) notReady(err error) (more bool) {
	what, cure := told(err)
	known := (*cache.RedisError)(nil)
	switch {
	case errors.As(err, &known):
		more = known.ReadsOnly() || known.Code == "redis-no-permission"
	case strings.Contains(err.Error(), "MOVED"):
		what, cure = oneNode, wholeCluster
	}
	e.add(Wrong, "redis", fmt.Sprintf("%s (%s)", what, wiring.WithoutPassword(e.Settings.RedisURL)), cure)
	return more
}

// What is said of a REDIS_URL that names one node as if it were all.
const (
	oneNode      = "it is one node of a Redis Cluster, and REDIS_URL is for a single server"
	wholeCluster = "write redis+cluster:// in REDIS_URL"
)

// version says what it is that answers.
func (e *examination) version(infos []cache.Info) {
	f := infos[0].Fields
	name, version := "Redis", f["redis_version"]
	for field, kin := range map[string]string{"valkey_version": "Valkey", "dragonfly_version": "Dragonfly"} {
		if f[field] != "" {
			name, version = kin, f[field]
		}
	}
	what := name + " " + version
	if n := len(infos); n > 1 {
		what += fmt.Sprintf(", a cluster of %d masters", n)
	}
	major, _ := strconv.Atoi(strings.Split(f["redis_version"], ".")[0])
	switch {
	case major < 7:
		e.add(Wrong, "version", what+" is too old", "upgrade to Redis 7.0, Valkey 7.2, or newer")
	case name == "Dragonfly":
		e.add(Warning, "version", what+": scripts of asynq's use keys that they do not declare",
			"start it with --default_lua_flags=allow-undeclared-keys")
	default:
		e.ok("version", "%s", what)
	}
}

func (e *examination) eviction(ctx context.Context) {
	switch policy, err := cache.Eviction(ctx, e.client); {
	case err != nil:
		what, cure := told(err)
		e.add(Warning, "eviction", "not known: "+what, cure)
	case policy != "":
		e.add(Wrong, "eviction", fmt.Sprintf("when its memory is full it evicts keys (%s), and with them tracked refreshes", policy),
			"CONFIG SET maxmemory-policy noeviction, and the same in its configuration; a service that does not let you cannot keep promises")
	default:
		e.ok("eviction", "nothing is evicted (noeviction)")
	}
}

// Shares of its memory from which on there is little left, and nearly nothing.
const littleMemory, noMemory = .8, .95

// memory judges the master that has the least left.
func (e *examination) memory(infos []cache.Info) {
	number := func(i cache.Info, field string) float64 { n, _ := strconv.ParseFloat(i.Fields[field], 64); return n }
	limit := func(i cache.Info) float64 {
		return cmp.Or(number(i, "maxmemory"), number(i, "total_system_memory"), 1)
	}
	fullest := slices.MaxFunc(infos, func(a, b cache.Info) int {
		return cmp.Compare(number(a, "used_memory")/limit(a), number(b, "used_memory")/limit(b))
	})
	share, of := number(fullest, "used_memory")/limit(fullest), "maxmemory"
	if number(fullest, "maxmemory") == 0 {
		of = "its machine's, as no maxmemory is set"
	}
	what := fmt.Sprintf("%.0f %% of %.0f MB (%s) are used at %s", 100*share, limit(fullest)/(1<<20), of, fullest.Addr)
	switch {
	case share >= noMemory:
		e.add(Wrong, "memory", what+"; once it is full, it takes no writes", "raise its maxmemory, or delete what else is kept there")
	case share >= littleMemory:
		e.add(Warning, "memory", what, "raise its maxmemory soon")
	default:
		e.ok("memory", "%s", what)
	}
}

func (e *examination) persistence(infos []cache.Info) {
	for _, i := range infos {
		for _, field := range []string{"aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status"} {
			if status := i.Fields[field]; status != "" && status != "ok" {
				e.add(Wrong, "persistence", fmt.Sprintf("%s cannot save its data (%s: %s)", i.Addr, field, status),
					"see its log; free space on its disk, or mend the rights of its directory")
				return
			}
		}
	}
	for _, i := range infos {
		if i.Fields["aof_enabled"] == "0" {
			e.add(Warning, "persistence", i.Addr+" keeps no append-only file: what was promised since its last snapshot is lost if it crashes",
				"CONFIG SET appendonly yes, and the same in its configuration")
			return
		}
	}
	e.ok("persistence", "writes go to an append-only file")
}

// replicas looks whether there are as many as workers wait for.
func (e *examination) replicas(infos []cache.Info) {
	wanted := e.Settings.WaitReplicas
	if wanted == 0 {
		return
	}
	for _, i := range infos {
		if n, _ := strconv.Atoi(i.Fields["connected_slaves"]); n < wanted {
			found := fmt.Sprintf("FOREDAY_WAIT_REPLICAS is %d, and %s has %d: messages are never acknowledged", wanted, i.Addr, n)
			e.add(Wrong, "replicas", found, "bring its replicas back, or lower FOREDAY_WAIT_REPLICAS")
			return
		}
	}
	e.ok("replicas", "each master has %d or more, as FOREDAY_WAIT_REPLICAS wants", wanted)
}

// cluster looks at a cluster's slots and replicas; a single server has none.
func (e *examination) cluster(ctx context.Context, infos []cache.Info) {
	cluster, ok := e.client.(*redis.ClusterClient)
	if !ok {
		if len(infos) > 0 && infos[0].Fields["redis_mode"] == "cluster" {
			e.add(Wrong, "cluster", oneNode, wholeCluster)
		}
		return
	}
	said, err := cluster.ClusterInfo(ctx).Result()
	if err != nil {
		what, cure := told(err)
		e.add(Warning, "cluster", "its state is not known: "+what, cure)
		return
	}
	state, slots := cache.InfoField(said, "cluster_state"), cache.InfoField(said, "cluster_slots_ok")
	if state != "ok" || slots != "16384" {
		e.add(Wrong, "cluster", fmt.Sprintf("its state is %q, and %s of 16384 slots have a master", state, slots),
			"bring one back (redis-cli --cluster check says which)")
		return
	}
	for _, i := range infos {
		if i.Fields["connected_slaves"] == "0" {
			e.add(Warning, "cluster", fmt.Sprintf("master %s has no replica: if it fails, its users' summaries are made without Redis", i.Addr),
				"add one: redis-cli --cluster add-node … --cluster-slave")
			return
		}
	}
	e.ok("cluster", "all slots have a master, and each master a replica")
}

func (e *examination) clock(ctx context.Context) {
	switch offset, err := cache.ClockOffset(ctx, e.client); {
	case err != nil:
		what, cure := told(err)
		e.add(Warning, "clock", "Redis's time is not known: "+what, cure)
	case offset.Abs() > cache.ClockFar:
		way := "ahead of"
		if offset < 0 {
			way = "behind"
		}
		e.add(Wrong, "clock", fmt.Sprintf("Redis's clock is %s %s this machine's", ago(offset.Abs()), way),
			"set both by the same time servers (NTP): `timedatectl` says whether a machine does")
	default:
		e.ok("clock", "Redis's is within %v of this machine's", cache.ClockFar)
	}
}

func (e *examination) key(ctx context.Context) {
	seal, err := e.Settings.Seal()
	if err == nil {
		err = cache.CheckKey(ctx, e.client, seal)
	}
	other := (*cache.OtherKeyError)(nil)
	switch {
	case errors.As(err, &other):
		e.add(Wrong, "key", other.What(), other.Cure())
	case err != nil:
		what, cure := told(err)
		e.add(Warning, "key", "which key the processes have is not known: "+what, cure)
	case seal == nil:
		e.ok("key", "FOREDAY_KEY is not set: summaries lie in Redis in clear")
	default:
		e.ok("key", "FOREDAY_KEY's fingerprint is %s, and no process has another key", seal.Fingerprint())
	}
}
