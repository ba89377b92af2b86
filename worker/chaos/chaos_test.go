package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9/logging"
)

func TestMain(m *testing.M) {
	logging.Disable()
	os.Exit(m.Run())
}

// A p99 of ten kills is the worst of them, on a machine that runs all the other
// tests meanwhile: so recovery is given more time than in the long form.
func TestPromisesHoldWhileEverythingBreaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, err := build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := soak(t.Context(), settings{
		length: 20 * time.Second, seed: 1, binary: binary, dir: dir, progress: newProgress(io.Discard), maxRecovery: calmDown,
	})
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	r.print(&told)
	t.Logf("\n%s", told.String())
	if len(r.broken()) > 0 {
		t.Fail()
	}
}
