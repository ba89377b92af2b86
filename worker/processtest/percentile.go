package processtest

import (
	"math"
	"slices"
	"time"
)

// Percentile returns the least of the times that is at least as long as the share p of
// them, from 0 to 1; 0 if there are none.
func Percentile(times []time.Duration, p float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	const slip = 1e-9 // of arithmetic: 7 of 100 are 0.07 times 100, and not 8
	rank := int(math.Ceil(p*float64(len(sorted)) - slip))
	return sorted[min(max(rank, 1), len(sorted))-1]
}
