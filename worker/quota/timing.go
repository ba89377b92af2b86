package quota

import (
	"encoding/json"
	"time"
)

// ms is a duration that scripts see as whole milliseconds, rounded up.
type ms time.Duration

// MarshalJSON implements json.Marshaler.
func (d ms) MarshalJSON() ([]byte, error) { return json.Marshal(millis(time.Duration(d))) }

func millis(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// timing is how long things take and last, for scripts and desks alike.
type timing struct {
	// Window is the span of the minute limits, and a little for clocks that do
	// not run at quite the same pace.
	Window ms `json:"window"`
	// OnTheWire is how long after its turn a request must have been given a
	// connection, or it loses the turn. Arrival is how long after it was
	// written a request can reach the far side's counter.
	OnTheWire ms `json:"-"`
	Arrival   ms `json:"-"`
	// Beat is how often a process is heard of at least.
	Beat ms `json:"beat"`
	// Provisional is how long a call counts from its turn if nothing more is
	// heard of it: its process died.
	Provisional ms `json:"provisional"`
	// Near is how far ahead of its turn a call gets it for good. The less, the
	// sooner a newcomer with a better claim gets its own; the more, the fewer
	// trips. Far is the same for calls that have waited before.
	Near ms `json:"near"`
	Far  ms `json:"far"`
	// Lead is how long before its turn work that was put off is to be back: job
	// queues count in whole seconds.
	Lead ms `json:"lead"`
	// Hold is how long a slot is kept for a holder who is late, and Keep how
	// long their place is.
	Hold ms `json:"hold"`
	Keep ms `json:"keep"`
	// Trip is the longest that a batch may be under way before its process
	// gives it up.
	Trip ms `json:"trip"`
	// Ramp is how long calls are let in slowly after a stop.
	Ramp ms `json:"ramp"`
	// UserHold is how long a user is left alone whom the far side refused
	// without saying for how long, and MaxHold the most for all.
	UserHold ms `json:"userHold"`
	MaxHold  ms `json:"maxHold"`
	// Broke is how long nothing is tried after the far side said that the
	// account has no credit.
	Broke ms `json:"broke"`
	// Member is how long a process counts as present after it was heard of.
	Member ms `json:"member"`
	// Idle is how long an unused ledger is kept, and UserIdle the log of a user's calls.
	// Keys end by Redis's clock, and what a clock may be set forward by must not end
	// them.
	Idle     ms `json:"idle"`
	UserIdle ms `json:"userIdle"`
	// PerRound is how many calls of one user are served in a round.
	PerRound int `json:"perRound"`
	// HeavyLoad is from when on a user is a heavy one, in millionths of a limit,
	// but HeavyCalls are free to anyone.
	// Fill is the part of the limits that heavy users may fill up to, and
	// HeavyLeast the part that is theirs however much the others call.
	HeavyLoad  int     `json:"heavyLoad"`
	HeavyCalls int     `json:"heavyCalls"`
	Fill       float64 `json:"fill"`
	HeavyLeast float64 `json:"heavyLeast"`
	// AloneCalls is how many calls a process may make at once when it loses the
	// ledger, and AloneBurst which part of what would be its own if the limits were
	// divided; the rest follows evenly over a window.
	AloneCalls int     `json:"aloneCalls"`
	AloneBurst float64 `json:"aloneBurst"`
	// MaxQueue bounds how many places are kept.
	MaxQueue int `json:"maxQueue"`
}

const (
	// drift is how much two clocks may differ over one window.
	drift = 50 * time.Millisecond
	// tripTimeout is how long a desk waits for an answer before it goes on alone.
	tripTimeout = time.Second
)

// defaultTiming suits services on the internet.
func defaultTiming() timing {
	return newTiming(window, 3*time.Second, time.Second)
}

func newTiming(window, onTheWire, arrival time.Duration) timing {
	return timing{
		Window:      ms(window + drift),
		OnTheWire:   ms(onTheWire),
		Arrival:     ms(arrival),
		Beat:        ms(2 * time.Second),
		Provisional: ms(window + drift + onTheWire + arrival),
		Near:        ms(250 * time.Millisecond),
		Far:         ms(1500 * time.Millisecond),
		Lead:        ms(1300 * time.Millisecond),
		Hold:        ms(3 * time.Second),
		Keep:        ms(time.Minute),
		Trip:        ms(tripTimeout),
		Ramp:        ms(10 * time.Second),
		UserHold:    ms(5 * time.Second),
		MaxHold:     ms(time.Minute),
		Broke:       ms(time.Minute),
		Member:      ms(7 * time.Second),
		Idle:        ms(25 * time.Hour),
		UserIdle:    ms(61 * time.Minute),
		PerRound:    4,
		HeavyLoad:   50_000,
		HeavyCalls:  10,
		Fill:        0.98,
		HeavyLeast:  0.02,
		AloneCalls:  8, // a refresh with history, and a little
		AloneBurst:  1. / 12,
		MaxQueue:    50_000,
	}
}
