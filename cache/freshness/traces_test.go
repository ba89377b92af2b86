package freshness

import (
	"fmt"
	"slices"
	"testing"
)

// traceparentN is one of as many traces as one wants.
func traceparentN(n int) string { return fmt.Sprintf("00-%032x-%016x-01", n, n) }

// traced applies a message about today that has a trace.
func (p *protocol) traced(n int) {
	p.apply(Invalidation{Days: today, Traces: []string{traceparentN(n)}})
}

func tracesOf(ns ...int) (traces []string) {
	for _, n := range ns {
		traces = append(traces, traceparentN(n))
	}
	return traces
}

func (p *protocol) wantsTraces(what string, run Run, ns ...int) {
	p.Helper()
	if !slices.Equal(run.Traces, tracesOf(ns...)) {
		p.Errorf("%s: traces %v, want %v", what, run.Traces, ns)
	}
}

func TestARunKnowsTheTracesOfTheLastMessagesThatItAnswers(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.traced(1)
		p.message() // it has none
		p.traced(2)
		run := p.begin("one")
		p.wantsTraces("the first run", run, 2, 1)
		p.traced(3)
		p.commit(run, "one") // it is not fresh: the next run answers all
		run = p.begin("two")
		p.wantsTraces("the second run", run, 3, 2, 1)
		p.commit(run, "two")
		p.traced(4)
		run = p.begin("three")
		p.wantsTraces("after a fresh copy", run, 4)
		p.commit(run, "three")
		p.apply(Invalidation{Days: today, Traces: tracesOf(14, 13, 12, 11)})
		for n := 15; n < 20; n++ {
			p.traced(n)
		}
		p.wantsTraces("of many", p.begin("four"), 19, 18, 17, 16, 15, 14, 13, 12)
	})
}

func TestTracesOfADayThatNobodyWantsAreNotKept(t *testing.T) {
	eachProtocol(t, Config{}, func(p *protocol) {
		p.apply(Invalidation{Days: []DueDay{{Date: theDate}}, Traces: tracesOf(1)})
		p.wants("keys of the day", p.client.Exists(p.Context(), stateKey(theUser, theDate)).Val(), int64(0))
	})
}
