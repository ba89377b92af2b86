package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"foreday/cache"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/events"
	"foreday/worker"
)

// processes says which are alive.
func (e *examination) processes(ctx context.Context) {
	beats, err := heartbeat.Read(ctx, e.client)
	if err != nil {
		e.untold = true
		what, cure := told(err)
		e.add(Warning, "processes", "which are alive is not known: "+what, cure)
		return
	}
	var parts []string
	for _, b := range beats {
		parts = append(parts, b.Part)
		if b.Part == "worker" || b.Part == "up" {
			e.workers++
		}
	}
	slices.Sort(parts)
	switch {
	case e.workers == 0:
		e.add(Warning, "processes", "no worker is alive: nothing is refreshed", "start one: foreday worker")
	default:
		e.ok("processes", "alive: %s", strings.Join(parts, ", "))
	}
	if n := beats.Highest("foreday_events_waiting"); n > 0 {
		e.add(Warning, "waiting", counted(int64(n), "message")+" of single users cannot be applied, and are tried again",
			"see the worker's log for why; after some tries they are dead letters")
	}
}

const (
	// forgotten is how long nobody has read for a group that nobody remembers.
	forgotten = time.Hour
	// leftFor is for how long nobody has taken over a message whose consumer died: others
	// do within seconds.
	leftFor = time.Minute
	// kills is how often a message is handed out that workers seem to die of: more often
	// than a few crashes explain.
	kills = 5
	// longBacklog is how many messages wait when workers do not keep up.
	longBacklog = 10_000
)

// stream looks at the stream of messages and its groups.
func (e *examination) stream(ctx context.Context) {
	stream := e.Settings.Stream
	length, groups, err := events.Inspect(ctx, e.client, stream)
	if err != nil {
		what, cure := told(err)
		level := Wrong
		if cache.CodeOf(err) == "redis-no-permission" {
			level = Warning // nobody but a worker needs it, of whom "rights" says what is lacking
		}
		e.add(level, "stream", "what waits there is not known: "+what, cure)
		return
	}
	own := slices.IndexFunc(groups, func(g events.GroupState) bool { return g.Name == e.Settings.Group })
	switch {
	case own >= 0:
		e.group(groups[own])
	case length > 0:
		e.add(Wrong, "stream",
			fmt.Sprintf("%s on %s, and no worker has ever read there: its group %s does not exist",
				counted(length, "message"), stream, e.Settings.Group),
			"start a worker, or set FOREDAY_STREAM and FOREDAY_GROUP to those that the workers have")
	default:
		e.ok("stream", "nothing was published on %s yet", stream)
	}
	for i, g := range groups {
		if i != own {
			e.otherGroup(g)
		}
	}
}

// group looks at the group of the workers.
func (e *examination) group(g events.GroupState) {
	stream := e.Settings.Stream
	dead := int64(0)
	var repeated []events.PendingState
	for _, p := range g.Oldest {
		if p.Idle > leftFor {
			dead++
		}
		if p.Deliveries >= kills {
			repeated = append(repeated, p)
		}
	}
	what := fmt.Sprintf("%s: %s not read, %d not acknowledged", stream, counted(max(0, g.Lag), "message"), g.Pending)
	switch {
	case e.workers == 0 && !e.untold && (g.Lag > 0 || g.Pending > 0):
		e.add(Wrong, "stream", what+", and no worker is alive", "start one: foreday worker")
	case dead > 0:
		e.add(Wrong, "stream", counted(dead, "message")+" left by consumers that died, and nobody takes over",
			"see that a worker of this stream and group runs, and its log")
	case g.Lag > longBacklog:
		e.add(Warning, "stream", what, "start more workers")
	default:
		e.ok("stream", "%s", what)
	}
	if len(repeated) > 0 {
		p := repeated[0]
		e.add(Wrong, "poison", fmt.Sprintf("message %s was handed out %d times and never acknowledged: workers may die of it (%s like that)",
			p.ID, p.Deliveries, counted(int64(len(repeated)), "message")),
			fmt.Sprintf("look at it (foreday redis XRANGE %s %s %s) and at the workers' logs; `foreday redis XACK %s %s %s` gives it up",
				stream, p.ID, p.ID, stream, g.Name, p.ID))
	}
}

// otherGroup looks at a group of somebody else's, for which messages are kept as well.
func (e *examination) otherGroup(g events.GroupState) {
	stream := e.Settings.Stream
	name := fmt.Sprintf("%q", g.Name)
	switch {
	case g.Lag == 0 && g.Pending == 0:
		e.ok("group", "group %s of %s has acknowledged all", name, stream)
	case g.Silent(forgotten):
		since := "nobody reads for it"
		if len(g.Consumers) > 0 {
			since = "nobody has read for it in the last hour"
		}
		e.add(Wrong, "group", fmt.Sprintf("group %s of %s holds up trimming: %s, and every message since is kept for it", name, stream, since),
			fmt.Sprintf("if it is forgotten: foreday redis XGROUP DESTROY %s %s", stream, typed(g.Name)))
	default:
		e.ok("group", "group %s of %s reads, too: messages are kept until it has acknowledged them", name, stream)
	}
}

// typed is a name of somebody else's as it may be typed into a shell.
func typed(name string) string {
	odd := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.:", r)
	}
	if strings.ContainsFunc(name, odd) {
		return "NAME"
	}
	return name
}

func (e *examination) deadLetters(ctx context.Context) {
	dead := events.NewDeadLetters(e.client, events.DefaultDeadStream, e.Settings.Stream)
	switch n, err := dead.Count(ctx); {
	case err != nil:
		what, cure := told(err)
		e.add(Warning, "dead letters", what, cure)
	case n > 0:
		e.add(Wrong, "dead letters", counted(n, "message")+" that made no sense, or could not be applied",
			"`foreday dead list` says what is wrong with each; mend the app, then `foreday dead replay --all`, or drop them")
	default:
		e.ok("dead letters", "none")
	}
}

func (e *examination) queues(ctx context.Context) {
	states, err := worker.NewQueue(e.client, worker.DefaultQueue).States(ctx)
	if err != nil {
		what, cure := told(err)
		e.add(Warning, "queues", what, cure)
		return
	}
	waiting, well := int64(0), true
	for _, s := range states {
		waiting += s.Waiting
		if s.Paused {
			e.add(Wrong, "queues", fmt.Sprintf("queue %s is paused, with %s in it", s.Name, counted(s.Waiting, "job")),
				fmt.Sprintf("let it go on: foreday redis DEL '%s'", s.PausedKey))
			well = false
		}
		if s.Archived > 0 {
			e.add(Warning, "queues", fmt.Sprintf("%s of queue %s failed for a day, not to be tried again", counted(s.Archived, "job"), s.Name),
				"the dashboard says why; the next message or reader has the day refreshed all the same")
			well = false
		}
	}
	if well {
		e.ok("queues", "%s waiting", counted(waiting, "job"))
	}
}
