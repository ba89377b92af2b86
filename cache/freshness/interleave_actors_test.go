package freshness

import (
	"slices"
	"time"
)

// model knows what can happen next. Each method below is one actor, and takes
// its steps in the order of the method of package worker that it is named after.
type model struct {
	*world
	conduct conduct
	events  uint8 // that happen in all
	// orderly says that nothing may go wrong, so that promise 3 is to hold.
	orderly bool

	jobNames map[name]string
	steps    []step // collected by next
}

// step is one thing that can happen next.
type step struct {
	who, what string
	to        state
	calm      bool   // it happens in the end, if nothing goes wrong
	broken    string // the promise that it breaks, if any
}

// maxIdling bounds how often time may have to pass until nothing is left to do.
const maxIdling = 12

// next appends to steps all that can happen in s.
func (m *model) next(s state, steps []step) []step {
	m.steps = steps
	for i := range s.publishers {
		m.publishing(s, i)
	}
	for i := range s.ingesters {
		m.ingest(s, i)
	}
	for i := range s.jobs {
		m.refresh(s, i)
	}
	m.sweep(s)
	m.request(s)
	if len(m.steps) == len(steps) && !m.settled(s) {
		m.idle(s)
	}
	m.happen(s)
	return m.steps
}

// will adds a step that happens in the end, if nothing goes wrong; may, one that
// need not.
func (m *model) will(who, what string, to state) {
	canonical(&to)
	m.steps = append(m.steps, step{who: who, what: what, to: to, calm: true})
}

func (m *model) may(who, what string, to state) {
	canonical(&to)
	m.steps = append(m.steps, step{who: who, what: what, to: to})
}

// blame says that the step added last breaks a promise.
func (m *model) blame(promise string) { m.steps[len(m.steps)-1].broken = promise }

// script adds the step of an actor that runs a script. Its answer may be lost:
// the script has run, the actor knows nothing of it, and go-redis will run it
// again, which is then the actor's next step.
func (m *model) script(who, what string, before, after state) {
	m.will(who, what, after)
	if before.may.lost > 0 && after.redis != before.redis {
		before.may.lost--
		before.redis = after.redis
		m.may(who, what+", answer lost", before)
	}
}

// settled reports whether nothing is left to do for anybody.
func (m *model) settled(s state) bool {
	return len(m.content[s.redis].promised) == 0 &&
		!slices.ContainsFunc(s.queue[:], func(t task) bool { return t.is == queued || t.is == active || t.is == delayed })
}

func (m *model) fresh(s state) copied { return m.content[s.redis].freshCopy }

// broken returns the promise that does not hold in s, if any.
func (m *model) broken(s state, steps []step) string {
	if m.unknowing(s) {
		return "1: the fresh copy is older than a message that is acknowledged, or published with a fence"
	}
	if m.fresh(s).there && m.content[s.redis].token != 0 {
		return "1: a copy is fresh while a refresh is pending"
	}
	quiet := !slices.ContainsFunc(steps, func(n step) bool { return n.calm })
	switch {
	case quiet && !s.expired && !m.upToDate(s):
		return "2: all is quiet, and the last message's summary is missing"
	case s.idling > maxIdling:
		return "2: it does not come to rest"
	}
	return ""
}

// brokenBy returns the promise that the step from s breaks, if any.
func (m *model) brokenBy(s state, n step) string {
	before, after := m.content[s.redis], m.content[n.to.redis]
	switch {
	case n.broken != "":
		return n.broken
	case after.staleCopy.replacesLater(before.staleCopy), after.freshCopy.replacesLater(before.freshCopy):
		return "4: an older run replaced a copy"
	}
	return ""
}

// idle lets time pass when nobody has anything to do until then.
func (m *model) idle(s state) {
	to := m.passed(s, tick)
	to.idling++
	m.will("", "time passes", to)
	if m.orderly && !m.upToDate(s) {
		m.blame("3: a sweep has to help though nothing went wrong")
	}
}

func (m *model) passed(s state, d time.Duration) state {
	s.redis = m.pass(s.redis, d)
	for i := range s.queue {
		if s.queue[i].is == delayed {
			s.queue[i].is = queued
		}
	}
	return s
}

// happen adds what may happen besides the actors' own steps.
func (m *model) happen(s state) {
	if s.events < m.events {
		to := s
		to.events++
		what := "an event happens"
		if len(m.conduct.publish) > 1 {
			to.publishers[s.events] = 1
		} else {
			what += " and is published"
			to.sent |= 1 << s.events
			to.waiting |= 1 << s.events
		}
		m.may("", what, to)
	}
	if to := s; s.may.asks > 0 && s.reader == (work{}) {
		to.may.asks--
		to.redis, to.reader = m.askFor(s.redis, false)
		m.may("reader", "asks", to)
		to.redis, to.reader = m.askFor(s.redis, true)
		m.may("reader", "insists", to)
		to.redis, to.reader = m.askAhead(s.redis)
		m.may("nobody", "asks ahead", to)
	}
	if to := s; s.may.ticks > 0 {
		to.may.ticks--
		m.may("", "time passes", m.passed(to, tick))
	}
	if to := s; s.may.ages > 0 {
		to.may.ages--
		m.may("", "a long time passes", m.passed(to, age))
	}
	if to := s; s.may.steps > 0 {
		to.may.steps--
		to.redis = m.pass(s.redis, -stepBack)
		m.may("", "the clock steps back", to)
	}
	if to := s; s.may.losses > 0 {
		to.may.losses--
		to.expired = true
		to.redis = m.expire(s.redis)
		m.may("", "everything expires", m.passed(to, tick))
	}
	for i, t := range s.queue {
		if t.is == orphan {
			to := s
			to.queue[i].is = queued
			m.may("asynq", "puts back a dead worker's job", to)
		}
	}
}
