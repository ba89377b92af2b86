package wiring

import (
	"testing"
	"time"

	"github.com/rs/zerolog"

	"foreday/cache/redistest"
)

// asynq takes the end of its subscription for a message, and panics.
func TestTheClientIsNotClosedWhileAWorkerMayStillUseIt(t *testing.T) {
	t.Parallel()
	for _, left := range []bool{false, true} {
		client := redistest.Mini(t).Client(t)
		sys, err := New(SystemSettings{}, client, zerolog.Nop(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		sys.left.Store(left)
		sys.Close()
		if err := client.Ping(t.Context()).Err(); (err == nil) != left {
			t.Errorf("with something left %v: after Close, PING: %v", left, err)
		}
	}
}
