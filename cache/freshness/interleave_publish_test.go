package freshness

import "math/bits"

// How messages are published, from the least on. Whoever only sends leaves it to the
// workers to drop the fresh copy.
var (
	byStore = []string{doFence, doSend}         // Store.Publish
	plainly = []string{doRaise, doDrop, doSend} // other languages, as the README has it
)

// publishing is how a message is published by whoever made the event.
func (m *model) publishing(s state, i int) {
	p := s.publishers[i]
	if p == 0 {
		return
	}
	to, bit, who := s, uint8(1)<<i, "publisher"
	do := m.conduct.publish[p-1]
	switch do {
	case doFence:
		to.redis = m.fence(s.redis)
	case doRaise, doDrop:
		to.redis = m.command(s.redis, do)
	case doSend:
		to.sent |= bit
		to.waiting |= bit
	}
	again := to
	if to.publishers[i]++; int(p) == len(m.conduct.publish) {
		to.publishers[i] = 0
		to.fenced |= bit
	}
	m.will(who, do, to)
	if s.may.lost > 0 { // the same is sent again: this step, or the pipeline that it is part of
		again.may.lost--
		m.may(who, do+", answer lost", again)
		again.publishers[i] = 1
		m.may(who, do+", answer of the pipeline lost", again)
	}
	if to := s; s.may.crashes > 0 {
		to.may.crashes--
		to.publishers[i] = 0
		to.died = s.died || p > 1 || s.sent&bit != 0
		m.may(who, "dies", to)
	}
}

// unknowing says whether the fresh copy misses what somebody was told is published.
func (m *model) unknowing(s state) bool {
	fresh := m.fresh(s)
	return fresh.there && int(fresh.version) < bits.Len8(s.acked|s.fenced)
}

// upToDate says whether the last message on the stream has its summary: as the fresh
// copy, or where somebody fenced and died, at least as the one to be renewed when read.
func (m *model) upToDate(s state) bool {
	fresh, want := m.fresh(s), uint8(bits.Len8(s.sent))
	if s.died && !fresh.there {
		fresh = m.content[s.redis].staleCopy
	}
	return want == 0 || fresh.there && fresh.version >= want
}
