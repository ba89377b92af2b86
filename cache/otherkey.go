package cache

import (
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// otherwiseFor is how long a cache that was sealed with another key is passed by.
const otherwiseFor = time.Minute

// sealed is what a process knows of the key that copies are sealed with. A copy that
// cannot be read is discarded, and a new one made, unless the workers have noted another
// key; if the new one cannot be read either, they have one, too, and to go on would be to
// destroy their work.
type sealed struct {
	until *atomic.Int64 // Unix nanoseconds; until then the cache is passed by
	log   zerolog.Logger
}

func newSealed(log zerolog.Logger) sealed {
	return sealed{until: new(atomic.Int64), log: log.Sample(&zerolog.BurstSampler{Burst: 1, Period: otherwiseFor})}
}

// otherwise reports whether copies are sealed with another key.
func (s sealed) otherwise() bool { return time.Now().UnixNano() < s.until.Load() }

// mismatch notes that copies are sealed with another key.
func (s sealed) mismatch() {
	s.until.Store(time.Now().Add(otherwiseFor).UnixNano())
	s.log.Warn().Msg("summaries in Redis are sealed with another key, or not sealed: set the same FOREDAY_KEY here and for the workers. " +
		"Until then they are made for each reader")
}

// known notes that a copy could be read. Hits call it, so it mostly writes nothing.
func (s sealed) known() {
	if s.until.Load() != 0 {
		s.until.Store(0)
	}
}
