package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/summarizer"
)

// shortly is when to come back if nobody knows better.
const shortly = 2 * time.Second

// problemOf says how an error is told to the one who asked. What it does not
// know is told as 500, without a word of what happened inside.
func problemOf(err error, now time.Time) *problem {
	var p *problem
	var wait summarizer.Deferred
	var deferred *cache.Deferred
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, summarizer.ErrAccess):
		p = newProblem(http.StatusForbidden, "The user has not let foreday read their calendar, or no longer does: have them connect it "+
			"again. Trying again does not help.").
			of(kindOf[freshness.FaultAccess], "No access to the user's calendar")
	case errors.As(err, &deferred) && deferred.Fault == freshness.FaultCalendar:
		p = calendarAway(deferred.Until.Sub(now))
	case errors.As(err, &wait):
		// Not 429: it is not the one who asks who has asked too much.
		p = unavailable("A limit on calls to the calendar or the model is used up", wait.DeferredUntil().Sub(now)).
			of(kindOf[freshness.FaultQuota], "Waiting for a quota")
	case errors.Is(err, cache.ErrNotCached):
		// What RFC 9111 wants for only-if-cached.
		p = newProblem(http.StatusGatewayTimeout, "No summary of that day is in the cache: ask without only-if-cached to have one made.").
			of("not-cached", "Not in the cache")
	case errors.Is(err, cache.ErrNotReady):
		p = unavailable("The summary is being made and was not ready in time", shortly).of("not-ready", "No summary yet")
	case errors.Is(err, cache.ErrUnavailable):
		// Before the deadline: a Redis that hangs ends in one as well.
		p = redisAway(err, "")
	case errors.Is(err, context.DeadlineExceeded):
		p = newProblem(http.StatusGatewayTimeout, "The summary took too long to make: ask again.").
			of("timeout", "Took too long")
	case errors.Is(err, context.Canceled):
		p = newProblem(http.StatusServiceUnavailable, "The request was given up: ask again.").retryAfter(shortly)
	case errors.Is(err, summarizer.ErrTemporary):
		p = calendarAway(shortly)
	case errors.Is(err, freshness.ErrUnreadable):
		p = newProblem(http.StatusServiceUnavailable,
			"The summaries in Redis were sealed with another key: set the same FOREDAY_KEY for the API and the workers.").
			of(kindOf[freshness.FaultKey], "The summary cannot be read").retryAfter(time.Minute)
	default:
		p = newProblem(http.StatusInternalServerError, "Something went wrong here; the log says what.")
	}
	return p.because(err)
}

func calendarAway(again time.Duration) *problem {
	return unavailable("The calendar, or what gives access to it, does not answer as it should", again).
		of(kindOf[freshness.FaultCalendar], "The calendar is unavailable")
}

// unavailable says what keeps the answer from being given, and when to ask again.
func unavailable(what string, again time.Duration) *problem {
	return newProblem(http.StatusServiceUnavailable, what+": ask again after the time in Retry-After.").retryAfter(again)
}

// redisAway says what keeps Redis from doing what was asked, and then so, what that
// means. Neither addresses nor cures are told: those are for the log.
func redisAway(err error, so string) *problem {
	code, title := cache.CodeOf(err), "Redis is unavailable"
	what := "Redis does not answer"
	var known *cache.RedisError
	if errors.As(err, &known) {
		what = known.What
		if code != cache.Unavailable {
			title = what
		}
	}
	return unavailable(what+so, shortly).of(code, title).because(err)
}

func notFound(http.ResponseWriter, *http.Request) error {
	return newProblem(http.StatusNotFound, "There is /v1/users/{user}/summaries/{date}, /v1/users/{user}/summaries, "+
		"/v1/users/{user}/settings, /v1/events, /openapi.json, /healthz, /readyz and /metrics.")
}

func methodNotAllowed(method, allow string) *problem {
	return newProblem(http.StatusMethodNotAllowed, fmt.Sprintf("%.20s is not for this path; it takes %s.", method, allow)).with("Allow", allow)
}
