package cache

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// Config says how long things are kept. The zero value of a field is its default.
type Config struct {
	SummaryTTL  time.Duration // of the fresh copy; 1h
	DegradedTTL time.Duration // of a fresh copy that the plain writer had to stand in for; 5m, at most SummaryTTL
	StaleTTL    time.Duration // of the stale copy; also how long a reader's interest keeps a day due; 24h
	Cooldown    time.Duration // least time between the starts of two runs for one day; 0 is none
	Lease       time.Duration // how long a run counts as alive without a sign of life; 2.5s
	TokenAge    time.Duration // age past which a pending token no longer counts; 10m
	FaultTTL    time.Duration // how long readers are told of a fault instead of trying again; 1m
	Seal        *Seal         // nil keeps summaries in clear
	Ledger      string        // the key of the ledger; foreday:promised
	Secret      string        // the key of the secret that learnt routines are hashed under; foreday:secret
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.SummaryTTL, time.Hour)
	def(&c.DegradedTTL, 5*time.Minute)
	def(&c.StaleTTL, 24*time.Hour)
	def(&c.Lease, 2500*time.Millisecond)
	def(&c.TokenAge, 10*time.Minute)
	def(&c.FaultTTL, time.Minute)
	if c.Ledger == "" {
		c.Ledger = ledgerKey
	}
	if c.Secret == "" {
		c.Secret = secretKey
	}
	c.DegradedTTL = min(c.DegradedTTL, c.SummaryTTL)
	return c
}

// stateTTL outlives every copy and every run, so that a day without state has
// nothing to invalidate.
func (c Config) stateTTL() time.Duration { return c.SummaryTTL + c.StaleTTL + 24*time.Hour }

// Store holds the summaries and the state of the protocol. It is safe for
// concurrent use and does not own its client.
type Store struct {
	client  redis.UniversalClient
	cfg     Config
	scripts scripts
	id      string // of this Store among all; see nonce
	calls   atomic.Uint64
}

// NewStore returns a Store on client.
func NewStore(client redis.UniversalClient, cfg Config) *Store {
	return &Store{client: client, cfg: cfg.withDefaults(), scripts: loadScripts(), id: uuid.NewString()[:13] + ":"}
}

// Lease is how long a run counts as alive without an Extend.
func (s *Store) Lease() time.Duration { return s.cfg.Lease }

// Token names one promised refresh of one day. It is never used twice.
type Token struct {
	User string
	Date summarizer.Date
	ID   string
}

// String is the token as the ledger and the queue know it.
func (t Token) String() string { return t.User + " " + t.Date.String() + " " + t.ID }

// Age is for how long the token has been promised, roughly: tokens are taken by the
// clock of Redis. It is 0 if the ID does not tell.
func (t Token) Age(now time.Time) time.Duration {
	us, err := strconv.ParseInt(t.ID, 10, 64)
	if err != nil {
		return 0
	}
	return now.Sub(time.UnixMicro(us))
}

// ParseToken reads what String wrote.
func ParseToken(s string) (Token, error) {
	user, rest, ok := strings.Cut(s, " ")
	day, id, ok2 := strings.Cut(rest, " ")
	date, err := summarizer.ParseDate(day)
	if !ok || !ok2 || err != nil || user == "" || id == "" {
		return Token{}, fmt.Errorf("token %.200q is not USER DATE ID", s)
	}
	return Token{User: user, Date: date, ID: id}, nil
}

// Action says what the holder of a Token is to do.
type Action int

// The actions. An enqueued token is tracked in the Ledger first.
const (
	Nothing Action = iota
	Enqueue        // track it, then hand it to the queue
	Track          // track it only: a run is under way, and will hand it over
)

// Task is a token with what to do about it.
type Task struct {
	Token     Token
	Action    Action
	NotBefore time.Time // zero: at once; else the cooldown's end
}

// DueDay is a day to invalidate.
type DueDay struct {
	Date summarizer.Date
	Due  bool // it is regenerated ahead of any reader
	// Want holds "+ID" or "-ID": events that the next fetch should find, or miss.
	// Of many the last few are kept.
	Want []string
}

// Invalidation is what one or several messages ask for, for one user.
type Invalidation struct {
	User string
	// Zone is the one in which Days were computed, "" if it does not matter.
	Zone string
	Days []DueDay
	All  bool // every day with any state is meant, Days besides
	// Redelivered says that the messages may have been applied before, or are
	// being, by a worker that died or is slow: that nobody else vouches for what
	// this invalidation asks for.
	Redelivered bool
	Published   time.Time
	// SetZone, if not "", becomes the user's zone, unless Zone turns out to be
	// another's. A user without any is taken to live there.
	SetZone string
}

// Outcome is what came of an Invalidation. If Again, nothing was changed: the
// days are to be computed anew in Zone, with Known among them if
// All is asked for.
type Outcome struct {
	Again bool
	Zone  string
	Known []summarizer.Date
	Tasks []Task
}

// Invalidate applies invalidations in one round trip. Afterwards no fresh copy
// of those days is left, and no run begun before can set one. The tasks must be
// tracked and enqueued before the messages are acknowledged.
func (s *Store) Invalidate(ctx context.Context, list []Invalidation) ([]Outcome, error) {
	if err := s.Ledger().Track(ctx, time.Now().Add(foresight), foreseen(list, s.nonce())...); err != nil {
		return nil, err
	}
	calls := make([]call, len(list))
	for i, in := range list {
		calls[i] = s.invalidateCall(in)
	}
	cmds, err := runAll(ctx, s.client, s.scripts.invalidate, calls)
	if err != nil {
		return nil, fmt.Errorf("invalidate days of %d users: %w", len(list), err)
	}
	outcomes := make([]Outcome, len(list))
	for i, cmd := range cmds {
		if outcomes[i], err = outcome(list[i], cmd); err != nil {
			return nil, fmt.Errorf("invalidate days of user %s: %w", list[i].User, err)
		}
	}
	return outcomes, nil
}

// foresight is after what time somebody looks at days that were foreseen: longer
// than any worker is thought to be held up between two steps.
const foresight = 30 * time.Second

// foreseen returns tokens for the ledger that stand for those about to be taken
// on behalf of redelivered messages. Such a message may be in somebody else's
// hands as well, who is slow instead of dead and acknowledges it; if this worker
// then dies after it took a token, nobody would know of it but for these: their
// audit finds whatever is pending on their day.
func foreseen(list []Invalidation, id string) []Token {
	var tokens []Token
	for _, in := range list {
		for _, d := range in.Days {
			if in.Redelivered {
				tokens = append(tokens, Token{in.User, d.Date, id})
			}
		}
	}
	return tokens
}

// MaxWant bounds how many events of a day the next fetch is held against: if the
// calendar shows the last ones, it has caught up.
const MaxWant = 8

// nonce is different for each call of any store.
func (s *Store) nonce() string { return s.id + strconv.FormatUint(s.calls.Add(1), 36) }

func (s *Store) invalidateCall(in Invalidation) call {
	c := call{
		keys: make([]string, 0, 2+2*len(in.Days)),
		args: make([]any, 0, 10+3*len(in.Days)),
	}
	c.keys = append(c.keys, zoneKey(in.User), daysKey(in.User))
	c.args = append(c.args, in.Zone, flag(in.All), flag(in.Redelivered), in.Published.UnixMilli(),
		s.cfg.TokenAge.Milliseconds(), s.cfg.Cooldown.Milliseconds(), s.cfg.StaleTTL.Milliseconds(),
		s.cfg.stateTTL().Milliseconds(), in.SetZone, s.nonce())
	for _, d := range in.Days {
		c.keys = append(c.keys, stateKey(in.User, d.Date), freshKey(in.User, d.Date))
		c.args = append(c.args, d.Date.String(), flag(d.Due), strings.Join(d.Want[max(0, len(d.Want)-MaxWant):], "\n"))
	}
	return c
}

func outcome(in Invalidation, cmd *redis.Cmd) (Outcome, error) {
	r, err := newReply(cmd)
	if err != nil {
		return Outcome{}, err
	}
	if r.int() == 0 {
		out := Outcome{Again: true, Zone: r.string()}
		for r.more() {
			date, err := summarizer.ParseDate(r.string())
			if err != nil {
				return Outcome{}, err
			}
			out.Known = append(out.Known, date)
		}
		return out, r.err
	}
	var out Outcome
	for _, d := range in.Days {
		task := Task{Action: Action(r.int()), Token: Token{in.User, d.Date, r.string()}, NotBefore: r.time()}
		if task.Action != Nothing {
			out.Tasks = append(out.Tasks, task)
		}
	}
	return out, r.err
}

// Begun says how a Begin went.
type Begun int

// The ways a Begin can go.
const (
	Go    Begun = iota // the run is the caller's
	Later              // the cooldown lasts until Run.NotBefore
	Busy               // another run is under way, and takes care of what is pending
	Done               // the fresh copy is there already
	Idle               // nobody wants this day regenerated
	Zoned              // the user's days were kept in another zone: invalidate them first
)

// Run is one regeneration under way.
type Run struct {
	User     string
	Date     summarizer.Date
	Owner    string
	Gen      int64
	ID       string
	Cleared  Token // the token that was pending and that this run fulfils; its ID may be ""
	Want     []string
	Previous *summarizer.Summary // the last good summary; nil if there is none
	// Preferences are the user's as they stood when the run began: a change of them
	// that was applied since has fenced the run off.
	Preferences summarizer.Preferences
	Unreadable  error     // why Preferences is nothing though something is kept; nil if it is not so
	NotBefore   time.Time // only for Later
}

// Begin starts a run for a day that will be fetched in the zone given. It is the
// first thing a job does, before it looks at the calendar. The owner is unique
// to the job's execution; the same owner may Begin anew, which moves the run to
// the generation as it stands then. A nil zone is for a run that will not get as
// far as fetching anything.
func (s *Store) Begin(ctx context.Context, owner, user string, day summarizer.Day, due bool) (Run, Begun, error) {
	date, zone := day.Date, ""
	if day.Zone != nil {
		zone = day.Zone.String()
	}
	keys := []string{stateKey(user, date), freshKey(user, date), staleKey(user, date), zoneKey(user), daysKey(user), settingsKey(user)}
	r, err := newReply(s.scripts.begin.Run(ctx, s.client, keys, date.String(), owner, zone, flag(due),
		s.cfg.Lease.Milliseconds(), s.cfg.Cooldown.Milliseconds(), s.cfg.StaleTTL.Milliseconds(), s.cfg.stateTTL().Milliseconds()))
	if err != nil {
		return Run{}, 0, fmt.Errorf("begin run for user %s, %s: %w", user, date, err)
	}
	run := Run{User: user, Date: date, Owner: owner}
	switch word := r.string(); word {
	case "go":
		run.Gen = r.int()
		run.ID = r.string()
		run.Cleared = Token{user, date, r.string()}
		run.Want = lines(r.string())
		if stale := r.string(); stale != "" {
			// An unreadable copy is no reason to stop: it is about to be replaced.
			if sum, err := s.cfg.Seal.decode(user, date, stale); err == nil {
				run.Previous = &sum
			}
		}
		run.Preferences, run.Unreadable = s.decodePreferences(user, r.string())
		return run, Go, r.err
	case "later":
		run.NotBefore = r.time()
		return run, Later, r.err
	case "busy":
		return run, Busy, r.err
	case "done":
		return run, Done, r.err
	case "idle":
		return run, Idle, r.err
	case "zone":
		return run, Zoned, r.err
	default:
		return Run{}, 0, fmt.Errorf("begin run for user %s, %s: unexpected answer %q", user, date, word)
	}
}

// ErrLost says that a run's lease was taken over by another.
var ErrLost = errors.New("the run's lease is another's by now")

// Extend keeps the run's lease and returns the generation as it stands. It is to
// be called well before Config.Lease has passed. ErrLost means that somebody
// else has taken over; going on is harmless, and wasted.
func (s *Store) Extend(ctx context.Context, run Run) (gen int64, err error) {
	text, err := s.scripts.extend.Run(ctx, s.client, []string{stateKey(run.User, run.Date)},
		run.ID, s.cfg.Lease.Milliseconds()).Text()
	if err != nil {
		return 0, fmt.Errorf("extend run for user %s, %s: %w", run.User, run.Date, err)
	}
	if text == "" {
		return 0, ErrLost
	}
	return strconv.ParseInt(text, 10, 64)
}

// Committed is what came of a Commit.
type Committed struct {
	Fresh bool // it was set as the fresh copy
	// Since is when the earliest message that this summary answers was
	// published; zero if no message asked for it.
	Since time.Time
	// Next is to be enqueued if its Action says so: messages came during the run.
	Next Task
}

// Commit ends the run with its summary. It becomes the fresh copy only if the
// day was not invalidated since Begin; otherwise it is kept as the stale copy, if
// it is newer than the one there.
func (s *Store) Commit(ctx context.Context, run Run, sum summarizer.Summary) (Committed, error) {
	value, err := s.cfg.Seal.encode(sum)
	if err != nil {
		return Committed{}, err
	}
	ttl := s.cfg.SummaryTTL
	if sum.Degraded {
		ttl = s.cfg.DegradedTTL
	}
	keys := []string{stateKey(run.User, run.Date), freshKey(run.User, run.Date), staleKey(run.User, run.Date)}
	r, err := newReply(s.scripts.commit.Run(ctx, s.client, keys, run.ID, strconv.FormatInt(run.Gen, 10), value,
		ttl.Milliseconds(), s.cfg.StaleTTL.Milliseconds(), s.cfg.stateTTL().Milliseconds(), s.cfg.Cooldown.Milliseconds()))
	if err != nil {
		return Committed{}, fmt.Errorf("commit summary of user %s, %s: %w", run.User, run.Date, err)
	}
	c := Committed{Fresh: r.int() == 1, Next: Task{Token: Token{run.User, run.Date, r.string()}, NotBefore: r.time()}, Since: r.time()}
	if c.Next.Token.ID != "" {
		c.Next.Action = Enqueue
	}
	return c, r.err
}

// Abandon ends the run without a summary. With retry, the job's token is made
// pending again, so that messages know of the job that will try again; it must
// be tracked in the Ledger. If messages came during the run, their token is
// returned instead: it is to be enqueued, and the job need not try again. A fault
// that trying again does not mend is remembered for readers.
func (s *Store) Abandon(ctx context.Context, run Run, retry Token, fault string) (pending Token, err error) {
	text, err := s.scripts.abandon.Run(ctx, s.client, []string{stateKey(run.User, run.Date), freshKey(run.User, run.Date)},
		run.ID, retry.ID, fault).Text()
	if err != nil {
		return Token{}, fmt.Errorf("abandon run for user %s, %s: %w", run.User, run.Date, err)
	}
	return Token{run.User, run.Date, text}, nil
}

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
