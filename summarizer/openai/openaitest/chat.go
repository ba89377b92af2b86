package openaitest

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"time"
)

// maxRequest bounds a request's body, in bytes.
const maxRequest = 4 << 20

// chat serves a completion: understood, let in by the limits, spoilt if a fault
// was injected, written.
func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	s.count(func(c *Counts) { c.Requests++ })
	var req Request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&req); err != nil {
		s.invalid(w, http.StatusBadRequest, apiError{Type: "invalid_request_error", Message: "We could not parse the JSON body of your request."})
		return
	}
	if !s.knows(req.Model) {
		s.invalid(w, http.StatusNotFound, unknownModel(req.Model))
		return
	}
	if problem := req.problem(); problem != "" {
		s.invalid(w, http.StatusBadRequest, apiError{Type: "invalid_request_error", Message: problem})
		return
	}
	s.capture(req)
	admitted, refused := s.admit(w, req)
	if s.config.Seen != nil {
		defer func() { s.config.Seen(s.seen(r, req, admitted, refused)) }()
	}
	if refused != nil {
		return
	}
	fault := s.faultFor(req)
	if !pause(r, s.config.Delay+fault.Delay) || fault.refuse(w) {
		s.settle(admitted, req.promptTokens(), 0)
		return
	}
	answer := s.complete(req, fault)
	s.settle(admitted, answer.Usage.PromptTokens, answer.Usage.CompletionTokens)
	s.count(func(c *Counts) { c.Answered++ })
	s.rateHeaders(w.Header())
	fault.send(w, answer)
}

func (s *Server) invalid(w http.ResponseWriter, status int, e apiError) {
	s.count(func(c *Counts) { c.Invalid++ })
	writeError(w, status, e)
}

// problem says why the API would not take the request, or "".
func (r Request) problem() string {
	switch {
	case len(r.Messages) == 0:
		return "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
	case r.Stream:
		return "This server does not stream."
	case r.N > 1:
		return "This server gives one choice only."
	case r.MaxTokens > 0 && r.MaxCompletionTokens > 0:
		return "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
	case r.ResponseFormat == nil || r.ResponseFormat.Type != "json_schema":
		return ""
	}
	format := r.ResponseFormat.JSONSchema
	switch {
	case format == nil || format.Name == "" || r.schema() == nil:
		return "Missing required parameter: 'response_format.json_schema'."
	case format.Strict:
		if err := r.schema().strict(r.schema().Defs); err != nil {
			return fmt.Sprintf("Invalid schema for response_format '%s': %s", format.Name, err)
		}
	}
	return ""
}

// admit asks the limits, and answers for them if they refuse. Either way the
// charge says when it was.
func (s *Server) admit(w http.ResponseWriter, req Request) (*charge, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.config.Now()
	admitted, refused := s.limits.admit(now, req.promptTokens()+req.allowed())
	if refused == nil {
		return admitted, nil
	}
	if refused.limit == "requests" {
		s.counts.LimitedRequests++
	} else {
		s.counts.LimitedTokens++
	}
	s.limits.headers(w.Header(), now)
	message := fmt.Sprintf("Rate limit reached for %s on %s per min. Please try again in %v.", req.Model, refused.limit, refused.wait)
	if refused.never {
		message = fmt.Sprintf("Request too large for %s on %s per min.", req.Model, refused.limit)
	} else {
		retryHeaders(w.Header(), refused.wait)
	}
	writeError(w, http.StatusTooManyRequests, apiError{Type: refused.limit, Code: "rate_limit_exceeded", Message: message})
	return &charge{at: now}, refused
}

// seen is what the config's Seen is told.
func (s *Server) seen(r *http.Request, req Request, c *charge, refused *refusal) Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := Seen{At: c.at, Key: bearer(r), Request: req, Tokens: c.tokens}
	if refused != nil {
		seen.Refused = refused.limit
	}
	return seen
}

// settle replaces what a request might have used by what it did use.
func (s *Server) settle(c *charge, prompt, completion int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.tokens = prompt + completion
	s.counts.PromptTokens += prompt
	s.counts.CompletionTokens += completion
}

func (s *Server) rateHeaders(h http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits.headers(h, s.config.Now())
}

// complete writes the answer.
func (s *Server) complete(req Request, fault Fault) response {
	content, finish, spent := fault.spoil(write(req), req), "stop", fault.spends()
	if left := (req.allowed() - spent) * 4; req.allowed() > 0 && len(content) > left && fault.Kind != Huge && fault.Kind != Verbatim {
		content, finish = content[:max(left, 0)], "length"
		spent = min(spent, req.allowed())
	}
	u := usage{PromptTokens: req.promptTokens(), CompletionTokens: spent + Tokens(content)}
	u.TotalTokens = u.PromptTokens + u.CompletionTokens
	answer := response{
		ID: fmt.Sprintf("chatcmpl-%08x", crc32.ChecksumIEEE([]byte(content))), Object: "chat.completion", Created: s.config.Now().Unix(),
		Model: req.Model, SystemFingerprint: "fp_stand_in", Usage: u,
		Choices: []choice{{Message: written{Role: "assistant", Content: content}, FinishReason: finish}},
	}
	fault.distort(&answer)
	return answer
}

// pause waits, and reports whether the client waited as well.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
