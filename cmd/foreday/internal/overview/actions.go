package overview

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/events"
	"foreday/summarizer"
	"foreday/worker"
)

// Actions are what operators may do on the page.
type Actions struct {
	secret    string // what the token against forged requests is made from
	inspector *asynq.Inspector
	dead      *events.DeadLetters
	publisher *events.Publisher
}

// NewActions returns what may be done with what the client is connected to. The secret is
// the login's password. The client stays the caller's to close.
func NewActions(client redis.UniversalClient, stream, secret string) *Actions {
	return &Actions{
		secret: secret, inspector: asynq.NewInspectorFromRedisClient(client),
		dead:      events.NewDeadLetters(client, events.DefaultDeadStream, stream),
		publisher: events.NewPublisher(client, events.PublisherConfig{Stream: stream}),
	}
}

// queues are those that can be paused.
var queues = []string{worker.DefaultQueue + ":read", worker.DefaultQueue + ":refresh"}

// QueueNames returns the queues that can be paused.
func (a *Actions) QueueNames() []string { return queues }

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

var errNotOurs = errors.New("no such action")

func (p *Page) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		http.Error(w, "this was asked by a page of another site", http.StatusForbidden)
		return
	}
	if !hmac.Equal([]byte(r.PostFormValue("token")), []byte(p.Actions.token())) {
		http.Error(w, "the token against forged requests is missing or wrong: open the page anew", http.StatusForbidden)
		return
	}
	action := r.PostFormValue("action")
	ctx, cancel := context.WithTimeout(r.Context(), lookTimeout)
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
		return a.each(field("queue"), a.inspector.PauseQueue)
	case "unpause":
		return a.each(field("queue"), a.inspector.UnpauseQueue)
	case "replay":
		return a.all(ctx, a.dead.Replay)
	case "drop":
		return a.all(ctx, a.dead.Drop)
	case "refresh":
		_, err := a.publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: field("user")})
		return err
	}
	return errNotOurs
}

// each does something with the queue of that name. That it is so already is no error.
func (a *Actions) each(queue string, do func(string) error) error {
	if !slices.Contains(queues, queue) {
		return errNotOurs
	}
	if err := do(queue); err != nil && !strings.Contains(err.Error(), "already") && !strings.Contains(err.Error(), "not paused") {
		return err
	}
	return nil
}

// all does something with all dead letters, oldest first.
func (a *Actions) all(ctx context.Context, do func(context.Context, ...string) (int, error)) error {
	for after := ""; ; {
		letters, err := a.dead.List(ctx, after, 100)
		if err != nil || len(letters) == 0 {
			return err
		}
		ids := make([]string, len(letters))
		for i, l := range letters {
			ids[i] = l.ID
		}
		if _, err := do(ctx, ids...); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}
