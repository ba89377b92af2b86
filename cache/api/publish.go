package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// publishTimeout bounds how long a message may take to get on the stream.
const publishTimeout = 5 * time.Second

// publish puts a message on the stream.
func (a *api) publish(w http.ResponseWriter, r *http.Request) error {
	fields, err := readFields(w, r, maxMessage)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), publishTimeout)
	defer cancel()
	id, err := a.cfg.Publish(ctx, fields)
	var wrong *FieldError
	switch {
	case errors.As(err, &wrong):
		return wrong.problem(http.StatusUnprocessableEntity)
	case err != nil:
		p := redisAway().because(fmt.Errorf("publish a message: %w", err))
		p.Detail = "Redis does not answer, and the message may not be on the stream: send it again after the time in Retry-After. Sent twice, it does no harm."
		return p
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, "application/json", http.StatusAccepted, struct {
		ID string `json:"id"`
	}{id})
	return nil
}
