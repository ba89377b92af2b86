package worker_test

import (
	"flag"
	"testing"
	_ "time/tzdata"

	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	logging.Disable() // servers end while their clients still look for them
	// Most of what tests do is to wait, for each other too if they are few at once.
	if err := flag.Set("test.parallel", "3"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}
