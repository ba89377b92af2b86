package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"foreday/cache"
	"foreday/summarizer"
)

// summary answers with a day's summary.
func (a *api) summary(w http.ResponseWriter, r *http.Request) error {
	user, day, err := address(r, a.cfg.Now())
	if err != nil {
		return err
	}
	answer, err := a.read(cache.WithAdmission(r.Context(), a.enter), user, day)
	if err != nil {
		return err
	}
	return a.writeSummary(w, r, answer)
}

// enter takes a slot. What is in the cache is served without one, however many wait.
func (a *api) enter() (release func(), err error) {
	select {
	case a.slots <- struct{}{}:
		return func() { <-a.slots }, nil
	default:
		return nil, unavailable(fmt.Sprintf("%d requests wait for their summaries", cap(a.slots)), shortly).
			of("overloaded", "Too many requests at a time")
	}
}

func (a *api) read(ctx context.Context, user string, of summarizer.AskedDay) (cache.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Timeout)
	defer cancel()
	date := of.Date
	if date.IsZero() {
		today, err := a.cfg.Reader.Today(ctx, user, a.cfg.Now())
		if err != nil {
			return cache.Answer{}, err
		}
		date = of.On(today.Date)
	}
	return a.cfg.Reader.Get(ctx, user, date)
}

func (a *api) writeSummary(w http.ResponseWriter, r *http.Request, answer cache.Answer) error {
	body, err := json.Marshal(answer.Summary)
	if err != nil {
		return fmt.Errorf("encode summary of user %s, %s: %w", answer.Summary.User, answer.Summary.Date, err)
	}
	body = append(body, '\n')
	etag := etagOf(body)
	describe(w.Header(), answer, etag, a.cfg.Now())
	if matches(r.Header.Values("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeBody(w, "application/json", http.StatusOK, body)
	return nil
}
