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

// Renewals find the day as it was; what is written up anew is each day once, and each edit.
func TestEditsOfADayAreWrittenUpOnceEach(t *testing.T) {
	t.Parallel()
	s, err := newReadingDays(t.Context(), 8, 3, 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.editDays(3, 2)
	if err := s.run(func(float64) {}, map[string]float64{}); err != nil {
		t.Fatal(err)
	}
	if s.edited < 8*2 || s.written < s.edited || s.written > s.edited+8*4 || s.refreshes <= s.written {
		t.Errorf("%d edits, %d written up, %d refreshes", s.edited, s.written, s.refreshes)
	}
}
