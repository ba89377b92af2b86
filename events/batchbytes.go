package events

import "github.com/redis/go-redis/v9"

// batchBytes is about how many bytes of messages are read together, and fieldBytes what
// a field counts for beside its own: Redis takes as long for it.
const batchBytes, fieldBytes = 8 << 20, 40

// firstBatch is how many messages are read at first, when nobody knows their size.
const firstBatch = 500

// batchSize says how many messages to read next: the most, unless those that came
// last were so large that as many would be too much. Redis bounds what it hands out
// by their number alone, so a first batch of large ones is as large as it is.
type batchSize struct{ most, next int }

func newBatchSize(most int) batchSize { return batchSize{most, min(most, firstBatch)} }

// saw notes what was read. The number grows twofold at a time.
func (s *batchSize) saw(entries []redis.XMessage) {
	if len(entries) == 0 {
		return
	}
	bytes := 1
	for _, e := range entries {
		for name, value := range e.Values {
			text, _ := value.(string)
			bytes += len(name) + len(text) + fieldBytes
		}
	}
	s.next = max(1, min(s.most, 2*s.next, batchBytes*len(entries)/bytes))
}
