package freshness

import "time"

// sweeper looks through the overdue promises, at several of them at once.
type sweeper struct {
	list  claimed // those not looked at yet, the next one first
	looks [2]look
}

// look is at one promise.
type look struct {
	at    lookStep
	token name
	other name          // token found to be pending or reissued
	later time.Duration // after what time to look again
	done  uint8         // index into conduct.reissue
	dead  bool          // who has the run under way is taken for dead
}

type lookStep uint8

const (
	lookNone    lookStep = iota
	lookQueue            // for the job in the queue
	lookConfirm          // audit again: there is none
	lookLater            // track: look again later
	lookOther            // track the token that answers for the day instead
	lookReissue          // track, enqueue, settle
	lookSettle
	lookHeir // audit the token that answers instead
)

// sweep is Sweeper.Sweep.
func (m *model) sweep(s state) {
	if s.sweeper == (sweeper{}) {
		if to := s; m.content[s.redis].overdue() {
			to.redis, to.sweeper.list = m.claim(s.redis)
			m.script("sweep", "claims", s, to)
		}
		return
	}
	for i := range s.sweeper.looks {
		m.look(s, i)
	}
	if to := s; s.may.crashes > 0 {
		to.may.crashes--
		to.sweeper = sweeper{}
		m.may("sweep", "dies", to)
	}
}

// look is Sweeper.look, with an heir as soon as its forerunner is settled.
func (m *model) look(s state, i int) {
	l, to := s.sweeper.looks[i], s
	v := &to.sweeper.looks[i]
	who := "sweep of " + m.names.text(l.token)
	switch l.at {
	case lookNone:
		if v.token = to.sweeper.list.shift(); v.token != 0 {
			to.redis = m.audits(s.redis, v, JobUnknown)
			m.script("sweep", "audits "+m.names.text(v.token), s, to)
			m.takesForDead(to, s.redis, i)
		}
	case lookHeir:
		to.redis = m.audits(s.redis, v, JobUnknown)
		m.script(who, "audits", s, to)
		m.takesForDead(to, s.redis, i)
	case lookQueue:
		v.at = lookConfirm
		if waits(s, l.token) {
			v.at, v.later = lookLater, graceQueued
		}
		m.will(who, "looks into the queue", to)
	case lookConfirm:
		to.redis = m.audits(s.redis, v, JobLost)
		m.script(who, "audits again", s, to)
	case lookLater:
		to.redis = m.track(s.redis, l.token, l.later)
		*v = look{}
		m.will(who, "will look again", to)
	case lookOther:
		to.redis = m.trackNew(s.redis, l.other, graceQueued)
		v.at = lookSettle
		m.will(who, "tracks the other", to)
	case lookReissue:
		m.reissue(s, i)
	case lookSettle:
		to.redis = m.settle(s.redis, l.token)
		*v = look{}
		if l.other != 0 {
			*v = look{at: lookHeir, token: l.other}
		}
		m.will(who, doSettle, to)
	}
}

// takesForDead goes on from an audit that found a run under way, with what it found there:
// whose process has lost its subscription is taken for dead, and may live.
func (m *model) takesForDead(s state, found snap, i int) {
	v := &s.sweeper.looks[i]
	if v.at != lookLater || s.may.deaths == 0 {
		return
	}
	s.may.deaths--
	v.dead = true
	s.redis = m.audits(found, v, JobUnknown)
	m.may("sweep of "+m.names.text(v.token), "takes who runs for dead", s)
}

// shift takes the first token off the list; 0 if there is none.
func (c *claimed) shift() name {
	first := c[0]
	copy(c[:], c[1:])
	c[len(c)-1] = 0
	return first
}

// audits audits the token in hand and sets what is to follow.
func (m *model) audits(at snap, v *look, queue JobState) snap {
	after, found := m.audit(at, v.token, queue, v.dead)
	switch found.finding {
	case AuditKept:
		v.at = lookSettle
	case AuditWait:
		v.at, v.later = lookLater, found.lease+time.Millisecond
	case AuditOther:
		v.at, v.other = lookOther, found.other
	case AuditQueued:
		if v.at = lookQueue; queue != JobUnknown {
			v.at, v.later = lookLater, graceQueued
		}
	case AuditReissued:
		v.at, v.other = lookReissue, found.other
	}
	return after
}

// reissue puts a lost refresh back.
func (m *model) reissue(s state, i int) {
	l, to := s.sweeper.looks[i], s
	v := &to.sweeper.looks[i]
	do := m.conduct.reissue[l.done]
	switch do {
	case doTrack:
		to.redis = m.track(s.redis, l.other, graceQueued)
	case doEnqueue:
		enqueue(&to, work{token: l.other, action: ActEnqueue}, laneRefresh)
	case doSettle:
		to.redis = m.settle(s.redis, l.token)
	}
	if v.done++; int(v.done) == len(m.conduct.reissue) {
		*v = look{}
	}
	m.will("sweep of "+m.names.text(l.token), do+" "+m.names.text(l.other), to)
}
