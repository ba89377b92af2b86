package quota

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"foreday/cache/redistest"
)

// simulation is many jobs on several processes that share a ledger, in a time
// of its own. Jobs that are put off come back as a job queue brings them back:
// at the whole second below, when it next looks.
type simulation struct {
	t      *testing.T
	gates  []*ledgerClient
	random *rand.Rand
	now    int64
	events events
	serial int

	done    []*job
	trips   int
	vain    int
	far     farSide
	settles map[*ledgerClient][]settlement
}

type job struct {
	user   string
	name   string
	ahead  bool
	tokens int
	used   int
	takes  int64 // how long the call lasts
	began  int64
	went   int64
	until  int64 // how long it waits in its process
	gate   *ledgerClient
}

type event struct {
	at   int64
	nth  int
	what func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].nth < e[j].nth
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

func newSimulation(t *testing.T, limits bounds) *simulation {
	client := redistest.Start(t).Client(t)
	s := &simulation{
		t: t, random: rand.New(rand.NewPCG(1, 2)), now: 1_795_413_600_000,
		far: farSide{window: millis(window)}, settles: map[*ledgerClient][]settlement{},
	}
	for i := range 4 {
		s.gates = append(s.gates, newLedgerClient(client, fmt.Sprint("gate", i), limits))
	}
	return s
}

func (s *simulation) at(t int64, what func()) {
	s.serial++
	heap.Push(&s.events, event{t, s.serial, what})
}

func (s *simulation) run(until int64) {
	for len(s.events) > 0 && s.events[0].at <= until {
		e := heap.Pop(&s.events).(event)
		s.now = max(s.now, e.at)
		e.what()
	}
	s.now = until
}

// begin is a job picked up by a process.
func (s *simulation) begin(j *job) {
	if j.began == 0 {
		j.began = s.now
	}
	j.gate = s.gates[s.random.IntN(len(s.gates))]
	j.until = s.now + 5000
	s.ask(j)
}

func (s *simulation) ask(j *job) {
	s.trips++
	b := j.gate.batch()
	s.serial++
	b.Asks = []ask{{
		Call: fmt.Sprint("call", s.serial), Ticket: j.name, Keep: true, Name: j.user,
		Ahead: j.ahead, Tokens: j.tokens, Wait: max(0, j.until-s.now), User: b.user(j.user),
	}}
	b.Settled = s.settles[j.gate]
	for i := range b.Settled {
		b.Settled[i].User = b.user(b.Settled[i].Name)
		b.Settled[i].Ago = s.now - b.Settled[i].Ago
	}
	s.settles[j.gate] = nil
	r := j.gate.run(s.t, b, at{s.now, s.now})
	v := r.Answers[0]
	if v.Vain {
		s.vain++
	}
	switch v.What {
	case goAt:
		s.at(s.now+v.Wait, func() { s.send(j, b.Asks[0].Call, v) })
	case askAt:
		s.at(s.now+v.Wait+s.random.Int64N(3), func() { s.ask(j) })
	case backAt:
		back := (s.now+v.Wait)/1000*1000 + s.random.Int64N(100)
		s.at(max(back, s.now+1), func() { s.begin(j) })
	}
}

func (s *simulation) send(j *job, call string, v verdict) {
	j.went = s.now
	s.far.calls = append(s.far.calls, arrived{s.now + s.random.Int64N(5), j.user, j.used})
	known := min(s.now+j.takes, s.now+millis(time.Duration(defaultTiming().Arrival)))
	s.at(s.now+j.takes, func() {
		s.done = append(s.done, j)
		st := settlement{Call: call, Name: j.user, Nth: v.Nth, Mark: v.Mark, Ago: known}
		if j.tokens > 0 {
			st.Tokens = &j.used
		}
		s.settles[j.gate] = append(s.settles[j.gate], st)
	})
}

func (s *simulation) utilisation(from, to int64, limit int, cost func(arrived) int) float64 {
	sum := 0
	for _, a := range s.far.calls {
		if a.at >= from && a.at < to {
			sum += cost(a)
		}
	}
	return float64(sum) / (float64(limit) * float64(to-from) / float64(s.far.window))
}

func TestSimulatedOverload(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits bounds
		users  int
		flow   bool
		job    func(r *rand.Rand) (tokens, used int, takes int64)
	}{
		{"requests, all at once", bounds{Requests: 300}, 1000, false, func(r *rand.Rand) (int, int, int64) { return 0, 0, 300 }},
		{"requests, few users, all at once", bounds{Requests: 300}, 40, false, func(r *rand.Rand) (int, int, int64) { return 0, 0, 300 }},
		{"requests, few users, flowing", bounds{Requests: 300}, 40, true, func(r *rand.Rand) (int, int, int64) { return 0, 0, 300 }},
		{"tokens", bounds{Requests: 3000, Tokens: 90000}, 1000, false, func(r *rand.Rand) (int, int, int64) { return 400, 250 + r.IntN(100), 800 }},
		{"tokens, mixed", bounds{Requests: 3000, Tokens: 90000}, 1000, true, func(r *rand.Rand) (int, int, int64) {
			e := 300 + r.IntN(1500)
			return e, e / 2, 800
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSimulation(t, c.limits)
			start := s.now
			n := 10 * 3 * 300
			for i := range n {
				j := &job{user: fmt.Sprint("u", s.random.IntN(c.users)), name: fmt.Sprint("job", i), ahead: true}
				j.tokens, j.used, j.takes = c.job(s.random)
				when := start + s.random.Int64N(3000)
				if c.flow {
					when = start + s.random.Int64N(180_000)
				}
				s.at(when, func() { s.begin(j) })
			}
			s.run(start + 180_000)
			requests := func(arrived) int { return 1 }
			tokens := func(a arrived) int { return a.tokens }
			t.Logf("served %d of %d, trips/job %.2f, vain/job %.3f (of served %.3f)", len(s.done), n,
				float64(s.trips)/float64(n), float64(s.vain)/float64(n), float64(s.vain)/float64(len(s.done)))
			t.Logf("worst %d requests, %d tokens; utilisation %.3f %.3f", s.far.worst(requests), s.far.worst(tokens),
				s.utilisation(start+60_000, start+180_000, c.limits.Requests, requests),
				s.utilisation(start+60_000, start+180_000, max(1, c.limits.Tokens), tokens))
		})
	}
}

func TestSimulatedFairness(t *testing.T) {
	quantiles := func(loud bool) {
		s := newSimulation(t, bounds{Requests: 300})
		start := s.now
		add := func(user string, n int) {
			for i := range n {
				j := &job{user: user, name: fmt.Sprint(user, "-", i), ahead: true, takes: 300}
				s.at(start+s.random.Int64N(180_000), func() { s.begin(j) })
			}
		}
		for u := range 50 {
			add(fmt.Sprint("q", u), 15)
		}
		if loud {
			add("loud", 1500)
		}
		s.run(start + 200_000)
		var waits []int64
		n := 0
		for _, j := range s.done {
			if j.user != "loud" {
				waits = append(waits, j.went-j.began)
			} else {
				n++
			}
		}
		slices.Sort(waits)
		t.Logf("loud %v (%d served): %d quiet, p50 %d p95 %d max %d; trips/job %.2f vain %.2f", loud, n, len(waits), waits[len(waits)/2], waits[len(waits)*95/100], waits[len(waits)-1], float64(s.trips)/float64(len(s.done)), float64(s.vain)/float64(len(s.done)))
		t.Logf("util %.3f", s.utilisation(start+60_000, start+180_000, 300, func(arrived) int { return 1 }))
	}
	quantiles(false)
	quantiles(true)
}
