package freshness

import (
	"cmp"
	"slices"
	"time"
)

// state is everything at one moment of an exploration.
type state struct {
	redis  snap
	events uint8 // that have happened; at once the version of the calendar

	// publishers are each at the step before which they stand, one more than its index
	// into conduct.publish; 0 is one that has not begun, or has ended.
	publishers [4]uint8
	// Messages, a bit each: ever put on the stream; published with a fence, as
	// their publishers know.
	sent, fenced uint8
	// died says that a publisher died after it had fenced.
	died bool

	// Messages on the stream, a bit each: not yet delivered; delivered to
	// somebody who died or stalled, and to be claimed; acknowledged.
	waiting, claimable, acked uint8

	ingesters [2]ingester
	jobs      [2]job
	sweeper   sweeper
	reader    work    // that it has yet to enqueue
	queue     [7]task // of asynq, in order of token; the rest are zero

	news    bool   // a message was applied since the last run began
	expired bool   // all that has a time to live is gone; promise 2 with it
	idling  uint8  // how often time had to pass because there was nothing else to do
	may     faults // that may still happen
}

// faults says how often each may happen. All may happen between any two steps.
type faults struct {
	crashes  uint8 // an actor vanishes; what it held in memory is gone
	lost     uint8 // a script runs, its answer is lost, and it runs again, later
	failures uint8 // a job cannot read the calendar, or Redis, and gives up
	ticks    uint8 // time passes though there is work: leases run out, promises are overdue
	ages     uint8 // so much time passes that pending tokens no longer count
	steps    uint8 // the clock of Redis steps back
	stalls   uint8 // a message is claimed from an ingester that is alive
	asks     uint8 // no fault: a reader wants the summary
	losses   uint8 // all that has a time to live expires
	deaths   uint8 // who is alive and has a run is taken for dead
}

// Spans of the model's clock.
const (
	tick        = 10 * time.Second // outlasts leases and the graces below
	graceQueued = 5 * time.Second  // worker's: from a promise to the first look
	age         = 11 * time.Minute // outlasts Config.TokenAge
	stepBack    = 20 * time.Minute // far more than the exploration waits for
)

// task is one in the queue.
type task struct {
	token name
	lane  lane
	is    standing
}

// lane is one of the two queues of asynq. A TaskID is unique in each.
type lane uint8

const (
	laneRefresh lane = iota
	laneRead
)

type standing uint8

const (
	gone standing = iota
	queued
	active  // its job is one of state.jobs
	orphan  // its job died; asynq has not noticed, and may never
	delayed // put off until time has passed
)

// conduct is the order in which actors take their steps: the worker's own, or a
// mutant's.
type conduct struct {
	publish  []string
	ingest   []string
	conclude []string
	reissue  []string
}

// Steps of a conduct.
const (
	doFence      = "fence"
	doRaise      = "raise the generation"
	doDrop       = "drop the copy"
	doSend       = "send"
	doForesee    = "foresee"
	doInvalidate = "invalidate"
	doTrack      = "track"
	doEnqueue    = "enqueue"
	doAck        = "ack"
	doCommit     = "commit"
	doSettle     = "settle"
)

// asBuilt is how package worker proceeds: Ingester.Handle, Refresher.run and
// finish, Sweeper.look. Messages are published by a bare XADD.
func asBuilt() conduct {
	return conduct{
		publish:  []string{doSend},
		ingest:   []string{doForesee, doInvalidate, doTrack, doEnqueue, doAck},
		conclude: []string{doCommit, doEnqueue, doSettle},
		reissue:  []string{doTrack, doEnqueue, doSettle},
	}
}

// maxRestarts is worker's.
const maxRestarts = 2

// enqueue is Queue.enqueue: a task that is there already is success.
func enqueue(s *state, w work, l lane) {
	if w.action != ActEnqueue || find(s, w.token, l) >= 0 {
		return
	}
	n := find(s, 0, 0)
	s.queue[n] = task{w.token, l, queued}
	if w.putOff {
		s.queue[n].is = delayed
	}
}

// find returns the index of the token's task in the lane, or -1; token 0 and
// lane 0 are a free place.
func find(s *state, token name, l lane) int {
	for i, t := range s.queue {
		if t.token == token && t.lane == l {
			return i
		}
	}
	return -1
}

// waits is Queue.look: whether the token's task waits for a worker.
func waits(s state, token name) bool {
	for _, t := range s.queue {
		if t.token == token && (t.is == queued || t.is == delayed) {
			return true
		}
	}
	return false
}

// request is a reader's, after the fresh copy was not there.
func (m *model) request(s state) {
	if s.reader.action != ActEnqueue {
		return
	}
	to := s
	enqueue(&to, s.reader, laneRead)
	to.reader = work{}
	m.will("reader", doEnqueue, to)
	if to := s; s.may.crashes > 0 {
		to.may.crashes--
		to.reader = work{}
		m.may("reader", "dies", to)
	}
}

// canonical makes states alike that differ only in which of two equal actors
// does what, or in the places of tasks.
func canonical(s *state) {
	if a, b := s.ingesters[0], s.ingesters[1]; b.less(a) {
		s.ingesters[0], s.ingesters[1] = b, a
	}
	if a, b := s.jobs[0], s.jobs[1]; b.less(a) {
		s.jobs[0], s.jobs[1] = b, a
	}
	if a, b := s.sweeper.looks[0], s.sweeper.looks[1]; b.less(a) {
		s.sweeper.looks[0], s.sweeper.looks[1] = b, a
	}
	slices.SortFunc(s.queue[:], func(a, b task) int {
		return cmp.Or(cmp.Compare(b.token, a.token), cmp.Compare(a.lane, b.lane))
	})
}

func (g ingester) less(h ingester) bool {
	return cmp.Or(cmp.Compare(g.batch, h.batch), cmp.Compare(g.done, h.done), cmp.Compare(g.nonce, h.nonce)) < 0
}

func (l look) less(k look) bool {
	return cmp.Or(cmp.Compare(l.at, k.at), cmp.Compare(l.token, k.token)) < 0
}

func (j job) less(k job) bool {
	return cmp.Or(cmp.Compare(j.at, k.at), cmp.Compare(j.token, k.token), cmp.Compare(j.lane, k.lane),
		cmp.Compare(j.owner, k.owner)) < 0
}
