package main

import (
	"strings"
	"testing"
	"time"
)

func TestPromisesHoldWhileEverythingBreaks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, err := build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := soak(t.Context(), settings{length: 20 * time.Second, seed: 1, binary: binary, dir: dir, progress: newProgress(nil)})
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
