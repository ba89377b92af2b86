package redistest

import (
	"syscall"
	"testing"
)

// Freeze stops the server where it stands: connections stay open, and nothing is
// answered on them until Thaw.
func (s *Server) Freeze(t testing.TB) { s.signal(t, syscall.SIGSTOP) }

// Thaw lets the server go on after Freeze.
func (s *Server) Thaw(t testing.TB) { s.signal(t, syscall.SIGCONT) }

func (s *Server) signal(t testing.TB, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatalf("send %v to redis-server on %s: %v", sig, s.addr, err)
	}
}
