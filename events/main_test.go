package events_test

import (
	"testing"

	"github.com/redis/go-redis/v9/logging"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	logging.Disable() // the tests take Redis away on purpose
	goleak.VerifyTestMain(m)
}
