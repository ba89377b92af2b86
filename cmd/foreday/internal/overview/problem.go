package overview

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"foreday/cmd/foreday/internal/heartbeat"
)

// Problem is something that somebody should do something about.
type Problem struct {
	What string `json:"what"`
	Do   string `json:"do"`
}

const (
	// lateAfter is how old a refresh that was promised may be, in seconds: far more than
	// one takes, and less than readers complain about.
	lateAfter = 60
	// fullAt is the share of a limit from which on it may be what jobs wait for.
	fullAt = 0.95
	// manyFailed is how many refreshes fail in a minute that are not one user's alone: those
	// are tried again after pauses.
	manyFailed = 5
	// manyUnread is how many messages may wait to be read: more than a second's.
	manyUnread = 10_000
)

// problems names what is wrong, causes before what follows from them.
func (s *Deployment) problems() []Problem {
	list := []Problem{}
	add := func(wrong bool, do, what string, args ...any) {
		if wrong {
			list = append(list, Problem{fmt.Sprintf(what, args...), do})
		}
	}
	add(s.Processes["worker"]+s.Processes["up"] == 0, "start one: foreday worker", "No worker is alive: no summary is made anew.")
	for _, queue := range s.Paused {
		add(true, "unpause it here, or delete the key asynq:{"+queue+"}:paused", "The queue %s is paused: its jobs wait.", queue)
	}
	for _, api := range slices.Sorted(maps.Keys(s.Breakers)) {
		add(s.Breakers[api] != heartbeat.Closed, "see the status page of the service, and foreday doctor",
			"Calls of %s fail: its breaker is %s.", api, s.Breakers[api])
	}
	for _, limit := range slices.Sorted(maps.Keys(s.LimitsUsed)) {
		api, _, _ := strings.Cut(limit, " ")
		add(s.LimitsUsed[limit] >= fullAt && s.CallsWaiting[api] > 0, "raise the limit if the service grants more; workers would not help",
			"%d calls wait for the limit of %s.", s.CallsWaiting[api], limit)
	}
	failed, made := s.RefreshesPerMin["failed"], s.RefreshesPerMin["written"]+s.RefreshesPerMin["unchanged"]+s.RefreshesPerMin["degraded"]
	add(failed >= manyFailed && failed > made, "foreday doctor tries Google and the model; foreday why USER DATE tells what failed",
		"%.0f refreshes failed within a minute, and %.0f did not.", failed, made)
	add(s.OldestTracked > lateAfter, "foreday why USER DATE says what one waits for; foreday doctor looks at the rest",
		"A refresh has been due for %.0f s.", s.OldestTracked)
	add(s.StreamLag > manyUnread, "add workers", "%d messages are not read yet.", s.StreamLag)
	add(s.DeadLetters > 0, "foreday dead list says why; mend the app, then foreday dead replay --all or drop --all",
		"Messages that could not be understood or applied: %d.", s.DeadLetters)
	return list
}
