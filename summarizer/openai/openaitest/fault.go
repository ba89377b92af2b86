package openaitest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// FaultKind names something that goes wrong, or that differs from the original.
type FaultKind string

// Faults of the server.
const (
	ServerError       FaultKind = "server_error"       // 500
	Overloaded        FaultKind = "overloaded"         // 503
	TooManyRequests   FaultKind = "too_many_requests"  // 429 with Retry-After
	InsufficientQuota FaultKind = "insufficient_quota" // 429, and waiting does not help
	PaymentRequired   FaultKind = "payment_required"   // 402
	TooLarge          FaultKind = "too_large"          // 413
	ErrorInside       FaultKind = "error_inside"       // 200 and an error in the body
	Slow              FaultKind = "slow"               // nothing but Fault.Delay
	CutBody           FaultKind = "cut_body"           // the connection ends in the middle of the body
	Malformed         FaultKind = "malformed"          // 200 and a page of HTML
	EmptyBody         FaultKind = "empty_body"
	EmptyChoices      FaultKind = "empty_choices"
	Huge              FaultKind = "huge" // an answer above 1 MiB
)

// Faults of the model.
const (
	WrongSchema   FaultKind = "wrong_schema"
	Prose         FaultKind = "prose"
	CutAnswer     FaultKind = "cut_answer"     // finish_reason length
	ContentFilter FaultKind = "content_filter" // finish_reason content_filter
	Decline       FaultKind = "decline"        // a refusal instead of an answer
	InventedEvent FaultKind = "invented_event" // IDs that there are not
	AddedText     FaultKind = "added_text"     // a property with a phone number and a link
	Obedient      FaultKind = "obedient"       // does what the first title says
	Verbatim      FaultKind = "verbatim"       // answers Fault.Content
)

// FaultKinds lists all kinds but Verbatim, for a setting to choose from.
func FaultKinds() []FaultKind {
	return slices.Concat([]FaultKind{
		ServerError, Overloaded, TooManyRequests, InsufficientQuota, PaymentRequired, TooLarge, ErrorInside, Slow, CutBody, Malformed,
		EmptyBody, EmptyChoices, Huge, WrongSchema, Prose, CutAnswer, ContentFilter, Decline, InventedEvent, AddedText, Obedient,
	}, Habits())
}

// ParseFaultKind returns the kind of that name.
func ParseFaultKind(name string) (FaultKind, error) {
	if kind := FaultKind(name); slices.Contains(FaultKinds(), kind) {
		return kind, nil
	}
	return "", fmt.Errorf("fault %q is none of %v", name, FaultKinds())
}

// Fault is something that goes wrong with requests. The first injected fault
// that applies to a request is what happens to it; one that refuses a parameter
// applies to requests with that parameter.
type Fault struct {
	Kind FaultKind
	// Times is how many requests it hits before it is spent; 0 is no end.
	Times int
	// Fraction is the share of requests it hits, by chance; 0 means all.
	Fraction float64
	// Match is a text that the conversation must contain; "" means any.
	Match string
	// Delay is how much longer the request takes.
	Delay time.Duration
	// RetryAfter is what TooManyRequests says; 0 leaves the header out.
	RetryAfter time.Duration
	// Content is what Verbatim answers.
	Content string
	// Tokens is how many Reasoning spends; 0 means 1000.
	Tokens int
}

// Inject adds a fault.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// faultFor returns the fault that hits the request; the zero Fault is none.
func (s *Server) faultFor(req Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.applies(req) || f.Fraction > 0 && s.random.Float64() >= f.Fraction {
			continue
		}
		hit := *f
		if f.Times--; f.Times == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		s.counts.Faulted++
		return hit
	}
	return Fault{}
}

func (f Fault) applies(req Request) bool {
	if has, ok := refusable[f.Kind]; ok && !has(req) {
		return false
	}
	return slices.ContainsFunc(req.Messages, func(m Message) bool { return strings.Contains(m.Content, f.Match) })
}

// refuse answers with an error if that is the fault.
func (f Fault) refuse(w http.ResponseWriter) bool {
	switch f.Kind {
	case ServerError:
		writeError(w, http.StatusInternalServerError, apiError{Type: "server_error",
			Message: "The server had an error while processing your request. Sorry about that!"})
	case Overloaded:
		writeError(w, http.StatusServiceUnavailable, apiError{Type: "server_error",
			Message: "The engine is currently overloaded, please try again later."})
	case TooManyRequests:
		if f.RetryAfter > 0 {
			retryHeaders(w.Header(), f.RetryAfter)
		}
		writeError(w, http.StatusTooManyRequests, apiError{Type: "requests", Code: "rate_limit_exceeded", Message: "Rate limit reached."})
	case InsufficientQuota:
		writeError(w, http.StatusTooManyRequests, apiError{Type: "insufficient_quota", Code: "insufficient_quota",
			Message: "You exceeded your current quota, please check your plan and billing details."})
	case PaymentRequired:
		writeError(w, http.StatusPaymentRequired, apiError{Type: "invalid_request_error", Message: "Insufficient balance."})
	case TooLarge:
		writeError(w, http.StatusRequestEntityTooLarge, apiError{Type: "tokens", Message: "Request too large for the model."})
	case ErrorInside:
		writeJSON(w, http.StatusOK, map[string]any{"error": map[string]any{"message": "The provider returned an error.",
			"code": http.StatusBadGateway}})
	default:
		return f.refuseParameter(w)
	}
	return true
}
