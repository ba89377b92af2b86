package cache_test

import (
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
)

func TestWhatAUserMayNotDoIsFoundWithoutDoingIt(t *testing.T) {
	t.Parallel()
	acl := redistest.WithConfig("user app on >s3cret ~foreday:* &foreday:* +@all -hset -xadd", `rename-command EVAL ""`)
	server := redistest.Start(t, acl)
	cluster := redistest.Cluster(t, 2, acl)
	for name, address := range map[string]string{
		"server":  "redis://app:s3cret@" + server.Addr(),
		"cluster": "redis+cluster://app:s3cret@" + cluster.Node(0).Addr(),
	} {
		client, err := cache.Connect(address)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		found, err := cache.Lacks(t.Context(), client, [][]any{
			{"SET", "foreday:a", "1"}, {"HSET", "foreday:b", "f", "v"}, {"XADD", "foreday:c", "*", "f", "v"},
			{"GET", "other"}, {"PUBLISH", "foreday:d", ""}, {"PUBLISH", "other", ""}, {"EVAL", "return 1", "0"}, {"DEL", "foreday:e"},
		})
		want := []cache.Lack{{Command: 1}, {Command: 2}, {Command: 3}, {Command: 5}, {Command: 6, Unknown: true}}
		if err != nil || !slices.Equal(found, want) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
	for _, client := range []redis.UniversalClient{server.Client(t), cluster.Client(t)} {
		if n := client.Exists(t.Context(), "foreday:a").Val(); n != 0 {
			t.Error("a command was carried out")
		}
	}
}
