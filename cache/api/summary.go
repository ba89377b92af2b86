package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"foreday/cache"
	"foreday/summarizer"
)

// summary answers with a day's summary.
func (a *api) summary(w http.ResponseWriter, r *http.Request) error {
	user, day, err := address(r, a.cfg.Now())
	if err != nil {
		return err
	}
	answer, err := a.read(a.reading(r), user, day, directives(r.Header.Values("Cache-Control")))
	if err != nil {
		return err
	}
	return a.writeSummary(w, r, answer)
}

// enter takes a slot, until then at the latest. What is in the cache is served without
// one, however many wait.
func (a *api) enter(ctx context.Context, until time.Time) (waiting context.Context, leave func(), err error) {
	select {
	case a.slots <- struct{}{}:
		ctx, cancel := context.WithDeadline(ctx, until)
		return ctx, func() { cancel(); <-a.slots }, nil
	default:
		return nil, nil, unavailable(fmt.Sprintf("%d requests wait for their summaries", cap(a.slots)), shortly).
			of("overloaded", "Too many requests at a time")
	}
}

func (a *api) read(ctx context.Context, user string, of summarizer.AskedDay, options []cache.Option) (cache.Answer, error) {
	if of.Date.IsZero() {
		return a.cfg.Reader.GetAhead(ctx, user, of.Ahead, a.cfg.Now(), options...)
	}
	return a.cfg.Reader.Get(ctx, user, of.Date, options...)
}

// reading is the context of one who may have to wait. It sets a timer only for those
// who do.
func (a *api) reading(r *http.Request) context.Context {
	until := time.Now().Add(a.cfg.Timeout)
	return cache.WithAdmission(r.Context(), func(ctx context.Context) (context.Context, func(), error) { return a.enter(ctx, until) })
}

func (a *api) writeSummary(w http.ResponseWriter, r *http.Request, answer cache.Answer) error {
	body, err := bodyOf(answer)
	if err != nil {
		return err
	}
	etag := etagOf(body)
	describe(w.Header(), answer, etag, a.cfg.Now())
	if matches(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeBody(w, "application/json", http.StatusOK, body)
	return nil
}

// bodyOf is the summary as JSON on a line.
func bodyOf(answer cache.Answer) ([]byte, error) {
	if answer.JSON != "" {
		return append([]byte(answer.JSON), '\n'), nil
	}
	body, err := json.Marshal(answer.Summary)
	if err != nil {
		return nil, fmt.Errorf("encode summary of user %s, %s: %w", answer.Summary.User, answer.Summary.Date, err)
	}
	return append(body, '\n'), nil
}
