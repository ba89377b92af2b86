package redistest

import (
	"fmt"
	"net"
	"testing"
)

// SentinelMaster is the name of the master that Sentinels watch.
const SentinelMaster = "mymaster"

// Sentinels starts so many Sentinels that watch the master.
func Sentinels(t testing.TB, master *Server, n int) []*Server {
	t.Helper()
	host, port, err := net.SplitHostPort(master.Addr())
	if err != nil {
		t.Fatal(err)
	}
	watch := func(l *launch) {
		l.conf = append(l.conf[:3], // where it listens and lives; the rest is for servers
			fmt.Sprintf("sentinel monitor %s %s %s %d", SentinelMaster, host, port, n/2+1),
			fmt.Sprintf("sentinel down-after-milliseconds %s 1000", SentinelMaster))
	}
	sentinels := make([]*Server, n)
	for i := range sentinels {
		s, err := configure(t.TempDir(), []Option{watch})
		if err != nil {
			t.Fatal(err)
		}
		s.mode = []string{"--sentinel"}
		if err := s.Relaunch(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Crash)
		sentinels[i] = s
	}
	return sentinels
}

// SentinelURL is the address of the master in the form that REDIS_URL takes.
func SentinelURL(sentinels []*Server) string {
	url := "redis+sentinel://"
	for i, s := range sentinels {
		if i > 0 {
			url += ","
		}
		url += s.Addr()
	}
	return url + "/" + SentinelMaster
}
