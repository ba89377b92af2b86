package redistest

import (
	"fmt"
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
	if err := s.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// Signal sends the server a signal, if it runs, for programs that are no test.
func (s *Server) Signal(sig syscall.Signal) error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		return fmt.Errorf("send %v to redis-server on %s: %w", sig, s.addr, err)
	}
	return nil
}
