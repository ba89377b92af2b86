package googletest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// apiError is an error as Google's JSON tells it.
type apiError struct {
	code         int
	status       string // the code's name in newer errors
	domain       string
	reason       string
	message      string
	location     string
	locationType string
	retryAfter   time.Duration
}

// Error implements error.
func (e *apiError) Error() string {
	return strconv.Itoa(e.code) + " " + e.reason + ": " + e.message
}

func errNotFound() *apiError {
	return &apiError{code: http.StatusNotFound, domain: "global", reason: "notFound", message: "Not Found"}
}

func errInvalid(param, message string) *apiError {
	return &apiError{code: http.StatusBadRequest, domain: "global", reason: "invalid", message: message,
		location: param, locationType: "parameter"}
}

// errBody is for bad values in a request's body.
func errBody(message string) *apiError {
	return &apiError{code: http.StatusBadRequest, domain: "global", reason: "invalid", message: message}
}

func errNoToken() *apiError {
	return &apiError{code: http.StatusUnauthorized, status: "UNAUTHENTICATED", domain: "global", reason: "required",
		message: "Login Required.", location: "Authorization", locationType: "header"}
}

func errBadToken() *apiError {
	return &apiError{code: http.StatusUnauthorized, status: "UNAUTHENTICATED", domain: "global", reason: "authError",
		message: "Invalid Credentials", location: "Authorization", locationType: "header"}
}

func errScope() *apiError {
	return &apiError{code: http.StatusForbidden, status: "PERMISSION_DENIED", domain: "global", reason: "insufficientPermissions",
		message: "Request had insufficient authentication scopes."}
}

func errAccessRole() *apiError {
	return &apiError{code: http.StatusForbidden, domain: "calendar", reason: "requiredAccessLevel",
		message: "You need to have writer access to this calendar."}
}

func errFullSync() *apiError {
	return &apiError{code: http.StatusGone, domain: "calendar", reason: "fullSyncRequired",
		message: "Sync token is no longer valid, a full sync is required.", location: "syncToken", locationType: "parameter"}
}

func errDeleted() *apiError {
	return &apiError{code: http.StatusGone, domain: "global", reason: "deleted", message: "Resource has been deleted"}
}

func errDuplicate() *apiError {
	return &apiError{code: http.StatusConflict, domain: "global", reason: "duplicate",
		message: "The requested identifier already exists."}
}

func errPrecondition() *apiError {
	return &apiError{code: http.StatusPreconditionFailed, domain: "global", reason: "conditionNotMet",
		message: "Precondition Failed", location: "If-Match", locationType: "header"}
}

// errLimit is what Google says when a quota is used up. Reasons are
// rateLimitExceeded, userRateLimitExceeded and quotaExceeded.
func errLimit(code int, reason string) *apiError {
	message := map[string]string{
		"rateLimitExceeded":     "Rate Limit Exceeded",
		"userRateLimitExceeded": "User Rate Limit Exceeded",
		"quotaExceeded":         "Calendar usage limits exceeded.",
	}[reason]
	return &apiError{code: code, domain: "usageLimits", reason: reason, message: message}
}

// writeError answers with err in Google's JSON. Errors of other kinds are the
// stand-in's own mistakes and become a 500.
func writeError(w http.ResponseWriter, err error) {
	var e *apiError
	if !errors.As(err, &e) {
		e = &apiError{code: http.StatusInternalServerError, domain: "global", reason: "backendError", message: err.Error()}
	}
	type item struct {
		Domain       string `json:"domain"`
		Reason       string `json:"reason"`
		Message      string `json:"message"`
		LocationType string `json:"locationType,omitempty"`
		Location     string `json:"location,omitempty"`
	}
	type body struct {
		Errors  []item `json:"errors"`
		Code    int    `json:"code"`
		Message string `json:"message"`
		Status  string `json:"status,omitempty"`
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=UTF-8")
	if e.code == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="https://accounts.google.com/", error="invalid_token"`)
	}
	if e.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((e.retryAfter+time.Second-1)/time.Second)))
	}
	w.WriteHeader(e.code)
	// A client that went away is not the server's trouble.
	_ = json.NewEncoder(w).Encode(map[string]body{"error": {
		Errors: []item{{e.domain, e.reason, e.message, e.locationType, e.location}},
		Code:   e.code, Message: e.message, Status: e.status,
	}})
}
