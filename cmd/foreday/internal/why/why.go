// Package why finds out where a summary is on its way and what it waits for: from the state
// of its day, the ledger, the queues, the limits, the stream and the processes, as Redis has
// them. [Look] changes nothing, and what it looks at is bounded, however many users there
// are. It tells IDs, and nothing of what a summary says.
package why

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/vault"
	"foreday/worker"
	"foreday/worker/quota"
)

// Config says where to look.
type Config struct {
	Client        redis.UniversalClient
	Store         *freshness.Store
	Queue         *worker.Queue
	Stream, Group string
	RefreshDays   int // days from today on that are regenerated ahead of any reader
	Now           func() time.Time
}

// deadLook is how many of the newest dead letters are looked at for those of the user.
const deadLook = 500

// Look finds out about one day of a user.
func Look(ctx context.Context, c Config, user string, date summarizer.Date) (Report, error) {
	l := look{Config: c, r: Report{User: user, Date: date, Causes: []Cause{}}}
	for _, step := range []func(context.Context) error{l.day, l.jobs, l.limits, l.stream, l.processes, l.access} {
		if err := step(ctx); err != nil {
			return Report{}, err
		}
	}
	l.judge()
	return l.r, nil
}

// look is a Report in the making.
type look struct {
	Config
	r          Report
	state      freshness.State
	unreadable bool // the fresh copy was sealed with another key
	degraded   bool // the fresh copy should have been planned by a model
	connected  bool // the user keeps a token in Redis
	refused    time.Duration
}

func (l *look) day(ctx context.Context) (err error) {
	if l.state, err = l.Store.State(ctx, l.r.User, l.r.Date); freshness.IsDataError(err) {
		return fmt.Errorf("look at user %s: %w", l.r.User, worker.ErrUserData)
	} else if err != nil {
		return err
	}
	fresh, stale, err := l.Store.Peek(ctx, l.r.User, l.r.Date)
	if err != nil {
		return err
	}
	s := l.state
	l.r.Timezone = s.Zone
	l.r.FreshUntil, l.r.StaleUntil, l.r.Since = when(s.FreshUntil), when(s.StaleUntil), when(s.Published)
	switch {
	case !s.FreshUntil.IsZero():
		l.r.Status = Fresh
		l.unreadable, l.degraded = fresh == nil, fresh != nil && fresh.Degraded
		l.r.Since = nil
	case !s.StaleUntil.IsZero():
		l.r.Status = Stale
	default:
		l.r.Status = None
	}
	if stale != nil {
		l.r.MadeAt = when(stale.GeneratedAt)
	}
	process, _, named := strings.Cut(s.Owner, " ")
	if !named {
		process = "" // what is left is the name of an execution
	}
	l.r.State = State{
		Generation: s.Generation, Message: s.Message, Token: s.Pending.ID, Asked: when(s.Asked), Began: when(s.Began), Running: s.Owner != "",
		Process: process, LeaseUntil: when(s.LeaseUntil), Lapsed: s.Lapsed, CooldownUntil: when(s.Cooldown), Read: when(s.Read), Anew: s.Anew,
		Fault: string(s.Fault), Again: when(s.Again), Denied: string(s.Denied),
	}
	due, err := l.Store.Ledger().Due(ctx, s.Tokens()...)
	for _, token := range s.Tokens() {
		if in, ok := due[token]; ok {
			l.r.Promised = append(l.r.Promised, Promise{Token: token.ID, LookIn: in.Seconds()})
		}
	}
	return err
}

func (l *look) jobs(ctx context.Context) error {
	jobs, err := l.Queue.Jobs(ctx, l.state.Tokens()...)
	for _, j := range jobs {
		l.r.Jobs = append(l.r.Jobs, Job{
			Token: j.Token.ID, Queue: j.Queue, State: string(j.State), Before: j.Before, Next: when(j.Next), Failures: j.Failures,
			LastError: j.LastError, Paused: j.Paused,
		})
	}
	return err
}

func (l *look) limits(ctx context.Context) error {
	var jobs []string
	for _, token := range l.state.Tokens() {
		jobs = append(jobs, token.String())
	}
	l.r.Limits = map[string]Limit{}
	for _, api := range []string{quota.Google, quota.OpenAI} {
		use, err := quota.LookAtUse(ctx, l.Client, api, l.r.User, jobs, l.Now())
		if err != nil {
			return err
		}
		what, left := use.Binding()
		l.r.Limits[api] = Limit{Use: use, Binding: what, BindingFor: left.Seconds()}
	}
	return nil
}

func (l *look) stream(ctx context.Context) error {
	backlog, err := events.LookAtUnacknowledged(ctx, l.Client, l.Stream, l.Group, l.r.User)
	if err != nil {
		return err
	}
	l.r.Stream = Stream{Name: l.Stream, Group: l.Group, Joined: backlog.Joined, Unread: backlog.Unread, Delivered: backlog.Delivered,
		Partial: backlog.Partial}
	for _, m := range backlog.Messages {
		l.r.Messages = append(l.r.Messages, Message{
			ID: m.ID, Published: m.Published, Consumer: m.Consumer, Idle: m.Idle.Seconds(), Deliveries: m.Deliveries,
		})
	}
	dead := events.NewDeadLetters(l.Client, "", l.Stream)
	letters, err := dead.OfUser(ctx, l.r.User, deadLook)
	for _, d := range letters {
		l.r.DeadLetters = append(l.r.DeadLetters, DeadLetter{MessageID: d.MessageID, ID: d.ID, Reason: d.Reason, At: d.At})
	}
	return err
}

func (l *look) processes(ctx context.Context) error {
	beats, err := heartbeat.Read(ctx, l.Client)
	for _, b := range beats {
		p := Process{Name: b.Process, Part: b.Part, Breakers: map[string]string{}}
		for _, api := range []string{quota.Google, quota.OpenAI} {
			if state := (heartbeat.Beats{b}).Breaker(api); state != heartbeat.Closed {
				p.Breakers[api] = state
			}
		}
		l.r.Processes = append(l.r.Processes, p)
	}
	return err
}

func (l *look) access(ctx context.Context) (err error) {
	if l.refused, err = vault.NewRefusals(l.Client).Remembered(ctx, l.r.User); err != nil {
		return err
	}
	l.connected, err = vault.HasToken(ctx, l.Client, l.r.User)
	return err
}

// dueAhead reports whether the day is regenerated ahead of any reader.
func (l *look) dueAhead() bool {
	zone, err := time.LoadLocation(l.state.Zone)
	if err != nil || l.state.Zone == "" {
		return false
	}
	in := summarizer.DateOf(l.Now().In(zone)).DaysUntil(l.r.Date)
	return in >= 0 && in < l.RefreshDays
}

// workers are the processes that refresh.
func (l *look) workers() int {
	n := 0
	for _, p := range l.r.Processes {
		if slices.Contains([]string{"worker", "up"}, p.Part) {
			n++
		}
	}
	return n
}

// span is how long something is, for people.
func span(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
