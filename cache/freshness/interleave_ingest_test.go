package freshness

// ingester is a worker's loop over the stream.
type ingester struct {
	done        uint8 // index into conduct.ingest
	batch       uint8 // messages in hand; none at rest
	redelivered bool
	nonce       name // from the first try to invalidate on
	work        work
}

// who names an ingester by the messages it has in hand.
func (g ingester) who() string {
	return [...]string{
		"an ingester", "ingester of 1", "ingester of 2", "ingester of 1, 2",
		"ingester of 3", "ingester of 1, 3", "ingester of 2, 3", "ingester of 1, 2, 3",
	}[g.batch&7]
}

// ingest is events.Consumer and Ingester.Handle.
func (m *model) ingest(s state, i int) {
	g, to := s.ingesters[i], s
	who := g.who()
	if g.batch == 0 {
		m.deliver(s, i)
		return
	}
	h := &to.ingesters[i]
	if h.done++; int(h.done) == len(m.conduct.ingest) {
		*h = ingester{}
	}
	switch do := m.conduct.ingest[g.done]; do {
	case doForesee:
		if g.redelivered {
			to.redis = m.foresee(s.redis, m.foresight(s))
		}
		m.will(who, do, to)
	case doInvalidate:
		if g.nonce == 0 {
			g.nonce = m.names.unused("call", m.content[s.redis].nonce, s.ingesters[0].nonce, s.ingesters[1].nonce)
		}
		s.ingesters[i].nonce = g.nonce
		to.redis, h.work = m.invalidate(s.redis, g.nonce, g.redelivered)
		h.nonce, h.redelivered = 0, false
		to.news = true
		m.script(who, do, s, to)
	case doTrack:
		if g.work.action != ActNothing {
			to.redis = m.track(s.redis, g.work.token, graceQueued)
		}
		m.will(who, do, to)
	case doEnqueue:
		enqueue(&to, g.work, laneRefresh)
		h.work = work{}
		m.will(who, do, to)
	case doAck:
		to.acked |= g.batch
		to.claimable &^= g.batch
		m.will(who, do, to)
	}
	if to := s; s.may.crashes > 0 {
		to.may.crashes--
		to.claimable |= g.batch &^ s.acked
		to.ingesters[i] = ingester{}
		m.may(who, "dies", to)
	}
	m.stall(s, i)
}

// deliver gives the ingester what waits on the stream, or what another left.
func (m *model) deliver(s state, i int) {
	if to := s; s.waiting != 0 {
		to.ingesters[i].batch, to.waiting = s.waiting, 0
		m.will(to.ingesters[i].who(), "reads", to)
	}
	if to := s; s.claimable != 0 {
		to.ingesters[i] = ingester{batch: s.claimable, redelivered: true}
		to.claimable = 0
		m.will(to.ingesters[i].who(), "claims", to)
	}
}

// stall lets an ingester be so slow that its messages may be claimed from it. It
// will not take them for new any more: whoever has had them in hand for long
// treats them as redelivered. A stall between that look at the clock and the
// invalidation itself is left out.
func (m *model) stall(s state, i int) {
	g := &s.ingesters[i]
	switch {
	case s.may.stalls == 0:
		return
	case g.done == 0:
		g.redelivered = true
	case g.done == 1 && !g.redelivered:
		return
	}
	s.may.stalls--
	s.claimable |= g.batch &^ s.acked
	m.may(g.who(), "stalls", s)
}

// foresight is a name for what is foreseen that no other entry has.
func (m *model) foresight(s state) name {
	taken := append(s.sweeper.list[:], s.sweeper.looks[0].token, s.sweeper.looks[1].token)
	for _, p := range m.content[s.redis].promised {
		taken = append(taken, p.token)
	}
	return m.names.unused("foreseen", taken...)
}
