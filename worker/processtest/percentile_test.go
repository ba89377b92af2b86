package processtest

import (
	"testing"
	"time"
)

func TestAPercentileIsOneOfTheTimes(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i)
	}
	for _, c := range []struct {
		times []time.Duration
		p     float64
		want  time.Duration
	}{
		{nil, .5, 0}, {[]time.Duration{3}, .99, 3}, {[]time.Duration{2, 1}, .5, 1}, {[]time.Duration{3, 1, 2}, .5, 2},
		{hundred[:10], .99, 100}, {hundred, .07, 7}, {hundred, .99, 99}, {hundred, 1, 100}, {hundred, 0, 1},
	} {
		if got := Percentile(c.times, c.p); got != c.want {
			t.Errorf("of %d times, the percentile %v is %d, want %d", len(c.times), c.p, got, c.want)
		}
	}
	if hundred[0] != 100 {
		t.Error("the times were put in order")
	}
}
