package redistest

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// startTimeout bounds how long a server may take to answer, loading included.
const startTimeout = 20 * time.Second

// Server is a real redis-server process. Its methods fail the test on error and
// are to be called from one goroutine at a time.
type Server struct {
	addr    string
	tlsAddr string // "" unless it speaks TLS, too
	conf    string
	clock   string    // the file that shifts its clock; "" if it has the machine's
	mode    []string  // see launch
	cmd     *exec.Cmd // nil while stopped
	output  bytes.Buffer
}

// Option changes how a server is started.
type Option func(*launch)

// launch is how a server is started.
type launch struct {
	conf  []string       // lines of redis.conf beside where it listens and lives
	mode  []string       // what redis-server is told beside the file
	clock *time.Duration // nil for the machine's
	tls   bool           // on a port of its own
}

// WithAppendOnly makes the server keep every write that it has confirmed, even
// if it is killed: appendonly yes, appendfsync always.
func WithAppendOnly() Option { return WithConfig("appendonly yes", "appendfsync always") }

// WithConfig adds lines in the form of redis.conf.
func WithConfig(lines ...string) Option {
	return func(l *launch) { l.conf = append(l.conf, lines...) }
}

// Start starts a redis-server in a directory of its own, by default without
// persistence, and returns when it answers. It is stopped when the test ends.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s, err := Launch(t.TempDir(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Crash)
	return s
}

// Launch is Start for programs that are no test. The directory must be empty;
// it and the server, which Crash ends, are the caller's to clean up.
func Launch(dir string, opts ...Option) (*Server, error) {
	const attempts = 5 // another process may take the free port first
	for attempt := 1; ; attempt++ {
		s, err := configure(dir, opts)
		if err == nil {
			err = s.Relaunch()
		}
		switch {
		case err == nil:
			return s, nil
		case attempt == attempts:
			return nil, err
		}
	}
}

func configure(dir string, opts []Option) (*Server, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	l := launch{conf: []string{`save ""`, "appendonly no", "maxmemory-policy noeviction", "loglevel warning"}}
	for _, opt := range opts {
		opt(&l)
	}
	lines := append([]string{"bind 127.0.0.1", fmt.Sprintf("port %d", port), fmt.Sprintf("dir %q", dir)}, l.conf...)
	s := &Server{addr: fmt.Sprintf("127.0.0.1:%d", port), conf: filepath.Join(dir, "redis.conf"), mode: l.mode}
	if l.tls {
		if port, err = FreePort(); err != nil {
			return nil, err
		}
		s.tlsAddr = fmt.Sprintf("127.0.0.1:%d", port)
		lines = append(lines, fmt.Sprintf("tls-port %d", port))
	}
	if err := os.WriteFile(s.conf, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	if l.clock == nil {
		return s, nil
	}
	s.clock = filepath.Join(dir, "clock")
	return s, s.StepClock(*l.clock)
}

// Addr returns the server's host:port, which stays the same over restarts.
func (s *Server) Addr() string { return s.addr }

// URL returns the server's address in the form that REDIS_URL takes.
func (s *Server) URL() string { return "redis://" + s.addr }

// Client returns a new client of the server, closed when the test ends.
func (s *Server) Client(t testing.TB) *redis.Client { return client(t, s.addr) }

// Stop asks the server to end, as an operator would, and waits until it has.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	if s.cmd == nil {
		return
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("stop redis-server on %s: %v", s.addr, err)
	}
	watchdog := time.AfterFunc(startTimeout, func() { _ = s.cmd.Process.Kill() })
	defer watchdog.Stop()
	_ = s.cmd.Wait() // the status after SIGTERM differs between versions
	s.cmd = nil
}

// Kill ends the server with SIGKILL: it can do nothing about it.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	s.Crash()
}

// Restart starts the server again, on the same port and in the same directory,
// after ending it with Stop if it runs. It returns when the server answers.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.Stop(t)
	if err := s.Relaunch(); err != nil {
		t.Fatal(err)
	}
}

// usualServer is the program that serves unless ServerVariable names another.
const usualServer = "redis-server"

// Relaunch starts the server again after a Crash, on the same port and in the
// same directory, and returns when it answers.
func (s *Server) Relaunch() error {
	program := cmp.Or(os.Getenv(ServerVariable), usualServer)
	if s.clock != "" {
		program = usualServer // others have an allocator built in, which libfaketime would wait for
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return fmt.Errorf("there is no %s: install it, or name another by %s; scripts/test installs redis-server", program, ServerVariable)
	}
	s.output.Reset()
	s.cmd = exec.Command(path, append([]string{s.conf}, s.mode...)...)
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	s.cmd.SysProcAttr = DieWithParent()
	if s.clock != "" {
		if s.cmd.Env, err = clockEnv(s.clock); err != nil {
			s.cmd = nil
			return err
		}
	}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return fmt.Errorf("start redis-server: %w", err)
	}
	if err := waitReady(s.addr); err != nil {
		s.Crash()
		return fmt.Errorf("redis-server on %s: %w; it said:\n%s", s.addr, err, s.output.String())
	}
	return nil
}

// Crash ends the server with SIGKILL, if it runs, and waits until it is gone.
func (s *Server) Crash() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.cmd = nil
}

// waitReady polls, because a server has no other way to say that it is up.
func waitReady(addr string) error {
	deadline := time.Now().Add(startTimeout)
	for {
		err := ping(addr)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not ready within %v: %w", startTimeout, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// ping goes without a client, whose own retries and logs would be in the way.
func ping(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if answer != "+PONG\r\n" {
		return fmt.Errorf("PING was answered %q", answer)
	}
	return nil
}
