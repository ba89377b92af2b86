package worker

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestAnOutageIsOneLineOfTheJobQueueInPlainWords(t *testing.T) {
	t.Parallel()
	const refused = "Redis refuses connections (dial tcp 10.0.0.7:6379: connect: connection refused): start it"
	var out bytes.Buffer
	log := newAsynqLogger(zerolog.New(&out))
	for _, line := range []string{
		"Dequeue error: UNKNOWN: redis eval error: " + refused,
		"Failed to forward scheduled tasks: INTERNAL_ERROR: INTERNAL_ERROR: redis eval error: " + refused,
		"Failed to write server state data: UNKNOWN: redis command error: SADD failed: " + refused,
		"cannot subscribe to cancelation channel: UNKNOWN: redis pubsub receive error: " + refused,
	} {
		log.Error(line)
		want := `{"level":"warn","error":"` + refused + `","message":"job queue is held up, and keeps trying"}` + "\n"
		if out.String() != want {
			t.Errorf("%q is told as\n%swant\n%s", line, out.String(), want)
		}
	}
	out.Reset()
	for range 5 {
		log.Warn("Retry exhausted for task id=", 7)
	}
	if said := out.String(); strings.Count(said, "Retry exhausted for task id=7") != 2 || !strings.Contains(said, `"warn"`) {
		t.Errorf("another line is told as\n%s", said)
	}
}
