package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/google"
	"foreday/summarizer/loggable"
	"foreday/summarizer/openai"
	"foreday/worker/quota"
)

const (
	calendarPatience = 10 * time.Second
	modelPatience    = 15 * time.Second
)

// google reads the settings of the user's calendar, or sees that Google and what gives
// out tokens can be reached.
func (e *examination) google(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, calendarPatience)
	defer cancel()
	switch {
	case e.System.Summarizer == nil:
		e.add(Skipped, "google", "no way to the calendars is set: a worker does not start without, an API serves what workers make",
			"see `foreday help settings`")
	case e.User == "":
		if err := e.reach(ctx); err != nil {
			e.add(Wrong, "google", err.Error(), "see that this machine reaches it (name, proxy, firewall), or correct the address")
			return
		}
		e.add(Skipped, "google", "it is reached; whether calendars may be read was not tried", "name somebody: foreday doctor --user USER")
	default:
		ctx = quota.For(ctx, quota.Caller{User: e.User, Priority: quota.Reader})
		if _, err := e.System.Summarizer.Source.Settings(ctx, e.User); err != nil {
			level, found, cure := calendarTrouble(err)
			e.add(level, "google", found, cure)
			return
		}
		e.ok("google", "the calendars of %s can be read", e.User)
	}
}

// reach asks each address on the way for anything. It takes any answer but a failure: all
// of them refuse those who bring no token.
func (e *examination) reach(ctx context.Context) error {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, address := range e.Settings.GoogleSettings.Addresses() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("%s is no address", wiring.WithoutPassword(address))
		}
		res, err := client.Do(req)
		if err != nil {
			return fmt.Errorf("%s does not answer: %s", wiring.WithoutPassword(address), loggable.Text(err))
		}
		_ = res.Body.Close() // nothing of it was wanted
		if res.StatusCode >= http.StatusInternalServerError {
			return fmt.Errorf("%s fails (HTTP %d)", wiring.WithoutPassword(address), res.StatusCode)
		}
	}
	return nil
}

func calendarTrouble(err error) (level Level, found, cure string) {
	var (
		known       *google.Error
		unavailable *quota.Unavailable
	)
	hint := ""
	if errors.As(err, &known) {
		hint = innermost(known).Hint
	}
	found = strings.TrimSuffix(err.Error(), ": "+hint) // it holds neither the user nor what the server said
	switch {
	case errors.Is(err, summarizer.ErrAccess):
		return Wrong, "the user's calendar may not be read: " + found,
			cmp.Or(hint, "have them give access again: foreday connect USER, or as your token broker has it")
	case errors.As(err, new(*quota.Deferred)) || known != nil && known.Kind == google.OverQuota:
		return Warning, "out of quota: " + found,
			"wait; if it lasts, lower FOREDAY_GOOGLE_RPM to the project's quota, or ask Google for a higher one"
	case errors.As(err, &unavailable) || errors.Is(err, summarizer.ErrTemporary):
		return Wrong, "it does not answer as it should: " + found,
			cmp.Or(hint, "see that this machine reaches it (name, proxy, firewall); if it is Google's trouble, it passes")
	}
	return Wrong, found, cmp.Or(hint, "correct the settings: `foreday help settings`")
}

// innermost is the error of google's that all the others wrap.
func innermost(e *google.Error) *google.Error {
	for cause := (*google.Error)(nil); errors.As(e.Err, &cause); {
		e = cause
	}
	return e
}

// model has a made-up day planned, which is the least that shows all of it: the key, the
// model, the credit, and that the answers can be used.
func (e *examination) model(ctx context.Context) {
	if !e.Settings.ModelSettings.Wanted() {
		e.ok("model", "none is set: summaries are planned without")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, modelPatience)
	defer cancel()
	day := summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
	lunch := summarizer.Event{ID: "doctor", CalendarID: summarizer.PrimaryCalendar, Title: "Lunch",
		Start: day.Start().Add(12 * time.Hour), End: day.Start().Add(13 * time.Hour)}
	brief := summarizer.Brief{Day: day, Novel: []summarizer.Verdict{{Event: lunch, Novelty: 1, Novel: true}}}
	_, err := e.System.Planner.Plan(quota.For(ctx, quota.Caller{Priority: quota.Reader}), facts.Of(brief))
	if err != nil {
		level, found, cure := modelTrouble(err)
		e.add(level, "model", found, cure)
		return
	}
	e.ok("model", "%s has planned a day", e.Settings.ModelSettings.Kind())
}

func modelTrouble(err error) (level Level, found, cure string) {
	var (
		known     *openai.Error // its text holds neither the key nor what the server said
		exhausted *quota.Exhausted
		deferred  *quota.Deferred
		refused   *openai.Refused
	)
	errors.As(err, &known)
	switch {
	case errors.As(err, &exhausted), known != nil && known.Kind == openai.Exhausted:
		return Wrong, "the account has no credit left: " + said(err), "add some, or unset OPENAI_API_KEY to plan without a model"
	case errors.As(err, &deferred), known != nil && known.Kind == openai.RateLimited:
		return Warning, "over a limit of calls: " + said(err),
			"wait; if it is always so, set FOREDAY_OPENAI_RPM and FOREDAY_OPENAI_TPM to what the account has, or ask for more"
	case errors.As(err, &refused):
		return Wrong, "its answer cannot be used: " + string(refused.Reason), "choose an OPENAI_MODEL that answers in JSON by a schema"
	case known != nil && known.Hint != "":
		return Wrong, fmt.Sprintf("it refuses: %s (HTTP %d)", known.Kind, known.Status), known.Hint
	}
	return Wrong, "it does not answer as it should: " + said(err),
		"see that this machine reaches OPENAI_BASE_URL, and that a model is served there; until then, summaries are planned without"
}

// said is what the transport says of a call, or else the call itself.
func said(err error) string {
	var known *openai.Error
	if errors.As(err, &known) && known.Err != nil {
		return loggable.Text(known.Err)
	}
	return err.Error()
}
