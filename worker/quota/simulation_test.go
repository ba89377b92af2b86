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
	start  int64
	now    int64
	events events
	serial int

	done     []*job
	trips    int
	spurious int
	upstream slidingUpstream
	settles  map[*ledgerClient][]settlement
}

type job struct {
	user   string
	name   string
	ahead  bool
	tokens int
	used   int
	takes  int64 // how long the call lasts
	again  bool  // another follows it
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
	client := redistest.New(t).Client(t)
	s := &simulation{
		t: t, random: rand.New(rand.NewPCG(1, 2)), start: 1_795_413_600_000, now: 1_795_413_600_000,
		upstream: slidingUpstream{window: millis(minute)}, settles: map[*ledgerClient][]settlement{},
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

// want has so many jobs of a user begin at random moments of a time.
func (s *simulation) want(user string, n int, within time.Duration) {
	for i := range n {
		j := &job{user: user, name: fmt.Sprint(user, "-", i), ahead: true, takes: 300}
		s.at(s.start+s.random.Int64N(millis(within)), func() { s.begin(j) })
	}
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
	if v.Spurious {
		s.spurious++
	}
	switch v.What {
	case goAt:
		s.at(s.now+v.Wait, func() { s.send(j, b.Asks[0].Call) })
	case askAt:
		s.at(s.now+v.Wait+s.random.Int64N(3), func() { s.ask(j) })
	case deferred:
		back := (s.now+v.Wait)/1000*1000 + s.random.Int64N(100)
		s.at(max(back, s.now+1), func() { s.begin(j) })
	}
}

func (s *simulation) send(j *job, call string) {
	j.went = s.now
	s.upstream.calls = append(s.upstream.calls, arrived{s.now + s.random.Int64N(5), j.user, j.used})
	known := min(s.now+j.takes, s.now+millis(arrival))
	s.at(s.now+j.takes, func() {
		s.done = append(s.done, j)
		if j.again {
			next := &job{user: j.user, name: j.name, ahead: j.ahead, tokens: j.tokens, used: j.used, takes: j.takes, again: true}
			s.at(s.now+1, func() { s.begin(next) })
		}
		st := settlement{Call: call, Name: j.user, Ago: known}
		if j.tokens > 0 {
			st.Tokens = &j.used
		}
		st.feedback = s.upstream.says(j.gate.limits, s.now)
		s.settles[j.gate] = append(s.settles[j.gate], st)
	})
}

// says is what the upstream says is left of its limits, which are ours.
func (f *slidingUpstream) says(limits bounds, now int64) feedback {
	var w feedback
	requests, tokens := 0, 0
	for _, a := range f.calls {
		if a.at <= now && a.at > now-f.window {
			requests++
			tokens += a.tokens
		}
	}
	if limits.Requests > 0 {
		w.LeftRequests = &left{max(0, limits.Requests-requests), millis(minute)}
	}
	if limits.Tokens > 0 {
		w.LeftTokens = &left{max(0, limits.Tokens-tokens), millis(minute)}
	}
	return w
}

// utilisation returns how much of what the windows allow was used, from the
// second minute on.
func (s *simulation) utilisation(limit int, cost func(arrived) int) float64 {
	total, n := 0, 0
	for t := s.start; t+s.upstream.window <= s.now; t += 100 {
		n++
		for _, a := range s.upstream.calls {
			if a.at >= t && a.at < t+s.upstream.window {
				total += cost(a)
			}
		}
	}
	s.t.Logf("sliding used %.4f", float64(total)/float64(n)/float64(limit))
	from, sum := s.start+s.upstream.window, 0
	for _, a := range s.upstream.calls {
		if a.at >= from && a.at < s.now {
			sum += cost(a)
		}
	}
	return float64(sum) / float64(limit) / (float64(s.now-from) / float64(s.upstream.window))
}

func perCall(arrived) int    { return 1 }
func tokensOf(a arrived) int { return a.tokens }

func TestJobsThatArePutOffFillTheWindowsAndSeldomWakeForNothing(t *testing.T) {
	t.Parallel()
	const span = 180_000
	for _, c := range []struct {
		name   string
		limits bounds
		users  int
		within int64 // when the jobs come
		job    func(r *rand.Rand, j *job)
		limit  int
		cost   func(arrived) int
	}{
		{"requests, all jobs at once", bounds{Requests: 120}, 400, 3000, func(r *rand.Rand, j *job) { j.takes = 300 }, 120, perCall},
		{"requests, few users", bounds{Requests: 120}, 30, span, func(r *rand.Rand, j *job) { j.takes = 300 }, 120, perCall},
		{"tokens, all jobs at once", bounds{Requests: 3000, Tokens: 40_000}, 400, 3000, func(r *rand.Rand, j *job) {
			j.tokens, j.used, j.takes = 400, 250+r.IntN(100), 800
		}, 40_000, tokensOf},
		{"tokens, calls of all sizes", bounds{Requests: 3000, Tokens: 90_000}, 400, span, func(r *rand.Rand, j *job) {
			j.tokens, j.takes = 300+r.IntN(1500), 800
			j.used = j.tokens / 2
		}, 90_000, tokensOf},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t, c.limits)
			const jobs = 3600 // ten times what the windows allow
			for i := range jobs {
				j := &job{user: fmt.Sprint("u", s.random.IntN(c.users)), name: fmt.Sprint("job", i), ahead: true}
				c.job(s.random, j)
				s.at(s.start+s.random.Int64N(c.within), func() { s.begin(j) })
			}
			s.run(s.start + span)
			if worst := s.upstream.worst(c.cost); worst > c.limit {
				t.Errorf("a window held %d, the limit is %d", worst, c.limit)
			}
			u := s.utilisation(c.limit, c.cost)
			t.Logf("%.3f used, %.2f trips and %.3f spurious wakeups a job", u, float64(s.trips)/jobs, float64(s.spurious)/jobs)
			if u < 0.97 {
				t.Errorf("%.3f of what the windows allow was used, want 0.97", u)
			}
			if n := float64(s.trips) / jobs; n > 2.5 {
				t.Errorf("%.2f trips a job, want at most 2.5", n)
			}
			if n := float64(s.spurious) / jobs; n > 0.1 {
				t.Errorf("%.3f spurious wakeups a job, want at most 0.1", n)
			}
		})
	}
}

// Where all take much, or all but one, nobody needs to be left much room.
func TestAFewUsersWhoAllWantMuchUseTheLimit(t *testing.T) {
	t.Parallel()
	for _, light := range []int{0, 1} {
		s := newSimulation(t, bounds{Requests: 240, UserRequests: 600})
		add := func(user string, again bool, at int64) {
			j := &job{user: user, name: fmt.Sprint(user, at), ahead: true, takes: 30, again: again}
			s.at(s.start+at, func() { s.begin(j) })
		}
		for u := range 10 {
			add(fmt.Sprint("u", u), true, s.random.Int64N(500))
			add(fmt.Sprint("u", u), true, s.random.Int64N(500))
		}
		for at := range 9 * light {
			add("now and then", false, int64(at)*20_000)
		}
		s.run(s.start + 180_000)
		if worst := s.upstream.worst(perCall); worst > 240 {
			t.Errorf("a window held %d, the limit is 240", worst)
		}
		first := 0
		for _, a := range s.upstream.calls {
			if a.at < s.start+s.upstream.window {
				first++
			}
		}
		u := s.utilisation(240, perCall)
		t.Logf("%d of 240 in the first minute, then %.3f", first, u)
		if first < 200 || u < 0.9 {
			t.Errorf("%d light users: %d of 240 were used in the first minute, want 200, and then %.3f, want 0.9", light, first, u)
		}
	}
}

// What the others want is known after seconds; until then, a loud user is not to take what
// they are about to want.
func TestALoudUserTakesLittleWhileTheLogIsYoung(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, bounds{Requests: 250})
	for u := range 50 {
		s.want(fmt.Sprint("quiet", u), 6, minute) // 300 of 250
	}
	s.want("loud", 600, minute)
	s.run(s.start + 20_000)
	loud := 0
	for _, a := range s.upstream.calls {
		if a.user == "loud" {
			loud++
		}
	}
	// Before it is known to be heavy it takes a twentieth, 13.
	if loud > 20 {
		t.Errorf("the loud user made %d calls in 20 s, want at most 20", loud)
	}
}

func TestALoudUserDelaysTheOthersLittle(t *testing.T) {
	t.Parallel()
	// So many quiet users, each with so many jobs in three minutes, and perhaps a loud one.
	p95 := func(t *testing.T, seed uint64, users, each, loud int) int64 {
		s := newSimulation(t, bounds{Requests: 300})
		s.random = rand.New(rand.NewPCG(seed, 2))
		for u := range users {
			s.want(fmt.Sprint("quiet", u), each, 3*minute)
		}
		s.want("loud", loud, 3*minute)
		s.run(s.start + 240_000)
		var waits []int64
		for _, j := range s.done {
			if j.user != "loud" {
				waits = append(waits, j.went-j.began)
			}
		}
		if len(waits) != users*each {
			t.Errorf("%d of %d jobs of quiet users were done", len(waits), users*each)
		}
		slices.Sort(waits)
		t.Logf("beside %d jobs of a loud user, 19 of 20 wait up to %d ms", loud, waits[len(waits)*95/100])
		return waits[len(waits)*95/100]
	}
	t.Run("when the others leave room, they hardly wait", func(t *testing.T) {
		t.Parallel()
		if loud := p95(t, 1, 50, 15, 1500); loud > 1500 {
			t.Errorf("19 of 20 wait up to %d ms, want at most 1500", loud)
		}
	})
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("when the others alone are too many, they wait not twice as long, seed ", seed), func(t *testing.T) {
			t.Parallel()
			for _, others := range [][2]int{{50, 20}, {30, 33}} {
				alone, loud := p95(t, seed, others[0], others[1], 0), p95(t, seed, others[0], others[1], 2000)
				if loud > 2*alone {
					t.Errorf("%d users: 19 of 20 wait up to %d ms, without the loud user %d", others[0], loud, alone)
				}
			}
		})
	}
}
