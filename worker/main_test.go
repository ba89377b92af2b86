package worker_test

import (
	"testing"
	_ "time/tzdata"

	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	logging.Disable() // servers end while their clients still look for them
	goleak.VerifyTestMain(m)
}
