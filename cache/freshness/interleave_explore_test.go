package freshness

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// exploration is what a search through all schedules found.
type exploration struct {
	states      int
	transitions int
	schedules   float64 // different ways from the start to an end
	broken      string  // the promise found broken; "" if none was
	trace       []string
}

func (e exploration) String() string {
	return fmt.Sprintf("%d states, %d transitions, %.3g schedules", e.states, e.transitions, e.schedules)
}

// explorer goes through the graph of states.
type explorer struct {
	*model
	exploration
	ways map[state]float64 // from each state to an end; onPath while on the path
	path []label           // from the start to here
	free []step            // stack of the steps of the states on the path
}

// label is how the path went on.
type label struct{ who, what string }

const onPath = -1

// explore goes through everything that can happen from the start on, or until a
// promise is broken: depth first, each state once. The ways to an end are added
// up from the ends backwards.
func explore(m *model, start state) exploration {
	e := &explorer{model: m, ways: make(map[state]float64)}
	canonical(&start)
	e.schedules = e.visit(start)
	e.states = len(e.ways)
	return e.exploration
}

// visit returns the number of ways from s to an end.
func (e *explorer) visit(s state) float64 {
	if ways, ok := e.ways[s]; ok {
		if ways == onPath {
			e.check("2: it goes round in circles")
		}
		return ways
	}
	e.ways[s] = onPath
	from := len(e.free)
	e.free = e.next(s, e.free)
	to := len(e.free)
	e.check(e.model.broken(s, e.free[from:to]))
	ways := 0.0
	for i := from; i < to && e.exploration.broken == ""; i++ {
		n := e.free[i]
		e.take(s, n)
		if e.exploration.broken == "" {
			ways += e.visit(n.to)
		}
		e.path = e.path[:len(e.path)-1]
	}
	e.free = e.free[:from]
	if from == to {
		ways = 1
	}
	e.ways[s] = ways
	return ways
}

// sample walks schedules at random, each to its end, or until a promise is
// broken. The same ones are walked each time.
func sample(m *model, start state, schedules int) exploration {
	dice := rand.New(rand.NewPCG(2026, 3))
	e := &explorer{model: m}
	for e.schedules < float64(schedules) && e.exploration.broken == "" {
		e.path = e.path[:0]
		e.walk(start, dice)
		e.schedules++
	}
	return e.exploration
}

func (e *explorer) walk(s state, dice *rand.Rand) {
	for {
		e.free = e.next(s, e.free[:0])
		e.check(e.model.broken(s, e.free))
		if len(e.free) == 0 || e.exploration.broken != "" {
			return
		}
		n := e.free[dice.IntN(len(e.free))]
		e.take(s, n)
		s = n.to
	}
}

// take goes on by a step.
func (e *explorer) take(s state, n step) {
	e.transitions++
	e.path = append(e.path, label{n.who, n.what})
	e.check(e.brokenBy(s, n))
}

// check keeps the first promise that is found broken, and the way that led there.
func (e *explorer) check(promise string) {
	if promise == "" || e.exploration.broken != "" {
		return
	}
	e.exploration.broken = promise
	for _, l := range e.path {
		e.trace = append(e.trace, strings.TrimSpace(l.who+" "+l.what))
	}
}
