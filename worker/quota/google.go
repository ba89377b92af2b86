package quota

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"foreday/summarizer/loggable"
)

// readGoogle tells what an answer of the Calendar API says about its limits.
// Over them it answers 429, or 403 with a reason that only the body holds.
func readGoogle(resp *http.Response, body []byte, now time.Time) answer {
	a := answer{outcome: outcomeOf(resp.StatusCode)}
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusTooManyRequests {
		a.reason = googleReason(body)
		switch a.reason {
		case "userRateLimitExceeded":
			a.outcome, a.OnlyUser = limited, true
		case "rateLimitExceeded", "quotaExceeded", "dailyLimitExceeded":
			a.outcome = limited
		}
	}
	a.readRetryAfter(resp, now)
	return a
}

// googleReason returns the first reason in an error answer, "" if there is none.
func googleReason(body []byte) string {
	var e struct {
		Error struct {
			Errors []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &e) != nil || len(e.Error.Errors) == 0 {
		return ""
	}
	return loggable.Code(e.Error.Errors[0].Reason)
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
