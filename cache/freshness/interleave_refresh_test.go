package freshness

// job is one execution of a task. Here as in the other actors, what will not be
// looked at again is forgotten at once, so that it does not keep apart states
// that have the same future.
type job struct {
	at       jobStep
	token    name
	lane     lane
	owner    name
	run, gen name
	keeps    [1 + maxRestarts]name // tokens found pending, besides its own
	version  uint8                 // of the calendar, as fetched
	restarts uint8
	done     uint8 // index into conduct.conclude
	handed   work  // what Commit or Release returned
}

type jobStep uint8

const (
	jobNone jobStep = iota
	jobBegin
	jobFetch
	jobCheck    // whether messages have come meanwhile
	jobAgain    // they have: begin anew
	jobConclude // commit, hand over, settle
	jobGoOn     // committed, but messages have come: begin the next run
	jobSettle   // nothing else is left to do
	jobFinish   // tell the queue that it is done
	jobPutOff   // tell the queue to try later
	jobFail     // track, so that it may be released
	jobRelease
	jobRetry  // tell the queue that it failed
	jobPassOn // it failed, and another job is to do the work: enqueue that
)

// jobName names a job by its token.
func (m *model) jobName(token name) string {
	if m.jobNames == nil {
		m.jobNames = make(map[name]string)
	}
	if _, ok := m.jobNames[token]; !ok {
		m.jobNames[token] = "job of " + m.names.text(token)
	}
	return m.jobNames[token]
}

// refresh is Refresher.refresh and what it calls.
func (m *model) refresh(s state, i int) {
	j, to := s.jobs[i], s
	who := m.jobName(j.token)
	k := &to.jobs[i]
	switch j.at {
	case jobNone:
		m.dequeue(s, i)
		return
	case jobBegin:
		m.begins(s, i)
	case jobFetch:
		k.version, k.at = s.events, jobCheck
		if j.restarts == maxRestarts {
			k.at = jobConclude
		}
		m.will(who, "fetches", to)
	case jobCheck:
		var gen name
		to.redis, gen = m.extend(s.redis, j.run)
		if k.at = jobConclude; gen != 0 && gen != j.gen {
			k.at, k.version = jobAgain, 0
		}
		m.script(who, "looks for messages", s, to)
	case jobAgain:
		m.beginsAgain(s, i)
	case jobConclude:
		m.concludes(s, i)
	case jobGoOn:
		m.goesOn(s, i)
	case jobSettle:
		to.redis = m.settles(s.redis, j)
		*k = job{at: jobFinish, token: j.token, lane: j.lane}
		m.will(who, doSettle, to)
	case jobFail, jobRelease, jobPassOn:
		m.releases(s, i)
	case jobFinish:
		m.will(who, "is done", leave(s, i, gone))
	case jobPutOff:
		m.will(who, "is put off", leave(s, i, delayed))
	case jobRetry:
		m.will(who, "is to be tried again", leave(s, i, queued))
	}
	m.interrupted(s, i)
}

func (m *model) dequeue(s state, i int) {
	for n, t := range s.queue {
		if t.is == queued {
			to := s
			to.queue[n].is = active
			owner := m.names.unused("owner", m.content[s.redis].owner, s.jobs[0].owner, s.jobs[1].owner)
			to.jobs[i] = job{at: jobBegin, token: t.token, lane: t.lane, owner: owner}
			m.will(m.jobName(t.token), "starts", to)
		}
	}
}

// leave ends a job and says what its task is from then on.
func leave(s state, i int, is standing) state {
	n := find(&s, s.jobs[i].token, s.jobs[i].lane)
	if s.queue[n].is = is; is == gone {
		s.queue[n] = task{}
	}
	s.jobs[i] = job{}
	return s
}

func (m *model) begins(s state, i int) {
	to, j := s, s.jobs[i]
	k := &to.jobs[i]
	var b begun
	to.redis, b = m.begin(s.redis, j.owner)
	*k = job{token: j.token, lane: j.lane}
	switch b.how {
	case BeginGo:
		*k = job{at: jobFetch, token: j.token, lane: j.lane, owner: j.owner, run: b.run, gen: b.gen}
		k.keeps[0] = b.cleared
		to.news = false
	case BeginLater:
		k.at = jobPutOff
	case BeginBusy:
		k.at = jobFinish
	default:
		k.at = jobSettle
	}
	m.script(m.jobName(j.token), "begins", s, to)
	if m.orderly && b.how == BeginGo && !s.news {
		m.blame("3: a run without a message since the last one")
	}
}

func (m *model) beginsAgain(s state, i int) {
	to := s
	k := &to.jobs[i]
	var b begun
	to.redis, b = m.begin(s.redis, k.owner)
	if k.at = jobConclude; b.how == BeginGo {
		k.at, k.run, k.gen = jobFetch, b.run, b.gen
		k.restarts++
		k.keeps[k.restarts] = b.cleared
		to.news = false
	}
	m.script(m.jobName(k.token), "begins anew", s, to)
}

// goesOn is what concludes does in between if the next run need not wait.
func (m *model) goesOn(s state, i int) {
	to := s
	k := &to.jobs[i]
	var b begun
	to.redis, b = m.begin(s.redis, k.owner)
	if b.how == BeginGo {
		k.at, k.run, k.gen, k.done, k.handed = jobFetch, b.run, b.gen, 0, work{}
		k.restarts++
		k.keeps[k.restarts] = b.cleared
		to.news = false
	} else {
		k.at, k.owner, k.restarts = jobConclude, 0, 0
	}
	m.script(m.jobName(k.token), "goes on", s, to)
}

func (m *model) concludes(s state, i int) {
	j, to := s.jobs[i], s
	who := m.jobName(j.token)
	k := &to.jobs[i]
	if k.done++; int(k.done) == len(m.conduct.conclude) {
		k.at, k.done = jobFinish, 0
	}
	switch do := m.conduct.conclude[j.done]; do {
	case doCommit:
		to.redis, k.handed = m.commit(s.redis, j.run, j.gen, j.version)
		k.run, k.gen, k.version = 0, 0, 0
		if k.at == jobConclude && k.handed.action == ActEnqueue && !k.handed.putOff && j.restarts < maxRestarts {
			k.at = jobGoOn
		} else {
			k.owner, k.restarts = 0, 0
		}
		m.script(who, "commits", s, to)
	case doEnqueue:
		enqueue(&to, j.handed, laneRefresh)
		k.handed = work{}
		m.will(who, do, to)
	case doSettle:
		to.redis = m.settles(s.redis, j)
		k.keeps = job{}.keeps
		m.will(who, do, to)
	}
}

// settles strikes off all promises that the job kept.
func (m *model) settles(at snap, j job) snap {
	return m.settle(at, append([]name{j.token}, j.keeps[:]...)...)
}

// releases is Refresher.release.
func (m *model) releases(s state, i int) {
	j, to := s.jobs[i], s
	who := m.jobName(j.token)
	k := &to.jobs[i]
	switch j.at {
	case jobFail:
		to.redis = m.track(s.redis, j.token, graceQueued)
		k.at = jobRelease
		m.will(who, doTrack, to)
	case jobRelease:
		var pending name
		to.redis, pending = m.release(s.redis, j.run, j.token)
		*k = job{at: jobRetry, token: j.token, lane: j.lane}
		if pending != j.token && pending != 0 {
			k.at, k.keeps, k.handed = jobPassOn, j.keeps, work{token: pending, action: ActEnqueue}
		}
		m.script(who, "releases", s, to)
	case jobPassOn:
		enqueue(&to, j.handed, laneRefresh)
		k.at, k.handed = jobSettle, work{}
		m.will(who, "passes on", to)
	}
}

// interrupted adds what may come between any two steps of a job.
func (m *model) interrupted(s state, i int) {
	j := s.jobs[i]
	who := m.jobName(j.token)
	running := j.at == jobFetch || j.at == jobCheck || j.at == jobConclude && j.run != 0
	if running {
		to := s
		var gen name
		if to.redis, gen = m.extend(s.redis, j.run); gen == 0 {
			to.jobs[i] = job{at: jobFinish, token: j.token, lane: j.lane}
			m.may(who, "notices that it was taken over", to)
		} else if to.redis != s.redis {
			m.may(who, "keeps its lease", to)
		}
	}
	if to := s; s.may.failures > 0 && (running || j.at == jobBegin) {
		to.may.failures--
		to.jobs[i] = job{at: jobFail, token: j.token, lane: j.lane, run: j.run, keeps: j.keeps}
		if j.at == jobBegin {
			to.jobs[i].at = jobRetry
		}
		m.may(who, "fails", to)
	}
	if to := s; s.may.crashes > 0 {
		to.may.crashes--
		m.may(who, "dies", leave(to, i, orphan))
	}
}
