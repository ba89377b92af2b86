package google

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/googleapi"

	"foreday/summarizer"
	"foreday/summarizer/loggable"
	"foreday/summarizer/retryafter"
)

// Kind says what an error asks of the caller.
type Kind int

const (
	// Rejected is a request that will fail again as it is: a wrong setting, a
	// limit of this package, an answer that is not Google's. An operator is needed.
	Rejected Kind = iota
	// NoAccess is access that was never given, or was revoked. The user is
	// needed; errors of this kind are summarizer.ErrAccess.
	NoAccess
	// OverQuota means waiting: RetryAfter says how long, if that is known.
	OverQuota
	// Temporary failures pass: the network, a server's error, an answer cut
	// short, a time limit. Errors of this kind are summarizer.ErrTemporary.
	Temporary
)

// String names the kind, for logs and metrics.
func (k Kind) String() string {
	return map[Kind]string{Rejected: "rejected", NoAccess: "access", OverQuota: "quota", Temporary: "temporary"}[k]
}

// Error is what every method of Source fails with. Its text holds neither the
// user nor the calendar, whose IDs may be mail addresses, and of what the
// server said only the status and the reason's code.
//
// An error of Config.Transport is found in it by errors.As and errors.Is.
type Error struct {
	Op         string // the API method, or "token"
	User       string
	Calendar   string // the calendar's ID; "" if none is concerned
	Kind       Kind
	RetryAfter time.Duration // how long to wait at least; 0 if nobody said
	Hint       string        // what to do about it; may be ""
	Err        error
}

// Error says what failed, how, and what to do.
func (e *Error) Error() string {
	text := e.Op + ": " + describe(e.Err)
	if errors.As(e.Err, new(*Error)) {
		return text // the cause has said the rest
	}
	if e.RetryAfter > 0 {
		text += fmt.Sprintf(" (wait %s)", e.RetryAfter.Round(time.Second))
	}
	if e.Hint != "" {
		text += ": " + e.Hint
	}
	return text
}

// Unwrap returns the cause. Its own text may hold what this error's leaves out.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors of Kind NoAccess summarizer.ErrAccess, and Temporary ones
// summarizer.ErrTemporary.
func (e *Error) Is(target error) bool {
	return target == summarizer.ErrAccess && e.Kind == NoAccess || target == summarizer.ErrTemporary && e.Kind == Temporary
}

// deferral is why something is to be asked for later. It is a summarizer.Deferred.
type deferral struct {
	why   string
	until time.Time
}

func (d deferral) Error() string            { return d.why }
func (d deferral) DeferredUntil() time.Time { return d.until }

// newError classifies err, which op failed with.
func newError(op, user, calendar string, err error, now time.Time) *Error {
	e := &Error{Op: op, User: user, Calendar: calendar, Err: err}
	var (
		deferred summarizer.Deferred
		cause    *Error
		answer   *googleapi.Error
		refusal  *oauth2.RetrieveError
	)
	switch {
	case errors.As(err, &cause):
		e.Kind, e.RetryAfter, e.Hint, e.Err = cause.Kind, cause.RetryAfter, cause.Hint, cause
	case errors.As(err, &deferred):
		e.Kind, e.RetryAfter = OverQuota, max(0, deferred.DeferredUntil().Sub(now))
	case errors.As(err, &answer):
		e.Kind, e.Hint = kindOfAnswer(answer)
		e.RetryAfter = retryafter.Of(answer.Header, now)
	case errors.As(err, &refusal):
		e.Kind, e.Hint = kindOfRefusal(refusal)
		e.RetryAfter = retryafter.Of(refusal.Response.Header, now)
	case errors.Is(err, summarizer.ErrAccess):
		e.Kind = NoAccess
	case errors.As(err, new(*http.MaxBytesError)):
		e.Kind = Rejected
	default:
		// The network, a cut or garbled answer, the end of ctx.
		e.Kind = Temporary
	}
	return e
}

func kindOfAnswer(a *googleapi.Error) (Kind, string) {
	switch {
	case a.Code == http.StatusUnauthorized:
		return NoAccess, "the token is not valid; the user must grant access again"
	case a.Code == http.StatusTooManyRequests,
		a.Code == http.StatusForbidden && hasReason(a, "rateLimitExceeded", "userRateLimitExceeded",
			"quotaExceeded", "dailyLimitExceeded", "calendarUsageLimitsExceeded"):
		return OverQuota, ""
	case a.Code == http.StatusForbidden && hasReason(a, "accessNotConfigured"):
		return Rejected, "enable the Google Calendar API in the project the credentials belong to"
	case a.Code == http.StatusForbidden && hasReason(a, "insufficientPermissions"):
		return NoAccess, "the token lacks the scope calendar.readonly"
	case a.Code == http.StatusForbidden:
		return NoAccess, ""
	case a.Code == http.StatusNotFound:
		return NoAccess, "the calendar does not exist, or is not shared with the user"
	case a.Code == http.StatusRequestTimeout, a.Code >= 500:
		return Temporary, ""
	}
	return Rejected, ""
}

// kindOfRefusal classifies the answer of an OAuth token endpoint by the codes
// of RFC 6749, section 5.2.
func kindOfRefusal(r *oauth2.RetrieveError) (Kind, string) {
	switch refusalCode(r) {
	case "invalid_grant", "access_denied":
		return NoAccess, "access was revoked, or the user does not exist, " +
			"or 7 days are over while the app's consent screen is in testing: publish the app"
	case "unauthorized_client":
		return NoAccess, "grant the service account domain-wide delegation with the scope calendar.readonly"
	}
	switch code := r.Response.StatusCode; {
	case code == http.StatusTooManyRequests:
		return OverQuota, ""
	case code == http.StatusRequestTimeout, code >= 500:
		return Temporary, ""
	}
	return Rejected, "check the credentials and GOOGLE_TOKEN_ENDPOINT"
}

// refusalCode returns the error code, which not every client of x/oauth2 reads
// out of the body.
func refusalCode(r *oauth2.RetrieveError) string {
	if r.ErrorCode != "" {
		return r.ErrorCode
	}
	var body struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(r.Body, &body) != nil {
		return ""
	}
	return body.Error
}

func hasReason(a *googleapi.Error, reasons ...string) bool {
	return slices.ContainsFunc(a.Errors, func(item googleapi.ErrorItem) bool {
		return slices.Contains(reasons, item.Reason)
	})
}

// describe is err's text without what may be personal: URLs hold calendar and
// user IDs, servers' messages may hold anything.
func describe(err error) string {
	var (
		own     *Error
		answer  *googleapi.Error
		refusal *oauth2.RetrieveError
		tooBig  *http.MaxBytesError
		request *url.Error
		safe    loggable.Safe
	)
	switch {
	case errors.As(err, &own):
		return own.Error()
	case errors.As(err, &answer):
		reason := ""
		if len(answer.Errors) > 0 {
			reason = answer.Errors[0].Reason
		}
		return fmt.Sprintf("HTTP %d%s", answer.Code, code(reason))
	case errors.As(err, &refusal):
		return fmt.Sprintf("the token endpoint answered HTTP %d%s", refusal.Response.StatusCode, code(refusalCode(refusal)))
	case errors.As(err, &tooBig):
		return fmt.Sprintf("the answer is larger than %d MiB", tooBig.Limit>>20)
	case errors.As(err, &safe):
		return safe.Error()
	case errors.As(err, &request):
		return describe(request.Err)
	case errors.As(err, new(textproto.ProtocolError)), errors.As(err, new(*time.ParseError)),
		errors.As(err, new(*json.SyntaxError)), errors.As(err, new(*json.UnmarshalTypeError)):
		return loggable.Text(err) // these repeat what they could not read
	}
	return strings.ToValidUTF8(err.Error(), "?")
}

// code returns a server's code in brackets, if there is one.
func code(s string) string {
	if s == "" {
		return ""
	}
	return " (" + loggable.Code(s) + ")"
}
