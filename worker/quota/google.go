package quota

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"google.golang.org/api/googleapi"

	"foreday/summarizer/loggable"
)

// readGoogle tells what an answer of the Calendar API says about its limits.
// Over them it answers 429, or 403 with a reason that only the body holds. Whose limit
// it is the reason says: quotaExceeded is that of one user's calendar, who, say, was
// given too many events. A 5xx is the user's, too: whether the service fails for all is
// for the breaker to find out.
func readGoogle(resp *http.Response, body []byte, now time.Time) answer {
	a := answer{outcome: outcomeOf(resp.StatusCode)}
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusTooManyRequests {
		a.reason = googleReason(resp, body)
		switch a.reason {
		case "userRateLimitExceeded", "quotaExceeded":
			a.outcome, a.OnlyUser = limited, true
		case "rateLimitExceeded", "dailyLimitExceeded":
			a.outcome = limited
		}
	}
	a.readRetryAfter(resp, now)
	a.OnlyUser = a.OnlyUser || a.Refused && a.outcome == failed
	return a
}

// googleReason returns the first reason in an error answer, "" if there is none.
func googleReason(resp *http.Response, body []byte) string {
	var e *googleapi.Error
	if errors.As(googleapi.CheckResponseWithBody(resp, body), &e) && len(e.Errors) > 0 {
		return loggable.Code(e.Errors[0].Reason)
	}
	return ""
}

// outcomeOf is what a status says if nothing else does.
func outcomeOf(status int) outcome {
	switch {
	case status == http.StatusTooManyRequests:
		return limited
	case status >= 500:
		return failed
	case status >= 400:
		return refused
	}
	return answeredOK
}

// repeatableCalendar lets reads be sent twice.
func repeatableCalendar(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead
}

// repeatableCompletion lets completions be sent twice, too: they change nothing upstream
// but the bill.
func repeatableCompletion(req *http.Request) bool {
	return repeatableCalendar(req) || req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/chat/completions")
}
