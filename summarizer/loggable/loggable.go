// Package loggable makes texts for logs and jobs' last errors of what strangers
// sent. Services repeat the request in their error messages, even in their codes;
// net/http repeats what it could not read; URLs hold users' and calendars' IDs. So
// nothing of theirs is passed on but codes that are known (Code), paths without IDs
// (Path) and what went wrong on the wire, in words of ours and the system's (Wire).
package loggable

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
)

// codes are the reasons that Google's APIs, OAuth endpoints (RFC 6749) and
// OpenAI-compatible servers give for an error.
var codes = strings.Fields(`
	accessNotConfigured authError backendError badRequest calendarUsageLimitsExceeded conditionNotMet conflict
	dailyLimitExceeded dailyLimitExceededUnreg deleted duplicate expired forbidden forbiddenForNonOrganizer
	fullSyncRequired gone insufficientPermissions internalError invalid invalidCredentials invalidParameter
	keyInvalid notACalendarUser notFound parseError quotaExceeded rateLimitExceeded required requiredAccessLevel
	timeRangeEmpty updatedMinTooLongAgo userRateLimitExceeded userRateLimitExceededUnreg variableTermLimitExceeded

	access_denied admin_policy_enforced consent_required invalid_client invalid_grant invalid_request invalid_scope
	invalid_token org_internal redirect_uri_mismatch server_error slow_down temporarily_unavailable
	unauthorized_client unsupported_grant_type unsupported_response_type

	api_error authentication_error billing_hard_limit_reached billing_not_active content_filter
	content_policy_violation context_length_exceeded insufficient_quota internal_error invalid_api_key
	invalid_request_error model_not_found not_found_error overloaded_error permission_error rate_limit_error
	rate_limit_exceeded rate_limit_reached requests timeout tokens unsupported_parameter unsupported_value
`)

// Code returns a service's code for an error if it is one of those known, "other"
// if it is not, and "" if there is none.
func Code(s string) string {
	switch {
	case s == "":
		return ""
	case slices.Contains(codes, s):
		return s
	}
	return "other"
}

// words are the segments of paths that are the same for all users.
var words = strings.Fields(`
	calendar v1 v3 users me calendars events instances calendarList settings timezone locale
	chat completions models openai
`)

// Path returns a URL's path with an ellipsis for each segment that may be an ID.
func Path(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if part != "" && !slices.Contains(words, part) {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}

// Safe is an error whose text may be logged as it is.
type Safe interface {
	error
	SafeToLog()
}

// Redirect drops the address to which an answer redirects, if it cannot be read:
// net/http would repeat it in its error. A nil answer is fine.
func Redirect(res *http.Response) {
	if res == nil || res.Header.Get("Location") == "" {
		return
	}
	if _, err := res.Location(); err != nil {
		res.Header.Del("Location")
	}
}

// Text returns the text of the outermost Safe error in err, or else what Wire
// says.
func Text(err error) string {
	var safe Safe
	if errors.As(err, &safe) {
		return safe.Error()
	}
	return describe(err)
}

// Wire returns an error whose text says of what happened on the wire only what may
// be logged. Err is found in it by errors.Is and errors.As. What is Safe already,
// and nil, is returned as it is.
func Wire(err error) error {
	if err == nil || errors.As(err, new(Safe)) {
		return err
	}
	return wire{err}
}

type wire struct{ err error }

func (w wire) Error() string { return describe(w.err) }
func (w wire) Unwrap() error { return w.err }
func (w wire) SafeToLog()    {}

// plain are errors whose texts are fixed.
var plain = []error{
	context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, io.EOF, net.ErrClosed, io.ErrClosedPipe, fs.ErrNotExist,
}

// describe says what err is of the kinds whose texts are known.
func describe(err error) string {
	for _, known := range plain {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	var (
		dns       *net.DNSError
		op        *net.OpError
		errno     syscall.Errno
		timed     interface{ Timeout() bool }
		record    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		syntax    *json.SyntaxError
		kind      *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &dns):
		return dns.Error()
	case errors.As(err, &op) && op.Err != nil && op.Addr != nil:
		return op.Op + " " + op.Net + " " + op.Addr.String() + ": " + describe(op.Err)
	case errors.As(err, &errno):
		return errno.Error()
	case errors.As(err, &timed) && timed.Timeout():
		return "it took too long"
	case errors.As(err, &record):
		return "tls: " + record.Msg
	case errors.As(err, &authority):
		return "its certificate is signed by an unknown authority"
	case errors.As(err, &host):
		return "its certificate is for another host"
	case errors.As(err, &invalid):
		return "its certificate is not valid"
	case errors.As(err, &syntax), errors.As(err, &kind):
		return "the answer is not the JSON that it should be"
	}
	return "the connection broke, or the answer made no sense"
}
