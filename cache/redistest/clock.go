package redistest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// WithClock makes the server's clock differ from the machine's by so much. SetClock
// can change that while the server runs.
func WithClock(offset time.Duration) Option {
	return func(l *launch) { l.clock = &offset }
}

// SetClock lets the server's clock step, so that it differs from the machine's by so
// much, and returns when it has. The server must have been started with WithClock, and
// be running.
func (s *Server) SetClock(t testing.TB, offset time.Duration) {
	t.Helper()
	if err := s.StepClock(offset); err != nil {
		t.Fatal(err)
	}
	client := s.Client(t)
	for late := time.Now().Add(startTimeout); ; time.Sleep(5 * time.Millisecond) {
		now, err := client.Time(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		if wrong := time.Until(now) - offset; wrong.Abs() < time.Second {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("the clock of the server on %s has not stepped within %v", s.addr, startTimeout)
		}
	}
}

// StepClock is SetClock for programs that are no test. The clock steps within a second,
// or when the server starts.
func (s *Server) StepClock(offset time.Duration) error {
	if s.clock == "" {
		return errors.New("the server was not started with WithClock")
	}
	// In one step, as the server reads the file at any moment.
	next := s.clock + ".next"
	if err := os.WriteFile(next, fmt.Appendf(nil, "%+.3fs\n", offset.Seconds()), 0o600); err != nil {
		return err
	}
	return os.Rename(next, s.clock)
}

// clockEnv returns the environment in which a program takes its time from the file. It
// looks into it once in a second: to look each time makes a server three times slower.
// Its monotonic clock stays as it is.
func clockEnv(file string) ([]string, error) {
	library, err := faketime()
	if err != nil {
		return nil, err
	}
	env := append(os.Environ(),
		"FAKETIME_TIMESTAMP_FILE="+file, "FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1")
	if runtime.GOOS == "darwin" {
		return append(env, "DYLD_INSERT_LIBRARIES="+library, "DYLD_FORCE_FLAT_NAMESPACE=1"), nil
	}
	// jemalloc asks for the time before the library is ready, and both would wait for
	// each other. So memory comes from libc.
	if musl, _ := filepath.Glob("/lib/ld-musl-*"); len(musl) == 0 {
		library += " libc.so.6"
	}
	return append(env, "LD_PRELOAD="+library), nil
}

// faketime returns the path of libfaketime, wherever the machine's package manager
// puts it.
func faketime() (string, error) {
	for _, pattern := range []string{
		"/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib*/faketime/libfaketimeMT.so.1",
		"/opt/homebrew/lib/faketime/libfaketime*.dylib", "/usr/local/lib/faketime/libfaketime*.dylib",
	} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", errors.New("libfaketime is missing: it is needed to shift a server's clock; ./scripts/test installs it")
}
