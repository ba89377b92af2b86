package main

import "testing"

// The calendars of made-up users are made when they are asked for. Those of all would
// take gigabytes; what is measured holds what the race detector adds.
func TestThousandsOfMadeUpUsersTakeLittleMemory(t *testing.T) {
	t.Parallel()
	p, url := upSandbox(t, nil, "--users", "2000")
	for _, user := range []string{"u1", "u1000", "u2000"} {
		summaryAt(t, url, user)
	}
	megabytes, err := p.PeakMemory()
	if err != nil || megabytes > 390 {
		t.Errorf("it took %.0f MB, %v", megabytes, err)
	}
	t.Logf("%.0f MB", megabytes)
	p.stop(t)
}
