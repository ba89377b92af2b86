package cache

import (
	"time"

	"github.com/maypok86/otter/v2"

	"foreday/summarizer"
)

// marks remembers which days were lately marked as read.
type marks struct {
	seen *otter.Cache[string, struct{}]
}

func newMarks(every time.Duration) marks {
	return marks{otter.Must(&otter.Options[string, struct{}]{
		MaximumSize: 100_000, ExpiryCalculator: otter.ExpiryWriting[string, struct{}](max(every, time.Second)),
	})}
}

// due reports whether the day was not marked for a while, and counts it as marked.
func (m marks) due(user string, date summarizer.Date) bool {
	_, fresh := m.seen.SetIfAbsent(user+" "+date.String(), struct{}{})
	return fresh
}
