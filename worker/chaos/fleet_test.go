package main

import (
	"strings"
	"testing"
)

// The soak's figures are those of the limits by default.
func TestTheWorkersOfASoakHaveTheLimitsByDefault(t *testing.T) {
	t.Parallel()
	f := newFleet("", nil, "", nil)
	defer f.stop()
	for _, variable := range f.env {
		for _, limit := range []string{"_RPM=", "_TPM=", "DAILY_TOKENS="} {
			if strings.Contains(variable, limit) {
				t.Errorf("a limit is set: %s", variable)
			}
		}
	}
}
