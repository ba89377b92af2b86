package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"foreday/cache"
)

// readyTimeout bounds how long Redis may take to be called ready.
const readyTimeout = time.Second

// health is the answer of /healthz and /readyz. They are open to everybody, so
// it says nothing of addresses and causes.
type health struct {
	Status string `json:"status"` // "ok" or "degraded"
	Redis  string `json:"redis,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// healthy says that the process is alive. Nothing else is looked at: restarting
// it mends no Redis.
func healthy(w http.ResponseWriter, _ *http.Request) error {
	return writeHealth(w, health{Status: "ok"})
}

// ready says whether requests should be sent here. Without Redis they should, as
// long as summaries can be made without: all instances share that Redis, and a
// load balancer that took them all out would turn less service into none.
func (a *api) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	err := a.cfg.Ready(ctx)
	var known *cache.RedisError
	reads := errors.As(err, &known) && known.ReadsOnly()
	switch {
	case err == nil:
		return writeHealth(w, health{Status: "ok", Redis: "ok", Detail: a.evicts(ctx)})
	case !a.cfg.Bypass && !reads:
		return redisAway(err, "")
	}
	h := health{Status: "degraded", Redis: strings.TrimPrefix(cache.CodeOf(err), "redis-")}
	if reads {
		h.Detail = "Fresh and stale summaries are served; others are not kept, and messages are refused."
	} else {
		h.Detail = "Summaries are made for each reader anew; messages are refused."
	}
	a.cfg.Log.Warn().Err(err).Msg("redis cannot be used as it should be; what can be served without it is")
	return writeHealth(w, h)
}

// evicts says that Redis may evict what it was given, "" if it does not. It serves
// well until its memory is full.
func (a *api) evicts(ctx context.Context) string {
	policy, err := a.cfg.Eviction(ctx)
	if err != nil || policy == "" {
		return "" // a Redis that does not say is none to complain of
	}
	return "Redis may evict tracked refreshes: its maxmemory-policy is " + policy + ", set noeviction."
}

func writeHealth(w http.ResponseWriter, h health) error {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, "application/json", http.StatusOK, h)
	return nil
}
