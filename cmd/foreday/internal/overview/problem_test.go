package overview

import (
	"strings"
	"testing"
)

// The services may be away without a breaker to tell: a token broker, or one that hangs.
func TestFailingRefreshesAreAProblemOnceTheyAreMany(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		failed, written float64
		told            bool
	}{{40, 0, true}, {40, 39, true}, {40, 300, false}, {1, 0, false}, {0, 0, false}} {
		d := Deployment{Processes: map[string]int{"worker": 1}, RefreshesPerMin: map[string]float64{"failed": c.failed, "written": c.written}}
		problems := d.problems()
		if told := len(problems) == 1 && strings.Contains(problems[0].What, "refreshes failed"); told != c.told {
			t.Errorf("%v failed and %v written: %v", c.failed, c.written, problems)
		}
	}
}
