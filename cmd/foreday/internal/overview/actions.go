package overview

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
	"foreday/worker"
)

// Actions are what operators may do on the page.
type Actions struct {
	secret    string // what the token against forged requests is made from
	queue     *worker.Queue
	dead      *events.DeadLetters
	publisher *events.Publisher
}

// NewActions returns what may be done with what the client is connected to. The secret is
// the login's password. The client stays the caller's to close.
func NewActions(client redis.UniversalClient, stream, secret string) *Actions {
	return &Actions{
		secret: secret, queue: worker.NewQueue(client, worker.DefaultQueue),
		dead:      events.NewDeadLetters(client, events.DefaultDeadStream, stream),
		publisher: events.NewPublisher(client, events.PublisherConfig{Stream: stream}),
	}
}

// QueueNames returns the queues that can be paused.
func (a *Actions) QueueNames() []string { return a.queue.Names() }

// token is known to pages of ours only: others cannot read them, and without it nothing is
// done. All processes with one login have the same.
func (a *Actions) token() string {
	mac := hmac.New(sha256.New, []byte(a.secret))
	mac.Write([]byte("foreday: actions on the page"))
	return hex.EncodeToString(mac.Sum(nil))
}

// said is what the page tells after an action, by what is in its address.
var said = map[string]string{
	"pause":   "The queue is paused.",
	"unpause": "The queue goes on.",
	"replay":  "The dead letters are on the stream again.",
	"drop":    "The dead letters are gone.",
	"refresh": "The summaries of the user are being made anew.",
	"failed":  "That failed: see the log.",
}

// maxForm bounds what an action's form may hold.
const maxForm = 4 << 10

// actionTimeout bounds an action: there may be very many dead letters.
const actionTimeout = time.Minute

var sameOrigin = http.NewCrossOriginProtection()

var errNotOurs = errors.New("no such action")

func (p *Page) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := sameOrigin.Check(r); err != nil {
		http.Error(w, "this was asked by a page of another site", http.StatusForbidden)
		return
	}
	if !hmac.Equal([]byte(r.PostFormValue("token")), []byte(p.Actions.token())) {
		http.Error(w, "the token against forged requests is missing or wrong: open the page anew", http.StatusForbidden)
		return
	}
	action := r.PostFormValue("action")
	ctx, cancel := context.WithTimeout(r.Context(), actionTimeout)
	defer cancel()
	err := p.Actions.do(ctx, action, r.PostFormValue)
	var wrong *summarizer.FieldError
	switch {
	case errors.Is(err, errNotOurs), errors.As(err, &wrong):
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	case err != nil:
		p.Log.Error().Err(err).Str("action", action).Msg("an action of the page failed")
		action = "failed"
	default:
		p.Log.Info().Str("action", action).Msg("an action of the page")
	}
	http.Redirect(w, r, "/?said="+action, http.StatusSeeOther)
}

func (a *Actions) do(ctx context.Context, action string, field func(string) string) error {
	switch action {
	case "pause":
		return a.pause(ctx, field("queue"), true)
	case "unpause":
		return a.pause(ctx, field("queue"), false)
	case "replay":
		return a.all(ctx, a.dead.ReplayAll)
	case "drop":
		return a.all(ctx, a.dead.DropAll)
	case "refresh":
		_, err := a.publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: field("user")})
		return err
	}
	return errNotOurs
}

func (a *Actions) pause(ctx context.Context, queue string, paused bool) error {
	if !slices.Contains(a.queue.Names(), queue) {
		return errNotOurs
	}
	return a.queue.SetPaused(ctx, queue, paused)
}

// all does something with all dead letters that there are.
func (a *Actions) all(ctx context.Context, do func(context.Context, []events.DeadLetter) (int, error)) error {
	var letters []events.DeadLetter
	for l, err := range a.dead.All(ctx) {
		if err != nil {
			return err
		}
		l.Fields = nil // there may be 64 MB of them
		letters = append(letters, l)
	}
	_, err := do(ctx, letters)
	return err
}
