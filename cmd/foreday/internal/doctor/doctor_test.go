package doctor

import (
	"strings"
	"testing"

	"foreday/cache"
)

// What cannot be started here is judged by what it says of itself.
func TestServersAreJudgedByWhatTheySay(t *testing.T) {
	t.Parallel()
	memory := func(used, most string) map[string]string {
		return map[string]string{"used_memory": used, "maxmemory": most, "total_system_memory": "1000000000"}
	}
	judge := map[string]func(*examination, []cache.Info){
		"version": (*examination).version, "memory": (*examination).memory, "persistence": (*examination).persistence,
		"replicas": (*examination).replicas,
	}
	for name, c := range map[string]struct {
		check  string
		fields []map[string]string // of each master
		level  Level
		want   string
	}{
		"Redis 7":           {"version", []map[string]string{{"redis_version": "7.0.0"}}, OK, "Redis 7.0.0"},
		"Redis 8":           {"version", []map[string]string{{"redis_version": "8.2.1"}}, OK, "Redis 8.2.1"},
		"Redis 6":           {"version", []map[string]string{{"redis_version": "6.2.14"}}, Wrong, "upgrade"},
		"Valkey":            {"version", []map[string]string{{"redis_version": "7.2.4", "valkey_version": "9.0.1"}}, OK, "Valkey 9.0.1"},
		"Dragonfly":         {"version", []map[string]string{{"redis_version": "7.4.0", "dragonfly_version": "df-v1"}}, Warning, "undeclared"},
		"three masters":     {"version", []map[string]string{{"redis_version": "7.2.0"}, nil, nil}, OK, "cluster of 3 masters"},
		"much memory":       {"memory", []map[string]string{memory("10", "1000")}, OK, "1 %"},
		"little memory":     {"memory", []map[string]string{memory("10", "1000"), memory("850", "1000")}, Warning, "85 %"},
		"nearly none":       {"memory", []map[string]string{memory("960", "1000"), memory("10", "1000")}, Wrong, "raise its maxmemory"},
		"the machine's":     {"memory", []map[string]string{memory("500000000", "0")}, OK, "no maxmemory"},
		"appending":         {"persistence", []map[string]string{{"aof_enabled": "1", "aof_last_write_status": "ok"}}, OK, "append-only"},
		"one does not":      {"persistence", []map[string]string{{"aof_enabled": "1"}, {"aof_enabled": "0"}}, Warning, "appendonly yes"},
		"a snapshot failed": {"persistence", []map[string]string{{"aof_enabled": "1", "rdb_last_bgsave_status": "err"}}, Wrong, "free space"},
		"replicas":          {"replicas", []map[string]string{{"connected_slaves": "1"}, {"connected_slaves": "2"}}, OK, "1 or more"},
		"one has none":      {"replicas", []map[string]string{{"connected_slaves": "1"}, {"connected_slaves": "0"}}, Wrong, "never acknowledged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var infos []cache.Info
			for _, fields := range c.fields {
				infos = append(infos, cache.Info{Addr: "host:6379", Fields: fields})
			}
			e := &examination{}
			e.Settings.WaitReplicas = 1
			judge[c.check](e, infos)
			if len(e.findings) != 1 {
				t.Fatalf("%d findings", len(e.findings))
			}
			f := e.findings[0]
			if f.Check != c.check || f.Level != c.level || !strings.Contains(f.Found+" "+f.Cure, c.want) || (f.Level == OK) != (f.Cure == "") {
				t.Errorf("%+v, want %s with %q", f, c.level, c.want)
			}
		})
	}
}
