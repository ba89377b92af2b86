package redistest

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// SentinelMaster is the name of the master that Sentinels watch.
const SentinelMaster = "mymaster"

// Sentinels starts so many Sentinels that watch the master. The options are for all of them.
func Sentinels(t testing.TB, master *Server, n int, opts ...Option) []*Server {
	t.Helper()
	host, port, err := net.SplitHostPort(master.peerAddr())
	if err != nil {
		t.Fatal(err)
	}
	watch := func(l *launch) {
		l.mode = []string{"--sentinel"}
		l.conf = []string{
			fmt.Sprintf("sentinel monitor %s %s %s %d", SentinelMaster, host, port, n/2+1),
			fmt.Sprintf("sentinel down-after-milliseconds %s 1000", SentinelMaster),
		}
	}
	sentinels := make([]*Server, n)
	for i := range sentinels {
		sentinels[i] = Start(t, append([]Option{watch}, opts...)...)
	}
	return sentinels
}

// SentinelURL is the address of the master in the form that REDIS_URL takes.
func SentinelURL(sentinels []*Server) string {
	addrs := make([]string, len(sentinels))
	for i, s := range sentinels {
		addrs[i] = s.Addr()
	}
	return "redis+sentinel://" + strings.Join(addrs, ",") + "/" + SentinelMaster
}
