package redistest

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// Replica starts a replica of the server, and returns when it has caught up. The server
// should have been started with QuickReplicas.
func (s *Server) Replica(t testing.TB, opts ...Option) *Server {
	t.Helper()
	host, port, err := net.SplitHostPort(s.peerAddr())
	if err != nil {
		t.Fatal(err)
	}
	replica := Start(t, append([]Option{WithConfig(fmt.Sprintf("replicaof %s %s", host, port))}, opts...)...)
	client := replica.Client(t)
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(10 * time.Millisecond) {
		info, err := client.Info(t.Context(), "replication").Result()
		if err == nil && strings.Contains(info, "master_link_status:up") {
			return replica
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is no replica of %s within %v: %v\n%s", replica.Addr(), s.addr, startTimeout, err, info)
		}
	}
}

// QuickReplicas has a server give its data at once to a replica that comes, instead of
// waiting for others.
func QuickReplicas() Option { return WithConfig("repl-diskless-sync-delay 0") }
