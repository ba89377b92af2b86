package bench

import (
	"testing"
	"time"
)

func TestWhoReadsDailyIsServedByWhatWasMadeBefore(t *testing.T) {
	t.Parallel()
	s, err := newReadingDays(t.Context(), 25, 3, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	m := map[string]float64{}
	if err := s.run(func(float64) {}, m); err != nil {
		t.Fatal(err)
	}
	if m["hit_ratio"] < 0.98 || m["on_demand_hit_ratio"] > 0.8 || m["refreshes_per_copy_read"] > 1.2 {
		t.Errorf("it went %v", m)
	}
}
