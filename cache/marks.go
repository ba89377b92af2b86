package cache

import (
	"time"

	"foreday/summarizer"
	"foreday/summarizer/memo"
)

// marks remembers which days were lately marked as read.
type marks struct {
	seen *memo.Cache[string, struct{}]
}

func newMarks(every time.Duration) marks {
	return marks{memo.New[string](memo.Config[struct{}]{Entries: 100_000, TTL: memo.For[struct{}](max(every, time.Second))})}
}

// due reports whether the day was not marked for a while, and counts it as marked.
func (m marks) due(user string, date summarizer.Date) bool {
	return m.seen.SetIfAbsent(user+" "+date.String(), struct{}{})
}
