package redistest

import (
	"errors"
	"fmt"
	"net"
)

// FreePort returns a port of loopback that was free a moment ago, and whose Cluster bus
// port, 10,000 above it, was free too. Another process may take it first.
func FreePort() (int, error) {
	for range 200 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		bus, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+10_000))
		if err != nil {
			continue
		}
		_ = bus.Close()
		return port, nil
	}
	return 0, errors.New("found no two free loopback ports 10,000 apart")
}
