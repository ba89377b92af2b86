package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The calendars of made-up users are made when they are asked for. Those of all would
// take gigabytes; what is measured holds what the race detector adds.
func TestThousandsOfMadeUpUsersTakeLittleMemory(t *testing.T) {
	t.Parallel()
	p, url := upSandbox(t, nil, "--users", "2000")
	for _, user := range []string{"u1", "u1000", "u2000"} {
		summaryAt(t, url, user)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int
	if _, err := fmt.Sscan(peak, &kilobytes); err != nil || kilobytes > 400_000 {
		t.Errorf("it took %d kB, %v", kilobytes, err)
	}
	t.Logf("%d MB", kilobytes/1000)
	p.stop(t)
}
